"""Signing in: who gets in, for how long, and how slowly somebody gets ahead who guesses."""

import re
from pathlib import Path

import pytest

from convo.console.account import COOKIE
from convo.console.sign_ins import IDLE, LONGEST, key_of
from convo.console.slowing import ACCOUNT, ADDRESS, BUCKETS, FORGOTTEN_AFTER, Slowing
from tests.console.desks import MINUTE, PASSWORD, desk_at

pytestmark = pytest.mark.anyio


async def test_name_and_password_let_somebody_in_and_nothing_else_does(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        for name, password in (
            ("mei", "another password"),
            ("mai", PASSWORD),
            ("", ""),
            ("mei", ""),
        ):
            refused = await desk.sign_in(name, password)
            assert refused.status_code == 401
            assert "Name or password is wrong." in refused.text
            assert COOKIE not in refused.cookies
        let_in = await desk.sign_in(" Mei ")
        assert (let_in.status_code, let_in.headers["location"]) == (303, "/console")
        assert await desk.is_in(let_in.cookies[COOKIE])
        told = let_in.headers["set-cookie"]
        assert "HttpOnly" in told
        assert "SameSite=lax" in told
        assert "Path=/console" in told
        assert not await desk.is_in("guessed")
        assert not await desk.is_in("")


async def test_a_stranger_is_led_to_the_sign_in_and_back_to_where_they_wanted_to_go(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        answer = await desk.ask("/console/account?lang=zh")
        assert answer.status_code == 303
        to = answer.headers["location"]
        assert to == "/console/sign-in?next=/console/account%3Flang%3Dzh"
        back = await desk.post(to, {"name": "mei", "password": PASSWORD})
        assert back.headers["location"] == "/console/account?lang=zh"
        # What asks for a part of a page must not be answered with the sign-in.
        assert (
            await desk.ask("/console/account", **{"sec-fetch-dest": "empty"})
        ).status_code == 401


@pytest.mark.parametrize(
    "to",
    [
        "https://elsewhere.example/console/",
        "//elsewhere.example/console/",
        "/\\elsewhere.example/console/",
        "/console/\\elsewhere.example",
        "javascript:alert(1)",
        "/elsewhere",
        "/console/sign-in",
    ],
)
async def test_a_sign_in_leads_nowhere_else(tmp_path: Path, to: str) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        answer = await desk.client.post(
            "/console/sign-in",
            params={"next": to},
            data={"name": "mei", "password": PASSWORD},
            headers={"sec-fetch-site": "same-origin"},
        )
        assert answer.headers["location"] == "/console"


async def test_a_sign_in_holds_in_another_process_and_after_a_restart(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "shop") as one:
        await one.admit("mei", "agent")
        cookie = await one.cookie("mei")
        async with desk_at(tmp_path / "shop", beside=one) as other:
            assert await other.is_in(cookie)
    async with desk_at(tmp_path / "shop") as after:
        assert await after.is_in(cookie)
        await after.post("/console/sign-out", {}, cookie)
        assert not await after.is_in(cookie)


async def test_it_ends_when_nobody_comes_for_a_while_and_at_last_whatever_happens(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        cookie, begun = await desk.cookie("mei"), desk.now
        desk.now += IDLE
        assert await desk.is_in(cookie)
        desk.now += IDLE + 1
        assert not await desk.is_in(cookie)
        cookie, begun = await desk.cookie("mei"), desk.now
        while desk.now + IDLE <= begun + LONGEST:
            desk.now += IDLE
            assert await desk.is_in(cookie)
        desk.now = begun + LONGEST + 1
        assert not await desk.is_in(cookie)


async def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "viewer")
        cookie = await desk.cookie("mei")
        fetched = {"sec-fetch-dest": "empty"}
        for _ in range(4):
            desk.now += IDLE // 4
            assert (await desk.ask("/console/health", cookie, **fetched)).status_code == 200
        desk.now += 1
        assert (await desk.ask("/console/health", cookie, **fetched)).status_code == 401


async def test_it_ends_with_the_password_and_with_the_person_and_a_role_counts_at_once(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "viewer")
        cookie = await desk.cookie("mei")
        person = await desk.account.register.person("mei")
        assert person is not None
        await desk.admit("mei", "viewer", "another password")
        assert not await desk.is_in(cookie)
        cookie = await desk.cookie("mei", "another password")
        await desk.account.register.dismiss("mei")
        assert not await desk.is_in(cookie)
        # Also when the name is given away again.
        await desk.account.register.admit(person)
        assert not await desk.is_in(cookie)


async def test_who_knows_the_old_password_chooses_a_new_one_and_stays_here_alone(
    tmp_path: Path,
) -> None:
    new = "a louder afternoon"
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        here, elsewhere = await desk.cookie("mei"), await desk.cookie("mei")
        for fields, status, words, field in (
            ({"old": "not this one", "new": new, "again": new}, 401, "is not right", "old"),
            ({"old": PASSWORD, "new": new, "again": "a louder"}, 422, "differ", "again"),
            ({"old": PASSWORD, "new": "short", "again": "short"}, 422, "12 to 200", "new"),
            ({"old": PASSWORD, "new": "1" * 20, "again": "1" * 20}, 422, "12 to 200", "new"),
        ):
            answer = await desk.post("/console/account", fields, here)
            assert (answer.status_code, words in answer.text) == (status, True)
            # The field that it is about says so, and is where one goes on.
            marked = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"[^>]* autofocus', answer.text)
            assert marked == [field]
        assert await desk.is_in(elsewhere)
        answer = await desk.post(
            "/console/account", {"old": PASSWORD, "new": new, "again": new}, here
        )
        assert await desk.is_in(answer.cookies[COOKIE])
        assert not await desk.is_in(elsewhere)
        assert not await desk.is_in(here)
        assert (await desk.sign_in("mei")).status_code == 401
        assert (await desk.sign_in("mei", new)).status_code == 303


async def test_who_guesses_at_an_account_waits_longer_each_time_and_the_right_word_waits_too(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        for _ in range(ACCOUNT.free):
            assert (await desk.sign_in("mei", "guessed")).status_code == 401
        for wait in (1, 2, 4):
            slowed = await desk.sign_in("mei")
            assert (slowed.status_code, slowed.headers["retry-after"]) == (429, str(wait))
            assert f"Try again in {wait} s." in slowed.text
            desk.now += wait * 1_000
            assert (await desk.sign_in("mei", "guessed")).status_code == 401
        # Never so long that somebody could keep her out.
        desk.now += ACCOUNT.longest
        assert (await desk.sign_in("mei")).status_code == 303
        assert (await desk.sign_in("mei", "guessed")).status_code == 401


async def test_guessing_at_many_accounts_from_one_address_is_slowed_and_others_are_not(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop", address="192.0.2.7") as theirs:
        await theirs.admit("mei", "agent")
        for n in range(ADDRESS.free):
            assert (await theirs.sign_in(f"guess{n}", "guessed")).status_code == 401
        assert (await theirs.sign_in("mei")).status_code == 429
    async with desk_at(tmp_path / "shop", address="192.0.2.8") as ours:
        assert (await ours.sign_in("mei")).status_code == 303


def test_a_flood_of_names_and_addresses_takes_no_more_memory_and_failures_are_forgotten() -> None:
    now = [0]
    slowing = Slowing(lambda: now[0])
    for n in range(3 * BUCKETS):
        slowing.tries(f"name {n}", f"address {n}")
    assert [len(each) for each in slowing._counters.values()] == [BUCKETS, BUCKETS]
    for _ in range(40):
        slowing.tries("mei", "192.0.2.7")
    assert slowing.wait("mei", "another") == ACCOUNT.longest
    assert slowing.wait("another", "192.0.2.7") == ADDRESS.longest
    now[0] += FORGOTTEN_AFTER
    assert slowing.wait("mei", "192.0.2.7") == 0
    slowing.tries("mei", "192.0.2.7")
    assert slowing.wait("mei", "192.0.2.7") == 0


async def test_tries_that_come_all_at_once_are_counted_before_they_are_checked(
    tmp_path: Path,
) -> None:
    from asyncio import gather

    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        answers = await gather(*(desk.sign_in("mei", "guessed") for _ in range(15)))
        assert sum(each.status_code == 401 for each in answers) == ACCOUNT.free


async def test_the_register_holds_nothing_to_sign_in_with_and_no_repr_tells_a_password(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        cookie = await desk.cookie("mei")
        person = await desk.account.register.person("mei")
        assert person is not None
        assert person.password.startswith("$argon2id$")
        assert "argon2" not in repr(person)
        assert person.stamp not in repr(person)
        assert await desk.account.register.signed_in(cookie) is None
        kept = await desk.account.register.signed_in(key_of(cookie))
        assert kept is not None
        assert kept.stamp not in repr(kept)
        files = (tmp_path / "shop" / "data").iterdir()
        assert all(cookie.encode() not in file.read_bytes() for file in files)


async def test_nobody_signs_in_where_nobody_has_a_password_and_the_page_says_how(
    tmp_path: Path,
) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        page = await desk.ask("/console/sign-in")
        assert "convo user add NAME --role admin" in page.text
        assert (await desk.sign_in("admin", "")).status_code == 401
        await desk.admit("mei", "agent")
        assert "convo user add" not in (await desk.ask("/console/sign-in")).text


async def test_what_is_no_form_of_ours_is_refused(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("mei", "agent")
        for body in (b"\xff\xfe", b"name=" + b"x" * 20_000, b"&".join([b"a=1"] * 50), b"%ff=1"):
            answer = await desk.client.post(
                "/console/sign-in", content=body, headers={"sec-fetch-site": "same-origin"}
            )
            assert answer.status_code == 400
        desk.now += MINUTE
        assert (await desk.sign_in("mei")).status_code == 303
