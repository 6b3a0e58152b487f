"""What was brought is brought again to a server that took over, at its pace."""

import pytest

from convo.errors import StoreUnavailable
from convo.stores.redis import ring
from convo.stores.redis.ring import Ring

pytestmark = pytest.mark.anyio


async def test_a_server_that_is_full_is_given_time_before_it_is_brought_all_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ring, "WAIT", 0.5)
    serves, tries = b"one", 0

    async def call(known: bytes, brought: str) -> tuple[bytes, bytes]:
        nonlocal tries
        if known not in (b"", serves):
            return b"elsewhere", serves
        if serves == b"other":
            tries += 1
            return b"busy", serves
        return b"accepted", serves

    brought = Ring(call, lambda _: None)
    assert await brought.bring("1") == b"accepted"
    serves = b"other"
    with pytest.raises(StoreUnavailable):
        await brought.bring("2")
    assert 0 < tries <= ring.WAIT / ring.ASK_AGAIN + 1
