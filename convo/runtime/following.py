"""The records of turns as they come, for whoever shows them: the store rings for its owner only."""

import asyncio
from collections.abc import AsyncIterator

from convo.core.record_codec import Recorded, decode
from convo.ports import Store

AT_ONCE = 1_000


async def recorded(store: Store, again: float) -> AsyncIterator[Recorded]:
    """Every turn from the first one that is kept on, without an end; looked for every `again` s."""
    read = 0
    while True:
        rows = await store.records(read, AT_ONCE)
        for number, body in rows:
            read = number
            yield decode(body)
        if len(rows) < AT_ONCE:
            await asyncio.sleep(again)
