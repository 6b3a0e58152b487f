"""A business put together and running: store, adapters, loops and the web in front of them."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import httpx
from starlette.types import ASGIApp

from convo import __version__
from convo.core.links import SignedIds
from convo.core.presence import Obstacle, Presence, Role
from convo.errors import StoreError
from convo.ports import Callback, Clock, Provider, Sleep, Store
from convo.ports.keeping import KnowsWhetherItKeeps
from convo.ports.lines import KeepsTurns, keeps_a_line
from convo.ports.listings import KeepsListings
from convo.ports.presence import KnowsProcesses
from convo.ports.pulling import pulls
from convo.providers.console import Deliver
from convo.providers.http import HttpClient
from convo.routing.playbook import Playbook
from convo.runtime import clock as machine
from convo.runtime.allowance import Allowance
from convo.runtime.announcing import Announcer
from convo.runtime.codes import Codes
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake, Witness, unseen
from convo.runtime.lines import Lines
from convo.runtime.metrics import Metrics
from convo.runtime.mind import ROUTING, Mind
from convo.runtime.own_systems import OwnSystems
from convo.runtime.patience import Patience
from convo.runtime.process import Running
from convo.runtime.puller import Puller
from convo.runtime.reconciler import Reconciler, lists
from convo.runtime.shelf import Shelf
from convo.settings import Settings
from convo.web.api import Api, Behind
from convo.web.app import build_app
from convo.web.health import Check, Health
from convo.web.operator import Operator
from convo.web.opt_in_page import OptInPage
from convo.web.opt_out_page import OptOutPage
from convo.web.webhooks import Door
from convo.wiring import memory
from convo.wiring.authored import Authored
from convo.wiring.brands import adapters, only_shared, open_store
from convo.wiring.console import Sources, console, in_front, people
from convo.wiring.levels import levels
from convo.wiring.limits import limits_of
from convo.wiring.outfit import Outfit, worker_name
from convo.wiring.secret import link_secret

MS_A_DAY = 86_400_000


def _always() -> bool:
    """Nothing is needed to own a share but to be there."""
    return True


def _nothing() -> None:
    """Nothing of the business itself streams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """What serves: the web to put behind a server, and the loops behind the web."""

    app: ASGIApp
    running: Running
    intake: Intake
    store: Store
    shelf: Shelf[Playbook]
    metrics: Metrics
    #: Called when the server begins to stop: what streams without an end ends.
    closing: Callable[[], None] = _nothing


