"""The console of a business in a folder, asked without a network and on a clock set by hand."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import httpx

from convo.console.account import COOKIE, Account
from convo.console.security import Rooms, guarded, names_of
from convo.console.sign_ins import with_password
from convo.core.decision_codec import Decided
from convo.core.people import ROLES, Role
from convo.ports import Acceptance, Arrival, Store
from convo.settings import Settings
from convo.wiring.authored import authored, settings_in
from convo.wiring.brands import open_register, open_store
from convo.wiring.console import Sources, account_of, pages, rooms
from tests.end_to_end.serving import written

HOST = "127.0.0.1:8000"
OURS = {"sec-fetch-site": "same-origin"}
PASSWORD = "a quiet afternoon"
TABLES = """
[console]

[channels.main]
provider = "console"
address = "12345"
path_token = "not-used-in-these-tests"
"""
START = 1_790_000_000_000
MINUTE = 60_000


def settings(folder: Path) -> Settings:
    """The repository's own business, with a console."""
    if not folder.exists():
        written(folder, TABLES, {})
    return settings_in(folder)


@dataclass(kw_only=True)
class Desk:
    """A console, and browsers that come to it."""

    account: Account
    client: httpx.AsyncClient
    rooms: Rooms
    store: Store
    now: int = START

    async def admit(self, name: str, role: Role, password: str = PASSWORD) -> None:
        hash = await self.account.passwords.hashed(password)
        await self.account.register.admit(with_password(name, role, hash))

    async def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/console/sign-in", {"name": name, "password": password})

    async def cookie(self, name: str, password: str = PASSWORD) -> str:
        """What the browser of somebody shows who has signed in."""
        answer = await self.sign_in(name, password)
        assert answer.status_code == 303, answer.text
        return answer.cookies[COOKIE]

    async def post(
        self, path: str, fields: Mapping[str, str], cookie: str = "", **told: str
    ) -> httpx.Response:
        return await self.client.post(
            path, data=dict(fields), headers={**OURS, **_shown(cookie), **told}
        )

    async def ask(self, path: str, cookie: str = "", **told: str) -> httpx.Response:
        return await self.client.get(path, headers={**_shown(cookie), **told})

    async def is_in(self, cookie: str) -> bool:
        return (await self.ask("/console/account", cookie)).status_code == 200


def _shown(cookie: str) -> Mapping[str, str]:
    return {"cookie": f"{COOKIE}={cookie}"} if cookie else {}


@asynccontextmanager
async def desk_at(
    folder: Path, *, address: str = "127.0.0.1", beside: Desk | None = None
) -> AsyncGenerator[Desk]:
    """One process's console; `address` is where its browsers come from.

    One `beside` another shares its store, which SQLite gives to a single process.
    """
    found = settings(folder)
    register = open_register(found)
    desks: list[Desk] = []
    account = account_of(found, register, lambda: desks[0].now)
    store = await open_store(found, lambda: START) if beside is None else beside.store

    async def decide(decisions: Sequence[Decided]) -> Sequence[Acceptance]:
        return await store.accept([Arrival(event=each, dedupe="") for each in decisions])

    sources = Sources(
        settings=found,
        clock=lambda: desks[0].now,
        playbook=lambda: authored(found).playbook,
        decide=decide,
    )
    rooms_here = rooms(account, pages(account.frame, sources))
    app = guarded(rooms_here, account, names_of("", ()))
    transport = httpx.ASGITransport(app, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        # What a browser shows is said with each request.
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
        desks.append(Desk(account=account, client=client, rooms=rooms_here, store=store))
        yield desks[0]
    await register.close()
    if beside is None:
        await store.close()


async def of_every_role(desk: Desk) -> Mapping[Role, str]:
    """A signed-in browser for each role."""
    for role in ROLES:
        await desk.admit(role, role)
    return {role: await desk.cookie(role) for role in ROLES}
