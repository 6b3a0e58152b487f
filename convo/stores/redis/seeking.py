"""Reports that do not tell their partition: all are asked, and what nobody knows yet is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from convo.core.events import DeliveryStatus, Report
from convo.stores.redis.functions import Functions
from convo.stores.redis.rows import encode

TOGETHER = 100
"""Lost reports that are looked for in one round."""

_LOST = ("lost", "look_at")

_decode = msgspec.msgpack.Decoder(tuple[str, str, str, DeliveryStatus, str, bytes]).decode


@dataclass(frozen=True, slots=True)
class Sought:
    """A report on its way to its message, with what it came in."""

    report: Report
    raw: bytes
    hash: int


class Seeker:
    """Finds the partition of a message, by asking everybody."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    async def partition(self, report: Report) -> int | None:
        """Whose message it is about; None while nobody knows it."""
        return (await self._partitions([report]))[0]

    async def lose(self, sought: Sought) -> None:
        """Keep a report until somebody knows its message: for an hour."""
        report = sought.report
        packed = encode(
            (
                *(report.channel, report.outbound, report.provider_id),
                *(report.status, report.code, sought.raw),
            )
        )
        await self._functions.over_all(_LOST, "lose", sought.hash, packed)

    async def find(self, deliver: Callable[[Sought, int], Awaitable[Any]]) -> None:
        """Look for what was lost, and deliver what is found now."""
        flat = await self._functions.over_all(_LOST, "look_for", TOGETHER)
        lost = [_sought(int(hash), body) for hash, body in zip(flat[::2], flat[1::2], strict=True)]
        if not lost:
            return
        partitions = await self._partitions([each.report for each in lost])
        for each, partition in zip(lost, partitions, strict=True):
            if partition is not None:
                await deliver(each, partition)
                await self._functions.over_all(_LOST, "find", each.hash)

    async def _partitions(self, reports: Sequence[Report]) -> Sequence[int | None]:
        ids = [id for each in reports for id in (each.channel, each.outbound, each.provider_id)]
        answers = await asyncio.gather(
            *(
                self._functions.in_partition(number, "which_are_ours", *ids)
                for number in range(self._functions.layout.partitions)
            )
        )
        places: list[int | None] = [None] * len(reports)
        for number, ours in enumerate(answers):
            for place in ours:
                places[place] = number
        return places


def _sought(hash: int, body: bytes) -> Sought:
    channel, outbound, provider_id, status, code, raw = _decode(body)
    report = Report(
        channel=channel, outbound=outbound, provider_id=provider_id, status=status, code=code
    )
    return Sought(report=report, raw=raw, hash=hash)
