"""Passwords: kept as argon2id hashes, checked a few at a time, for each check takes memory."""

import asyncio
import secrets
import unicodedata

from argon2 import PasswordHasher, exceptions

SHORTEST, LONGEST = 12, 200
"""Characters of a password."""

CHECKED_AT_ONCE = 2
"""Checks that run beside each other: each takes 64 MiB (RFC 9106, its second recommendation)."""

WAITING_AT_MOST = 20
"""Checks that wait for their turn; who comes then is asked to come again."""


class Crowded(Exception):
    """So many passwords wait to be checked that this one was not."""


class Passwords:
    """Hashes passwords and checks them, never on the event loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turns = asyncio.Semaphore(CHECKED_AT_ONCE)
        self._waiting = 0
        self._nobodys = ""

    async def hashed(self, password: str) -> str:
        return await self._in_turn(password)

    async def fits(self, password: str, hash: str | None) -> bool:
        """Whether it is the password of this hash. Nobody's takes as long as a wrong one."""
        if hash is None:
            self._nobodys = self._nobodys or await self._in_turn(secrets.token_urlsafe())
        right = await self._in_turn(password, hash or self._nobodys)
        return bool(right) and hash is not None

    async def _in_turn(self, password: str, hash: str | None = None) -> str:
        """The hash of a password; or with a hash this one again, empty when it does not fit."""
        if self._waiting >= WAITING_AT_MOST:
            raise Crowded
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(self._work, password, hash)
        finally:
            self._waiting -= 1

    def _work(self, password: str, hash: str | None) -> str:
        plain = unicodedata.normalize("NFKC", password)
        if hash is None:
            return self._hasher.hash(plain)
        try:
            self._hasher.verify(hash, plain)
        except (exceptions.VerificationError, exceptions.InvalidHashError):
            return ""
        return hash


def is_long_enough(password: str) -> bool:
    """Whether it may be anybody's."""
    return SHORTEST <= len(password) <= LONGEST and len(set(password)) > 1
