"""A business put together and running: store, adapters, loops and the web in front of them."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache, partial

import httpx
from starlette.types import ASGIApp

from convo.core.business import MessageClass
from convo.core.links import SignedIds
from convo.ports import Callback, Clock, Provider, Store
from convo.providers.console import Deliver
from convo.providers.http import HttpClient
from convo.routing.playbook import Playbook
from convo.runtime import clock as machine
from convo.runtime.codes import Codes
from convo.runtime.errands import Errands, Handlers
from convo.runtime.hands import Hands
from convo.runtime.holder import Holder
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.runtime.mind import ROUTING
from convo.runtime.own_systems import OwnSystems
from convo.runtime.owner import Owner
from convo.runtime.patience import Patience
from convo.runtime.process import Running
from convo.runtime.resolver import Policy, Resolver
from convo.runtime.results import Results
from convo.runtime.sender import Sender
from convo.runtime.shelf import Shelf
from convo.runtime.tenure import Tenure
from convo.runtime.valve import Valve
from convo.settings import Doubt, Settings
from convo.web.api import Api, Behind
from convo.web.app import build_app
from convo.web.health import Health
from convo.web.opt_out_page import OptOutPage
from convo.web.webhooks import Door
from convo.wiring import memory
from convo.wiring.authored import Authored
from convo.wiring.brands import adapters, open_store
from convo.wiring.levels import levels
from convo.wiring.secret import link_secret

#: What the operator's word for a message in doubt means to the loops.
DOUBTS: Mapping[Doubt, Policy] = {"once": "again", "hold": "held"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """What serves: the web to put behind a server, and the loops behind the web."""

    app: ASGIApp
    running: Running
    intake: Intake
    store: Store


@asynccontextmanager
async def wired(
    authored: Authored,
    *,
    on_death: Callable[[], None],
    deliver: Deliver | None = None,
    clock: Clock = machine.now,
) -> AsyncGenerator[Wired]:
    """Everything of a business, running for as long as the block is open.

    `on_death` is called when a loop dies: the server must then stop. Texts for the terminal go to
    `deliver`. Raises `SettingsError`, `AlreadyRunning`, `StoreUnavailable`.
    """
    settings = authored.settings
    secret = link_secret(settings)
    playbook = replace(authored.playbook, secret=secret)
    playbook.make_ready()
    metrics = Metrics()
    instruments = Instruments(clock=clock, sleep=asyncio.sleep, metrics=metrics)
    http = HttpClient()
    providers = adapters(settings, http, clock, deliver)
    ids = SignedIds([secret])
    store = await open_store(settings, clock)
    valves = _valves(settings, providers, ids, metrics)
    async with httpx.AsyncClient(trust_env=False, timeout=None) as own:
        intake = Intake(store=store, business=settings.business, instruments=instruments)
        own_systems = OwnSystems(
            own, secret=settings.own_systems_secret, clock=clock, sleep=asyncio.sleep
        )
        name = worker_name()
        shelf = Shelf[Playbook](
            playbook, mind=ROUTING, store=store, patience=Patience(name, asyncio.sleep)
        )

        # What a partition's last tenure here has not committed yet, its next one does.
        @cache
        def hands(_partition: int) -> Hands:
            return _hands(
                authored,
                providers,
                valves,
                store=store,
                intake=intake,
                own_systems=own_systems,
                instruments=instruments,
            )

        def tenure(partition: int) -> Tenure:
            owner = Owner[Playbook](
                name=name,
                partition=partition,
                shelf=shelf,
                mind=ROUTING,
                store=store,
                hands=hands(partition),
                instruments=instruments,
            )
            return Tenure(owner, hands(partition))

        running = Running(
            holder=Holder(name=name, store=store, shelf=shelf, tenure=tenure, sleep=asyncio.sleep),
            store=store,
            providers=providers.values(),
            on_death=on_death,
        )
        health = Health(
            # A channel whose provider fails is no reason to turn away what comes in.
            checks={"owner": running.check},
            levels=partial(levels, store),
        )
        codes = Codes(settings.business.code_pools, store)
        behind = Behind(
            tokens=settings.api_tokens,
            playbook=lambda: shelf.playbook,
            keep=intake.post,
            redeem=lambda asked: codes.redeem(asked.pool, asked.code, asked.key),
        )
        app = build_app(
            doors(settings, providers),
            intake.accept,
            ids=ids,
            health=health,
            metrics=metrics,
            api=Api(behind, metrics) if settings.api_tokens else None,
            opt_out=OptOutPage(business=settings.business, secret=secret, leave=intake.leave),
        )
        try:
            async with running:
                memory.settle()
                yield Wired(app=app, running=running, intake=intake, store=store)
        finally:
            await http.close()


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


def outside(settings: Settings) -> str:
    """Where providers reach us: on this very machine, when nobody said anything else."""
    return settings.public_url or settings.local_url


def callback(settings: Settings, channel: str, ids: SignedIds) -> Callback:
    """What makes the URL that a message's delivery reports go to."""
    begin = f"{outside(settings)}/dlr/{channel}/"
    return lambda outbound: begin + ids.sign(outbound)


def worker_name() -> str:
    """What no other worker is called, here or on another machine."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(3)}"


def _valves(
    settings: Settings, providers: Mapping[str, Provider], ids: SignedIds, metrics: Metrics
) -> Mapping[str, Valve]:
    return {
        name: Valve(
            settings.business.channels[name],
            provider,
            callback(settings, name, ids),
            metrics=metrics,
        )
        for name, provider in providers.items()
    }


def _hands(
    authored: Authored,
    providers: Mapping[str, Provider],
    valves: Mapping[str, Valve],
    *,
    store: Store,
    intake: Intake,
    own_systems: OwnSystems,
    instruments: Instruments,
) -> Hands:
    settings, playbook = authored.settings, authored.playbook
    results = Results()
    resolver = Resolver(
        providers=providers,
        results=results,
        instruments=instruments,
        grace=settings.doubt_grace,
        policy=_policy(settings.doubts),
    )
    sender = Sender(
        valves=valves, intake=intake, resolver=resolver, results=results, instruments=instruments
    )
    errands = Errands(
        store=store,
        intake=intake,
        handlers=Handlers(
            actions=playbook.actions,
            keywords=playbook.keywords,
            language=settings.business.languages[0],
            events_url=settings.business.events_url,
            code_pools=settings.business.code_pools,
        ),
        own_systems=own_systems,
        results=results,
        instruments=instruments,
    )
    return Hands(results=results, resolver=resolver, sender=sender, errands=errands)


def _policy(doubts: Mapping[MessageClass, Doubt]) -> Mapping[MessageClass, Policy]:
    return {kind: DOUBTS[doubt] for kind, doubt in doubts.items()}
