"""The browsers in which people have signed in: for a while, and no longer than the person stays."""

import hashlib
import secrets

from convo.core.people import Person, Role, SignedIn, Visitor
from convo.ports import Clock
from convo.ports.register import Register

IDLE = 12 * 3_600_000
"""Milliseconds without a page after which a sign-in ends: overnight."""

LONGEST = 7 * 24 * 3_600_000
"""Milliseconds after which it ends, however busy."""

NOTED_EVERY = 60_000
"""Milliseconds between two notes that it goes on: not every page is worth a write."""

_BYTES = 32


class SignIns:
    """Begins, finds and ends them; all that lasts is in the register."""

    def __init__(self, register: Register, clock: Clock) -> None:
        self._register = register
        self._clock = clock

    async def begin(self, person: Person) -> str:
        """What the browser has to show from now on."""
        token, now = secrets.token_urlsafe(_BYTES), self._clock()
        signed_in = SignedIn(person=person.name, stamp=person.stamp, since=now, seen=now)
        await self._register.begin(key_of(token), signed_in, now + IDLE)
        return token

    async def visitor(self, token: str, *, by_hand: bool = True) -> Visitor | None:
        """Whose it is; None when it is nobody's any more.

        A page that asks by itself is not asked for `by_hand`, and keeps no sign-in alive.
        """
        if not token:
            return None
        key, now = key_of(token), self._clock()
        found = await self._register.signed_in(key)
        if found is None:
            return None
        person = await self._register.person(found.person)
        over = now - found.seen > IDLE or now - found.since > LONGEST
        if over or person is None or not secrets.compare_digest(person.stamp, found.stamp):
            await self._register.end(key)
            return None
        if by_hand and now - found.seen > NOTED_EVERY:
            goes_on = SignedIn(person=found.person, stamp=found.stamp, since=found.since, seen=now)
            await self._register.go_on(key, goes_on, min(now + IDLE, found.since + LONGEST))
        return Visitor(name=person.name, role=person.role)

    async def end(self, token: str) -> None:
        await self._register.end(key_of(token))


def key_of(token: str) -> str:
    """What is kept of a token: who reads the register can sign in nowhere."""
    return hashlib.sha256(token.encode()).hexdigest()


def with_password(name: str, role: Role, hash: str) -> Person:
    """A person with a new password: every sign-in by an older one ends."""
    return Person(name=name, role=role, password=hash, stamp=secrets.token_urlsafe(_BYTES))
