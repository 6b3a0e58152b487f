"""How long to wait before something is tried again."""

from zlib import crc32

FIRST = 1_000
"""Milliseconds before the second try; each further wait is twice the one before it."""

LONGEST = 15 * 60 * 1_000
"""Milliseconds that no wait exceeds, but for its spread."""


def wait(tries: int, id: str, *, first: int = FIRST, longest: int = LONGEST) -> int:
    """Milliseconds to wait after try number `tries` (from 0) of `id`.

    Spread by a quarter to each side, by hash and not by chance, so that what failed together
    does not come back together and a test can tell when.
    """
    whole = min(first << min(tries, 32), longest)
    spread = crc32(f"{id}:{tries}".encode()) / 2**32
    return int(whole * (0.75 + spread / 2))
