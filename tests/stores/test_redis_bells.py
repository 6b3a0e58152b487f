"""Bells are let go of whatever the client does with a cancellation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from convo.stores.redis.bells import Bells


@pytest.mark.anyio
async def test_a_listener_that_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed: list[str] = []
    listens = asyncio.Event()

    @asynccontextmanager
    async def subscribed() -> AsyncIterator[AsyncIterator[int | None]]:
        async def rings() -> AsyncIterator[int | None]:
            yield None
            if not swallowed:
                listens.set()
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(3_600)
                swallowed.append("as wait_for may")
            await asyncio.sleep(3_600)

        yield rings()

    bells = Bells(subscribed)
    await bells.wait(0, 0.0)
    async with asyncio.timeout(60):
        await listens.wait()
    closed, _ = await asyncio.wait((asyncio.create_task(bells.close()),), timeout=60)
    assert closed
    assert swallowed
