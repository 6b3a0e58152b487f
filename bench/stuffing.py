"""Fills a store on Redis with a million of what it has one of.

One contact, and one message, are written by the store itself; the others are byte for byte the
same, but for the number and the id. So what is measured is laid out as the store lays it out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import redis

from convo.core.effects import SetTimer
from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound, Turn, outbound_id
from convo.ports import Arrival, Done, Wants
from convo.stores.redis.layout import Layout
from convo.stores.redis.store import RedisStore

PARTITIONS = 16
RECORD = b"x" * 300
DAY = 86_400_000
AT_ONCE = 2_000
"""Commands that leave together."""

FIRST = 15_000_000_000
"""Behind the numbers of bench.phones."""


def numbers(count: int) -> Iterable[PhoneNumber]:
    return (PhoneNumber(f"+86{n}") for n in range(FIRST, FIRST + count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What the store has written for one contact, key by key of its partition."""

    contact: PhoneNumber
    message: str
    card: bytes
    #: Due, ms; None without a timer.
    due: int | None
    row: bytes
    chain: bytes
    place: bytes


async def pattern(url: str, *, timer: bool = False, message: bool = False) -> Pattern:
    """Written by a turn of the store's own, and read from the server."""
    contact = next(iter(numbers(1)))
    id = outbound_id(contact, contact.e164, 0)
    store = await RedisStore.open(url, partitions=PARTITIONS, durability="fast")
    layout = Layout(prefix="convo", partitions=PARTITIONS)
    partition = layout.partition_of(contact)
    await store.accept(
        [Arrival(event=Inbound(channel="main", contact=contact, text="hi"), dedupe="")]
    )
    lease = await store.acquire(partition, "bench")
    assert lease is not None
    work = await store.advance(lease, Done(), Wants(events=1))
    (pending,) = work.events
    said = Outbound(
        id=id,
        contact=contact,
        channel="main",
        text="Twenty off everything this week.",
        kind="service",
        purpose="first",
        lane="bulk",
        parts=1,
        due=work.now,
    )
    turn = Turn(
        source=pending.source,
        contact=contact,
        at=work.now,
        record=RECORD,
        timers=(SetTimer(name="s/0/sure/silent/1", generation=1, due=work.now + DAY),) * timer,
        outbound=(said,) * message,
    )
    await store.advance(lease, Done(turns=(turn,)), Wants())
    await store.release(lease)
    await store.close()
    with redis.Redis.from_url(url) as client:
        asked: Any = client
        key = layout.key
        places = asked.zrange(key(partition, "queue"), 0, -1)
        return Pattern(
            contact=contact,
            message=id,
            card=asked.hget(key(partition, "contacts"), contact.e164),
            due=work.now + DAY if timer else None,
            row=asked.hget(key(partition, "messages"), id) or b"",
            chain=asked.hget(key(partition, "chains"), contact.e164) or b"",
            place=places[0] if places else b"",
        )


def stuff(url: str, made: Pattern, count: int) -> None:
    """So many contacts, each like the one of the pattern."""
    layout = Layout(prefix="convo", partitions=PARTITIONS)
    with redis.Redis.from_url(url) as client:
        pipeline: Any = client.pipeline(transaction=False)
        for n, contact in enumerate(numbers(count)):
            partition = layout.partition_of(contact)
            id = outbound_id(contact, contact.e164, 0)
            change = _changing(made, contact, id)
            pipeline.hset(layout.key(partition, "contacts"), contact.e164, made.card)
            if made.due is not None:
                pipeline.zadd(layout.key(partition, "due"), {contact.e164: made.due})
            if made.row:
                pipeline.hset(layout.key(partition, "messages"), id, change(made.row))
                pipeline.hset(layout.key(partition, "chains"), contact.e164, change(made.chain))
                pipeline.zadd(layout.key(partition, "queue"), {change(made.place): 0})
            if n % AT_ONCE == AT_ONCE - 1:
                pipeline.execute()
        pipeline.execute()


def _changing(made: Pattern, contact: PhoneNumber, id: str) -> Callable[[bytes], bytes]:
    old, new = (each.e164.encode() for each in (made.contact, contact))
    before, behind = made.message.encode(), id.encode()
    return lambda kept: kept.replace(old, new).replace(before, behind)


def used(url: str) -> int:
    """Bytes that the server holds for its data."""
    with redis.Redis.from_url(url) as client:
        told: Any = client.info("memory")
        return told["used_memory"]


def waiting(url: str) -> int:
    """Messages that are not settled."""
    layout = Layout(prefix="convo", partitions=PARTITIONS)
    with redis.Redis.from_url(url) as client:
        asked: Any = client
        return sum(asked.hlen(layout.key(each, "messages")) for each in range(PARTITIONS))