@asynccontextmanager
async def wired(
    authored: Authored,
    *,
    on_death: Callable[[], None],
    role: Role = "run",
    deliver: Deliver | None = None,
    clock: Clock = machine.now,
    sleep: Sleep = asyncio.sleep,
    mind: Mind[Playbook] = ROUTING,
    witness: Witness = unseen,
) -> AsyncGenerator[Wired]:
    """Everything of a business that `role` needs, running for as long as the block is open.

    `on_death` is called when a loop dies: the server must then stop. Texts for the terminal go to
    `deliver`, and `witness` hears of every event that is kept. Raises `SettingsError`,
    `AlreadyRunning`, `StoreUnavailable`.
    """
    settings = authored.settings
    if role != "run":
        only_shared(settings, role)
    secret = link_secret(settings)
    playbook = replace(authored.playbook, secret=secret)
    playbook.make_ready()
    metrics = Metrics()
    instruments = Instruments(clock=clock, sleep=sleep, metrics=metrics)
    http = HttpClient()
    providers = adapters(settings, http, clock, deliver)
    ids = SignedIds([secret])
    store = await open_store(settings, clock)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=None) as own,
        people(settings, opens=role != "worker") as register,
    ):
        intake = Intake(
            store=store, business=settings.business, instruments=instruments, witness=witness
        )
        name = worker_name()
        shelf = Shelf[Playbook](
            playbook, mind=mind, store=store, patience=Patience(name, asyncio.sleep)
        )
        outfit = Outfit(
            authored=authored,
            store=store,
            mind=mind,
            shelf=shelf,
            intake=intake,
            providers=providers,
            callbacks={each: callback(settings, each, ids) for each in providers},
            allowance=Allowance(await limits_of(store, settings.business, clock)),
            own_systems=OwnSystems(
                own, secret=settings.own_systems_secret, clock=clock, sleep=asyncio.sleep
            ),
            instruments=instruments,
        )
        started = instruments.clock()

        def presence() -> Presence:
            return Presence(
                name=name,
                role=role,
                host=socket.gethostname(),
                pid=os.getpid(),
                version=__version__,
                since=started,
                trouble=running.trouble,
                obstacles=() if role == "web" else (*outfit.obstacles(), *unheard()),
            )

        def unheard() -> Iterator[Obstacle]:
            for each in (lines, puller):
                if each is not None:
                    yield from each.obstacles()

        puller = None if role == "web" else puller_of(outfit)
        lines = None if role == "web" else lines_of(outfit, name)
        fit = _always if lines is None else lambda: lines.complete
        running = Running(
            holder=None if role == "web" else outfit.holder(name, fit),
            announcer=Announcer(cast(KnowsProcesses, store), presence, asyncio.sleep)
            if hasattr(store, "announce")
            else None,
            reconciler=None if role == "web" else reconciler_of(outfit, name, settings),
            lines=lines,
            puller=puller,
            store=store,
            providers=providers.values(),
            on_death=on_death,
        )
        # A channel whose provider fails is no reason to turn away what comes in.
        checks: dict[str, Check] = {}
        if role != "worker":
            checks["store"] = partial(_keeps, store)
        if role != "web":
            checks["owner"] = running.check
        health = Health(checks=checks, levels=partial(levels, store))
        codes = Codes(settings.business.code_pools, store)
        behind = Behind(
            tokens=settings.api_tokens,
            playbook=lambda: shelf.playbook,
            keep=intake.post,
            redeem=lambda asked: codes.redeem(asked.pool, asked.code, asked.key),
        )
        hears = role != "worker"
        leaving = OptOutPage(business=settings.business, secret=secret, leave=intake.leave)
        joining = OptInPage(
            business=settings.business,
            secret=secret,
            clock=instruments.clock,
            acts=store.acts,
            join=intake.join,
        )
        operator = Operator(secret=secret, decide=intake.decide)
        sources = Sources(
            settings=settings,
            clock=clock,
            playbook=lambda: shelf.playbook,
            decide=intake.decide,
        )
        app = in_front(
            console(sources, register) if register is not None else None,
            build_app(
                doors(settings, providers) if hears else {},
                intake.accept,
                ids=ids,
                health=health,
                metrics=metrics,
                api=Api(behind, metrics) if hears and settings.api_tokens else None,
                pages=(*leaving.routes(), *joining.routes(), *operator.routes()) if hears else (),
            ),
        )
        try:
            async with running:
                memory.settle()
                yield Wired(
                    app=app,
                    running=running,
                    intake=intake,
                    store=store,
                    shelf=shelf,
                    metrics=metrics,
                )
        finally:
            await http.close()


def reconciler_of(outfit: Outfit, name: str, settings: Settings) -> Reconciler | None:
    """What looks for lost webhooks; None where no provider lists its messages."""
    if not any(map(lists, outfit.providers.values())) or not hasattr(outfit.store, "take_listing"):
        return None
    return Reconciler(
        name=name,
        store=cast(KeepsListings, outfit.store),
        providers=outfit.providers,
        intake=outfit.intake,
        instruments=outfit.instruments,
        known_for=settings.dedupe_days * MS_A_DAY,
    )


def lines_of(outfit: Outfit, name: str) -> Lines | None:
    """What keeps the connections of providers; None where no provider has one of its own."""
    if not any(map(keeps_a_line, outfit.providers.values())):
        return None
    return Lines(
        name=name,
        turns=cast(KeepsTurns, outfit.store),
        providers=outfit.providers,
        intake=outfit.intake,
        instruments=outfit.instruments,
    )


def puller_of(outfit: Outfit) -> Puller | None:
    """What reads the queues of providers; None where no channel has one."""
    if not any(map(pulls, outfit.providers.values())):
        return None
    return Puller(providers=outfit.providers, intake=outfit.intake, instruments=outfit.instruments)


def doors(settings: Settings, providers: Mapping[str, Provider]) -> Mapping[str, Door]:
    """Every channel's way in."""
    return {
        name: Door(
            channel=name,
            provider=provider,
            token=settings.connections[name].path_token,
            public_url=outside(settings),
        )
        for name, provider in providers.items()
    }


async def _keeps(store: Store) -> str:
    """Why the store would keep nothing that came in now; empty when it would."""
    try:
        if hasattr(store, "keeps"):
            await cast(KnowsWhetherItKeeps, store).keeps()
        else:
            await store.flow("")  # that it answers is all that can be known
    except StoreError as error:
        return f"the store fails: {error}"
    return ""


def outside(settings: Settings) -> str:
    """Where providers reach us: on this very machine, when nobody said anything else."""
    return settings.public_url or settings.local_url


def callback(settings: Settings, channel: str, ids: SignedIds) -> Callback:
    """What makes the URL that a message's delivery reports go to."""
    begin = f"{outside(settings)}/dlr/{channel}/"
    return lambda outbound: begin + ids.sign(outbound)
