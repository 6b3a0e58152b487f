"""What every register of people keeps to."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from convo.core.people import Person, SignedIn
from convo.ports.register import Register

OpensRegister = Callable[[], Awaitable[Register]]
MEI = Person(name="mei", role="agent", password="hashed", stamp="first")
HOUR = 3_600_000


def signed_in(person: str = "mei") -> tuple[SignedIn, int]:
    """One of now, and an hour from now: servers forget by their own clock."""
    now = int(time.time() * 1_000)
    return SignedIn(person=person, stamp="first", since=now, seen=now), now + HOUR


@pytest.mark.anyio
class RegisterContract:
    @pytest.fixture
    async def opened(self) -> OpensRegister:
        """Opens the same register again, as another process does."""
        raise AssertionError("each store says how")

    async def test_a_person_is_known_to_another_process_until_dismissed(
        self, opened: OpensRegister
    ) -> None:
        one, other = await opened(), await opened()
        assert await one.people() == ()
        await one.admit(MEI)
        await one.admit(replace(MEI, name="ann", role="admin"))
        assert await other.person("mei") == MEI
        assert [each.name for each in await other.people()] == ["ann", "mei"]
        await other.admit(replace(MEI, role="editor", stamp="second"))
        assert await one.person("mei") == replace(MEI, role="editor", stamp="second")
        assert await other.dismiss("mei")
        assert not await other.dismiss("mei")
        assert await one.person("mei") is None

    async def test_a_sign_in_is_known_to_another_process_until_it_ends(
        self, opened: OpensRegister
    ) -> None:
        one, other = await opened(), await opened()
        mine, until = signed_in()
        await one.begin("key", mine, until)
        await one.begin("another", mine, until)
        assert await other.signed_in("key") == mine
        assert await other.signed_in("ke") is None
        later = replace(mine, seen=mine.seen + 1)
        await other.go_on("key", later, until)
        assert await one.signed_in("key") == later
        await other.end("key")
        await other.end("key")
        assert await one.signed_in("key") is None
        assert await one.signed_in("another") == mine

    async def test_one_that_has_ended_is_not_raised_again_by_a_page_under_way(
        self, opened: OpensRegister
    ) -> None:
        register = await opened()
        mine, until = signed_in()
        await register.begin("key", mine, until)
        await register.end("key")
        await register.go_on("key", mine, until)
        assert await register.signed_in("key") is None
