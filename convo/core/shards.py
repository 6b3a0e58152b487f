"""The shard of a contact: which of 1,024 places is theirs, for ever and on every store.

A store of many partitions gives each a range of shards. The id of a message begins with its
contact's shard, so a report that knows nothing but the id finds the partition.
"""

import re
import zlib

from convo.core.numbers import PhoneNumber

SHARDS = 1024

_IN_ID = re.compile(r"[0-3][0-9a-f]{2}[0-9a-f]{29}\Z", re.ASCII)


def shard_of(contact: PhoneNumber) -> int:
    """The contact's shard, from 0 on."""
    return zlib.crc32(contact.e164.encode()) % SHARDS


def partition_of(shard: int, partitions: int) -> int:
    """Which of so many partitions has the shard: each has a range of them."""
    return shard * partitions // SHARDS


def shard_in(outbound: str) -> int | None:
    """The shard that the id of a message begins with; None when it is not one of ours."""
    return int(outbound[:3], 16) if _IN_ID.match(outbound) else None
