"""Who gets in, and what is refused: every route, by every role and every kind of stranger."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Mount, Route

from convo.console.diary import Diary
from convo.console.frame import Frame
from convo.console.network import Network
from convo.console.one_time_link import SignIn
from convo.console.phones import Phones
from convo.console.security import HEADERS, Least, Rooms, guarded, names_of
from convo.console.try_out import TryOut
from convo.core.people import ROLES, Visitor
from convo.runtime.travelling import Traveller
from convo.wiring.developing import developed
from tests.console.desks import desk_at, of_every_role

HOST = "127.0.0.1:8020"
OURS = {"sec-fetch-site": "same-origin"}


def frame() -> Frame:
    return Frame(
        business="Salon Mei", zone="Asia/Shanghai", pages=frozenset({"try_out"}), signs_out=False
    )


#: Every route of `convo dev`, and the least role that it is for; None is for everybody.
DEV: Mapping[str, Least] = {
    "GET /signin": None,
    "GET /console/static": None,
    "GET /": "editor",
    "GET /try/flow/{name}": "editor",
    "GET /try/outline/{name}": "editor",
    "GET /try/drawing.css": "editor",
    "GET /try/happenings": "editor",
    "GET /try/standing": "editor",
    "POST /try/text": "editor",
    "POST /try/picture": "editor",
    "POST /try/back": "editor",
    "POST /try/phone": "editor",
    "POST /try/mood": "editor",
    "POST /try/anew": "editor",
    "POST /try/save": "editor",
    "POST /try/time": "editor",
    "GET /static": "editor",
    "GET /console": "viewer",
    "GET /console/{rest:path}": "viewer",
}
#: In the place of the pages that `convo run` has too.
OTHERS: Rooms = (("viewer", [Route("/console", frame().home)]),)
#: And of `convo run` and `convo web`.
SERVED: Mapping[str, Least] = {
    "GET /console/sign-in": None,
    "POST /console/sign-in": None,
    "POST /console/sign-out": None,
    "GET /console/static": None,
    "GET /console": "viewer",
    "GET /console/account": "viewer",
    "POST /console/account": "viewer",
    "GET /console/conversations": "viewer",
    "POST /console/conversations": "viewer",
    "GET /console/conversations/{key}": "viewer",
    "GET /console/health": "viewer",
    "POST /console/health/held/{id}": "agent",
    "GET /console/health/parked/{id}": "editor",
    "POST /console/health/parked/{id}": "editor",
    "GET /console/flows": "viewer",
    "GET /console/flows/drawing.css": "viewer",
    "GET /console/flows/{name}": "viewer",
    "GET /console/{rest:path}": "viewer",
}
PLACES = {"{name}": "booking", "{rest:path}": "nowhere", "{key}": "0" * 18, "{id}": "1"}
#: What stands behind a folder of files.
FILES = {"/static": "/static/try_out.js", "/console/static": "/console/static/frame.css"}


def named(rooms: Rooms) -> Mapping[str, Least]:
    """Routes as the tables above write them."""
    found: dict[str, Least] = {}
    for least, some in rooms:
        for each in some:
            assert isinstance(each, Route | Mount)
            methods: set[str] = getattr(each, "methods", None) or {"GET"}
            for method in methods - {"HEAD"}:
                found[f"{method} {each.path}"] = least
    return found


def asked(route: str) -> tuple[str, str]:
    """Method and path that come to a route."""
    method, path = route.split()
    for place, filled in PLACES.items():
        path = path.replace(place, filled)
    return method, FILES.get(path, path)


def nobody(*_: Any) -> Any:
    pytest.fail("a stranger got through")


async def nothing(*_: Any) -> Any:
    pytest.fail("a stranger got through")


def try_out() -> TryOut:
    phones = Phones(lambda: 0, {})
    return TryOut(
        phones=phones,
        frame=frame(),
        traveller=Traveller(lambda: 0),
        playbook=nobody,
        network=Network(phones, nothing, nothing),
        forget=nothing,
        stands=nothing,
        speaks=nobody,
        give_back=nothing,
        next_due=nothing,
        diary=Diary(),
        save=nothing,
        number="+12025550123",
    )


def site(sign_in: SignIn) -> httpx.AsyncClient:
    app = guarded(
        developed(frame(), sign_in, try_out(), OTHERS), sign_in, frozenset({HOST}).__contains__
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{HOST}")


async def status(path: str, method: str, headers: Mapping[str, str], sign_in: SignIn) -> int:
    async with site(sign_in) as client:
        answer = await client.request(method, path, headers=dict(headers), json={})
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
        return answer.status_code


def test_the_routes_tried_are_all_that_there_are(tmp_path: Path) -> None:
    assert named(developed(frame(), SignIn(), try_out(), OTHERS)) == DEV


@pytest.mark.anyio
async def test_the_served_routes_tried_are_all_that_there_are(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        assert named(desk.rooms) == SERVED


@pytest.mark.anyio
@pytest.mark.parametrize("route", [each for each, least in DEV.items() if least is not None])
async def test_who_has_not_signed_in_sees_nothing_and_changes_nothing(route: str) -> None:
    method, path = asked(route)
    assert await status(path, method, OURS, SignIn()) == 401
    assert await status(path, method, {**OURS, "cookie": "convo-dev=guessed"}, SignIn()) == 401


@pytest.mark.anyio
async def test_every_served_route_lets_in_the_roles_that_it_is_for_and_nobody_else(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        cookies = await of_every_role(desk)
        for route, least in SERVED.items():
            method, path = asked(route)
            ask = (
                desk.ask if method == "GET" else lambda path, cookie="": desk.post(path, {}, cookie)
            )
            stranger = await ask(path)
            led_away = stranger.headers.get("location", "").startswith("/console/sign-in?next=")
            if least is None:
                assert not led_away
            elif method == "GET":
                assert (stranger.status_code, led_away) == (303, True)
            else:
                assert stranger.status_code == 401
            for role in ROLES if route != "POST /console/sign-out" else ():
                answer = await ask(path, cookies[role])
                may = least is None or Visitor(name="", role=role).may(least)
                assert (answer.status_code == 403) == (not may), (route, role)
                assert (answer.status_code in (401, 500) and method == "GET") is False


@pytest.mark.anyio
async def test_a_role_that_is_too_small_is_told_so_on_a_page_of_its_own(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        cookies = await of_every_role(desk)
        account = desk.account
        app = guarded([("editor", account.routes())], account, names_of("", ()))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            for role, cookie in cookies.items():
                told = {"cookie": f"convo-console={cookie}"}
                answer = await client.get("/console/account", headers=told)
                assert answer.status_code == (200 if role in ("editor", "admin") else 403)
            refused = await client.get(
                "/console/account?lang=zh", headers={"cookie": f"convo-console={cookies['agent']}"}
            )
            assert "您的角色是“客服”，此处需要“编辑”或更高权限。" in refused.text


STRANGERS = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
    {},
)


@pytest.mark.anyio
@pytest.mark.parametrize("route", [each for each in DEV if each.startswith("POST")])
@pytest.mark.parametrize("told", STRANGERS, ids=str)
async def test_a_change_is_asked_by_our_own_pages_only(route: str, told: Mapping[str, str]) -> None:
    sign_in = SignIn()
    session = sign_in.used(sign_in.path.partition("=")[2])
    path = asked(route)[1]
    assert await status(path, "POST", {**told, "cookie": f"convo-dev={session}"}, sign_in) == 403


@pytest.mark.anyio
async def test_a_served_change_is_asked_by_our_own_pages_only(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        cookie = (await of_every_role(desk))["admin"]
        for route in (each for each in SERVED if each.startswith("POST")):
            path = asked(route)[1]
            for told in STRANGERS:
                answer = await desk.client.post(
                    path, headers={**told, "cookie": f"convo-console={cookie}"}
                )
                assert answer.status_code == 403
                assert answer.text == "This was not asked by a page of ours."
            ours = {"origin": str(desk.client.base_url).rstrip("/")}
            answer = await desk.client.post(path, headers=ours)
            assert "not asked by a page of ours" not in answer.text
        assert await desk.is_in(cookie)


@pytest.mark.anyio
async def test_a_name_that_somebody_pointed_here_is_refused() -> None:
    sign_in = SignIn()
    session = sign_in.used(sign_in.path.partition("=")[2])
    for host in ("evil.example:8020", "127.0.0.1", "127.0.0.1:8021"):
        told = {**OURS, "host": host, "cookie": f"convo-dev={session}"}
        assert await status("/", "GET", told, sign_in) == 421


def test_a_served_console_is_called_by_its_addresses_and_its_own_names_alone() -> None:
    called = names_of("https://sms.salon.example/hook", ("convo.salon.lan",))
    for host in (
        "sms.salon.example",
        "SMS.salon.example:443",
        "convo.salon.lan:8000",
        "localhost:8000",
        "127.0.0.1",
        "192.0.2.7:8000",
        "[2001:db8::1]:8000",
    ):
        assert called(host), host
    for host in (
        "",
        "evil.example",
        "salon.example",
        "sms.salon.example.evil.example",
        "[::1",
        ":",
    ):
        assert not called(host), host


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


@pytest.mark.anyio
async def test_every_answer_lets_the_browser_run_what_bears_its_own_nonce_alone(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        first, second = [await desk.ask("/console/sign-in") for _ in range(2)]
        said = first.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'nonce-" in said
        assert "unsafe" not in said
        assert "*" not in said
        nonce = said.partition("'nonce-")[2].partition("'")[0]
        assert first.text.count(f'nonce="{nonce}"') == first.text.count("nonce=") > 1
        assert nonce not in second.text
        assert first.text.count("<script") == first.text.count('<script type="module" src=')
        assert "style=" not in first.text
