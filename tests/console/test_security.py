"""Who gets in, and what is refused: every route, by every kind of stranger."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from convo.console.diary import Diary
from convo.console.network import Network
from convo.console.phones import Phones
from convo.console.security import HEADERS, SignIn, guarded
from convo.console.try_out import TryOut
from convo.runtime.travelling import Traveller

HOST = "127.0.0.1:8020"
OURS = {"sec-fetch-site": "same-origin"}
READS = (
    "/",
    "/try/flow/booking",
    "/try/drawing.css",
    "/try/happenings",
    "/try/standing",
    "/static/try_out.js",
)
CHANGES = (
    "/try/text",
    "/try/phone",
    "/try/mood",
    "/try/anew",
    "/try/time",
    "/try/save",
)


def nobody(*_: Any) -> Any:
    pytest.fail("a stranger got through")


async def nothing(*_: Any) -> Any:
    pytest.fail("a stranger got through")


def try_out() -> TryOut:
    phones = Phones(lambda: 0)
    return TryOut(
        phones=phones,
        traveller=Traveller(lambda: 0),
        playbook=nobody,
        network=Network(phones, nothing, nothing),
        forget=nothing,
        stands=nothing,
        speaks=nobody,
        next_due=nothing,
        diary=Diary(),
        save=nothing,
        number="+12025550123",
    )


def site(sign_in: SignIn) -> httpx.AsyncClient:
    app = guarded(Starlette(routes=[*try_out().routes()]), sign_in, frozenset({HOST}))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{HOST}")


async def status(path: str, method: str, headers: Mapping[str, str], sign_in: SignIn) -> int:
    async with site(sign_in) as client:
        answer = await client.request(method, path, headers=dict(headers), json={})
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
        return answer.status_code


def test_the_routes_tried_are_all_that_there_are() -> None:
    known = {path.rpartition("/")[0] if path.endswith("booking") else path for path in READS}
    known = {"/static" if path.startswith("/static") else path for path in known} | {*CHANGES}
    assert {route.path.removesuffix("/{name}") for route in try_out().routes()} == known


@pytest.mark.anyio
@pytest.mark.parametrize("path", [*READS, *CHANGES])
async def test_who_has_not_signed_in_sees_nothing_and_changes_nothing(path: str) -> None:
    method = "POST" if path in CHANGES else "GET"
    assert await status(path, method, OURS, SignIn()) == 401
    assert await status(path, method, {**OURS, "cookie": "convo-dev=guessed"}, SignIn()) == 401


@pytest.mark.anyio
@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize(
    "told",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {},
    ],
    ids=str,
)
async def test_a_change_is_asked_by_our_own_pages_only(path: str, told: Mapping[str, str]) -> None:
    sign_in = SignIn()
    session = sign_in.used(sign_in.path.partition("=")[2])
    assert await status(path, "POST", {**told, "cookie": f"convo-dev={session}"}, sign_in) == 403


@pytest.mark.anyio
async def test_a_name_that_somebody_pointed_here_is_refused() -> None:
    sign_in = SignIn()
    session = sign_in.used(sign_in.path.partition("=")[2])
    for host in ("evil.example:8020", "127.0.0.1", "127.0.0.1:8021"):
        told = {**OURS, "host": host, "cookie": f"convo-dev={session}"}
        assert await status("/", "GET", told, sign_in) == 421


@pytest.mark.anyio
async def test_the_link_is_good_once() -> None:
    sign_in = SignIn()
    link = sign_in.path
    async with site(sign_in) as client:
        assert (await client.get("/signin?token=guessed")).status_code == 403
        first = await client.get(link)
        assert (first.status_code, first.headers["location"]) == (303, "/")
        assert "HttpOnly" in first.headers["set-cookie"]
        assert "SameSite=strict" in first.headers["set-cookie"]
        assert (await client.get(link)).status_code == 403
        assert (await client.get("/static/try_out.js")).status_code == 200
