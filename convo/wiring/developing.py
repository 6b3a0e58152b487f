"""A business to try out: the real one, on a scratch store, with phones in place of providers."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import httpx
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from convo.console.diary import Diary
from convo.console.following import follow, standing, with_a_person
from convo.console.frame import HOME, PAGES, Frame
from convo.console.network import Network
from convo.console.one_time_link import SignIn
from convo.console.phones import Phones
from convo.console.security import Rooms, guarded
from convo.console.try_out import GivesBack, Next, Stands, TryOut
from convo.core.events import Arriving, HandedBack
from convo.core.links import SignedIds
from convo.core.numbers import PhoneNumber
from convo.core.presence import Role
from convo.drawing.wording import PageLanguage
from convo.errors import StoreError
from convo.fakes import BRING_PICTURES
from convo.policy.numbering import example_number
from convo.ports import Arrival
from convo.providers import console
from convo.providers.console import Deliver
from convo.routing.playbook import Playbook
from convo.runtime.mind import KnownLanguages
from convo.runtime.shelf import Shelf
from convo.runtime.tasks import drain
from convo.runtime.travelling import Traveller
from convo.settings import Connection, Settings
from convo.stores.sqlite.store import SqliteStore
from convo.wiring.authored import Authored
from convo.wiring.brands import open_ledger
from convo.wiring.console import Sources, files, pages
from convo.wiring.fake_wire import FakeWire, Pretended, through
from convo.wiring.phone_wire import PhoneWire, Reported
from convo.wiring.reloading import reload
from convo.wiring.saving import save
from convo.wiring.secret import link_secret
from convo.wiring.serving import Wired, callback, wired

HOST = "127.0.0.1"
_BUSINESS = ("/in/", "/dlr/", "/v1/", "/readyz", "/healthz", "/metrics")
"""Paths that belong to the business itself, and not to the pages beside it."""


def scratch(
    settings: Settings, folder: Path, port: int, company: Pretended | None = None
) -> Settings:
    """The same business with nothing of the real one: no provider, no store, no secret.

    The channel that phones text to is at the pretended company, if there is one.
    """

    def phone(name: str) -> Connection:
        token = secrets.token_urlsafe(24)
        return Connection(
            channel=name, provider="console", options=console.Options(), path_token=token
        )

    own = replace(
        settings,
        store=f"sqlite:{folder / 'convo.db'}",
        host=HOST,
        port=port,
        public_url="",
        console_names=None,
        secret=secrets.token_urlsafe(32),
        connections={name: phone(name) for name in settings.connections},
    )
    return own if company is None else through(own, spoken_to(own), company)


@dataclass(frozen=True, slots=True, kw_only=True)
class Developing:
    """Wires a business for trying out; `sign_in` has the link that opens its pages."""

    sign_in: SignIn
    #: As they are outside: what a chat is saved by.
    settings: Settings
    #: Whose clock the business goes by.
    traveller: Traveller
    #: The company whose wire the phones are behind; None for the page's own.
    company: Pretended | None = None

    @asynccontextmanager
    async def __call__(
        self,
        authored: Authored,
        *,
        on_death: Callable[[], None],
        role: Role = "run",
        deliver: Deliver | None = None,  # noqa: ARG002 - the pages are the phone
    ) -> AsyncGenerator[Wired]:
        """As `wired`, with the pages beside it."""
        settings = authored.settings
        traveller = self.traveller
        phones = Phones(traveller.now, settings.business.channels)
        diary, languages = Diary(), KnownLanguages()
        zone = ZoneInfo(settings.business.zone)
        channel = spoken_to(settings)
        door = httpx.AsyncClient(base_url=settings.local_url, trust_env=False)
        ids = SignedIds([link_secret(settings)])
        wire = PhoneWire(door, _webhook(settings, channel), _reports(settings, ids))
        company = None
        if self.company is not None:
            company = FakeWire(self.company, door, settings=settings, channel=channel, ids=ids)
        brings = wire.bring if company is None else company.bring
        pictures = self.company is None or self.company.provider in BRING_PICTURES
        network = Network(phones, brings, traveller.sleep, pictures=pictures)

        def kept(event: Arriving) -> None:
            diary.kept(event)
            network.kept(event)

        async with wired(
            authored,
            on_death=on_death,
            role=role,
            deliver=partial(wire.deliver, network=network),
            clock=traveller.now,
            sleep=traveller.sleep,
            mind=languages.mind,
            witness=kept,
        ) as business:
            store = cast(SqliteStore, business.store)
            traveller.on_arrival(store.ring)
            frame = Frame(
                business=settings.business.name,
                zone=settings.business.zone,
                pages=frozenset(PAGES) - {"account"},
                signs_out=False,
            )
            sources = Sources(
                settings=settings,
                clock=traveller.now,
                playbook=lambda: business.shelf.playbook,
                decide=business.intake.decide,
            )
            try_out = TryOut(
                frame=frame,
                phones=phones,
                traveller=traveller,
                playbook=lambda: business.shelf.playbook,
                network=network,
                forget=lambda number: store.forget(PhoneNumber(number)),
                stands=_standing(settings, business.shelf, traveller),
                speaks=lambda number, language: languages.speaks(PhoneNumber(number), language),
                give_back=_giving_back(settings, business, phones),
                next_due=_next_due(settings, traveller),
                diary=diary,
                save=partial(save, channel=channel, settings=self.settings),
                number=example_number(settings.business.country).e164,
            )
            hosts = frozenset(f"{name}:{settings.port}" for name in (HOST, "localhost"))
            site = guarded(
                developed(frame, self.sign_in, try_out, pages(frame, sources)),
                self.sign_in,
                hosts.__contains__,
                {StoreError: frame.away},
            )
            beside = [
                asyncio.create_task(follow(business.store, phones, diary, zone)),
                asyncio.create_task(reload(authored, business.shelf, phones)),
            ]
            try:
                async with nullcontext() if company is None else company.open(network):
                    app = _side_by_side(business.app, site)
                    yield replace(business, app=app, closing=phones.close)
            finally:
                await network.close()
                await door.aclose()
                await drain(beside, 0)


def developed(frame: Frame, sign_in: SignIn, try_out: TryOut, pages: Rooms) -> Rooms:
    """Every route of `convo dev`."""
    return (
        (None, [*sign_in.routes(), files()]),
        (PAGES["try_out"].least, try_out.routes()),
        *pages,
        ("viewer", [Route(f"{HOME}/{{rest:path}}", frame.nothing)]),
    )


def _side_by_side(business: ASGIApp, site: ASGIApp) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        to = business if scope["path"].startswith(_BUSINESS) else site
        await to(scope, receive, send)

    return app


def spoken_to(settings: Settings) -> str:
    """The channel that the phones text to."""
    channels = settings.business.channels
    return next((name for name in channels if channels[name].hears), next(iter(channels)))


def _webhook(settings: Settings, channel: str) -> str:
    return settings.connections[channel].way_in


def _reports(settings: Settings, ids: SignedIds) -> Reported:
    return lambda channel, message: callback(settings, channel, ids)(message)


def _standing(settings: Settings, shelf: Shelf[Playbook], traveller: Traveller) -> Stands:
    async def stands(number: str, language: PageLanguage) -> Mapping[str, object]:
        async with open_ledger(settings) as ledger:
            state = await ledger.contact(PhoneNumber(number))
        return standing(state, shelf.playbook, traveller.now(), language)

    return stands


def _giving_back(settings: Settings, business: Wired, phones: Phones) -> GivesBack:
    async def give_back(number: str) -> bool:
        contact = PhoneNumber(number)
        async with open_ledger(settings) as ledger:
            state = await ledger.contact(contact)
        frames = [session.frame for session in state.sessions] if state is not None else []
        if not any(with_a_person(frame, business.shelf.playbook) for frame in frames):
            return False
        phones.given_back(number)
        handed = HandedBack(contact=contact, session="")
        await business.intake.keep(spoken_to(settings), Arrival(event=handed, dedupe=""))
        return True

    return give_back


def _next_due(settings: Settings, traveller: Traveller) -> Next:
    async def next_due() -> int | None:
        async with open_ledger(settings) as ledger:
            return (await ledger.overview(traveller.now())).next_timer

    return next_due
