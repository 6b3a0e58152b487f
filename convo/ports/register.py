"""The plug for who may use the console and who is signed in: beside the store, and not in it."""

from collections.abc import Sequence
from typing import Protocol

from convo.core.people import Person, SignedIn


class Register(Protocol):
    """What all processes of a business know of its people; what is told here is kept.

    A sign-in is known by a key that is no secret: the hash of what the browser shows. Every
    method raises `StoreError` when it could not be done.
    """

    async def people(self) -> Sequence[Person]:
        """Everybody, by name."""
        ...

    async def person(self, name: str) -> Person | None:
        """One of them."""
        ...

    async def admit(self, person: Person) -> None:
        """Keep this person, in place of who had the name before."""
        ...

    async def dismiss(self, name: str) -> bool:
        """Forget this person; whether there was one."""
        ...

    async def begin(self, key: str, signed_in: SignedIn, until: int) -> None:
        """Keep a sign-in, to be forgotten at `until` (ms since 1970) at the earliest."""
        ...

    async def signed_in(self, key: str) -> SignedIn | None:
        """The sign-in of this key, perhaps one that is over."""
        ...

    async def go_on(self, key: str, signed_in: SignedIn, until: int) -> None:
        """Keep it for longer; one that has ended meanwhile stays ended."""
        ...

    async def end(self, key: str) -> None:
        """Forget a sign-in."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
