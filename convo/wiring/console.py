"""The console of a business that is served: its pages, the way in, and where they stand."""

import ipaddress
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from convo.console.account import Account
from convo.console.book import Book
from convo.console.conversations import Conversations
from convo.console.flows import Flows
from convo.console.frame import HERE, HOME, PAGES, STATIC, Frame
from convo.console.health import DECIDES_HELD, DECIDES_PARKED, Decides, Health
from convo.console.passwords import Passwords
from convo.console.security import Rooms, guarded, names_of
from convo.console.sign_ins import SignIns
from convo.console.slowing import Slowing
from convo.errors import SettingsError, StoreError
from convo.ports import Clock
from convo.ports.register import Register
from convo.routing.playbook import Playbook
from convo.settings import Settings
from convo.wiring.brands import open_ledger, open_register
from convo.wiring.secret import link_secret


def files() -> Mount:
    """What pages are drawn with: nobody's secret."""
    return Mount(STATIC, StaticFiles(directory=HERE / "static"))


def in_front(site: ASGIApp | None, business: ASGIApp) -> ASGIApp:
    """The console where there is one, and the business for everything else."""
    if site is None:
        return business

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        to = site if path == HOME or path.startswith(f"{HOME}/") else business
        await to(scope, receive, send)

    return app


@asynccontextmanager
async def people(settings: Settings, *, opens: bool) -> AsyncGenerator[Register | None]:
    """Who may use the console; None where there is none, or this process has no web.

    Raises `SettingsError` when others than this machine could come and nobody has a password.
    """
    if settings.console_names is None or not opens:
        yield None
        return
    register = open_register(settings)
    try:
        if not _is_loopback(settings.host) and not await register.people():
            raise SettingsError(
                [
                    f"convo.toml: console: {settings.host} is reached from other machines, and "
                    "nobody has a password. Give somebody one first: "
                    "convo user add NAME --role admin"
                ]
            )
        yield register
    finally:
        await register.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What pages tell of."""

    settings: Settings
    clock: Clock
    playbook: Callable[[], Playbook]
    decide: Decides


def console(sources: Sources, register: Register) -> ASGIApp:
    """The pages under `/console`."""
    settings = sources.settings
    account = account_of(settings, register, sources.clock)
    called = names_of(settings.public_url, settings.console_names or ())
    served = rooms(account, pages(account.frame, sources))
    return guarded(served, account, called, {StoreError: account.frame.away})


def pages(frame: Frame, sources: Sources) -> Rooms:
    """The pages that every console has."""
    settings = sources.settings
    looks = partial(open_ledger, settings)
    conversations = Conversations(
        frame=frame,
        looks=looks,
        book=Book(link_secret(settings)),
        playbook=sources.playbook,
        clock=sources.clock,
    )
    flows = Flows(frame=frame, looks=looks, playbook=sources.playbook)
    health = Health(
        frame=frame,
        looks=looks,
        channels=settings.business.channels,
        providers={name: each.provider for name, each in settings.connections.items()},
        decide=sources.decide,
        clock=sources.clock,
    )
    return (
        ("viewer", [Route(HOME, frame.home)]),
        (PAGES["conversations"].least, conversations.routes()),
        (PAGES["flows"].least, flows.routes()),
        (PAGES["health"].least, health.routes()),
        (DECIDES_HELD, health.held_routes()),
        (DECIDES_PARKED, health.parked_routes()),
    )


def account_of(settings: Settings, register: Register, clock: Clock) -> Account:
    """The way in."""
    return Account(
        frame=Frame(
            business=settings.business.name,
            zone=settings.business.zone,
            pages=frozenset(PAGES) - {"try_out"},
        ),
        register=register,
        sign_ins=SignIns(register, clock),
        passwords=Passwords(),
        slowing=Slowing(clock),
        by_tls=urlsplit(settings.public_url).scheme == "https",
    )


def rooms(account: Account, pages: Rooms) -> Rooms:
    """Every route of a console that is served."""
    return (
        (None, [*account.open_routes(), files()]),
        (PAGES["account"].least, account.routes()),
        *pages,
        ("viewer", [Route(f"{HOME}/{{rest:path}}", account.frame.nothing)]),
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
