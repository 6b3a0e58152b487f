"""Letting go of what is old: once a day, a page a call, so that owners have their turn between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convo.core.numbers import PhoneNumber
from convo.core.proof import over_since
from convo.ports import ProofDays
from convo.stores.redis import rows
from convo.stores.redis.functions import Functions
from convo.stores.redis.layout import MS_A_DAY

AT_ONCE = 100
"""Fields of a hash in one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what is over is kept."""

    #: Days for records.
    days: int = 180
    #: Without it, the proof of every consent is kept for good.
    proof_days: ProofDays | None = None


USUAL = Retention()


async def tidy(
    functions: Functions,
    partition: int,
    *,
    retention: Retention,
    dedupe_days: int,
) -> None:
    """Forget old records, acts of what was refused, reports of nobody's, and proof that is over.

    Dedupe hashes and messages that are done go by themselves: their keys expire.
    """
    while await functions.in_partition(partition, "tidy_records", retention.days):
        pass
    for name, *args in (("tidy_acted", dedupe_days), ("tidy_orphans",)):
        cursor: Any = 0
        while (
            cursor := await functions.in_partition(partition, name, cursor, AT_ONCE, *args)
        ) != b"0":
            pass
    if retention.proof_days is not None:
        await _forget_acts(functions, partition, retention.proof_days)


async def _forget_acts(functions: Functions, partition: int, proof_days: ProofDays) -> None:
    cursor: Any = 0
    while cursor != b"0":
        cursor, told = await functions.in_partition(partition, "tidy_acts", cursor, AT_ONCE)
        shorter: list[bytes] = []
        for contact, acts in rows.twos(told):
            kept = _that_stay(contact, acts, functions.clock(), proof_days)
            if len(kept) < len(acts):
                shorter += [contact, b"".join(acts), b"".join(kept)]
        if shorter:
            await functions.in_partition(partition, "forget_acts", *shorter)


def _that_stay(
    contact: bytes, acts: Sequence[bytes], now: int, proof_days: ProofDays
) -> Sequence[bytes]:
    oldest = now - proof_days(PhoneNumber(contact.decode())) * MS_A_DAY
    ends = over_since([rows.act(each) for each in acts])
    return [act for act, since in zip(acts, ends, strict=True) if since is None or since >= oldest]
