"""What a recall means is dropped where it waits, a page a call: none keeps the server for long."""

from convo.core.recalls import Recall
from convo.stores.redis.functions import Functions

AT_ONCE = 500
"""Messages looked through in one call."""


def recall_row(asked: Recall) -> tuple[str, str, str, str, str]:
    """A recall as recalls.lua is told of it."""
    contact = "" if asked.contact is None else asked.contact.e164
    return asked.flow, asked.version, asked.request, contact, asked.by


async def drop_recalled(functions: Functions, partition: int) -> None:
    """Once this returns, nothing waits in the partition that was recalled there before."""
    cursor: bytes = b"0"
    while True:
        cursor = await functions.in_partition(partition, "drop_recalled", cursor, AT_ONCE)
        if cursor == b"0":
            return
