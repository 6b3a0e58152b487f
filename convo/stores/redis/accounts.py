"""Reading what turns and messages had to tell, as it was written commit by commit."""

from collections.abc import Sequence

from convo.stores.redis.functions import Functions

COMMITS_TOGETHER = 32
"""Commits whose records are read in one reply."""


async def accounts_behind(
    functions: Functions, partition: int, after: int, limit: int
) -> Sequence[tuple[int, bytes]]:
    """Accounts of a partition behind the number `after`, at most so many, with their numbers."""
    together = min(limit, COMMITS_TOGETHER)
    commits = await functions.in_partition(partition, "records_behind", after, together)
    found: list[tuple[int, bytes]] = []
    for last, pairs in commits:
        accounts = pairs[1::2]
        first = int(last.partition(b"-")[0]) - len(accounts) + 1
        found += [(n, body) for n, body in enumerate(accounts, start=first) if n > after]
    return found[:limit]
