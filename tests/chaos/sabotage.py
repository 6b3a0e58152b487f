"""Faults that the oracle must see: each breaks one promise, in the process that serves."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from convo.core.turns import Outbound
from convo.ports import Arrival, Done, Lease, Parsed, Sent, Wants, Work
from convo.providers.twilio import Twilio
from convo.runtime.intake import Intake
from convo.runtime.resolver import Resolver
from convo.stores.sqlite import turning
from convo.stores.sqlite.store import SqliteStore

CHANCE = Random(0)


def answered_before_it_is_kept() -> None:
    """The webhook is acknowledged first and kept a moment later."""
    accept = Intake.accept
    under_way: set[asyncio.Task[None]] = set()

    async def at_once(self: Intake, channel: str, parsed: Parsed) -> None:
        async def later() -> None:
            await asyncio.sleep(0.02)
            await accept(self, channel, parsed)

        task = asyncio.create_task(later())
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    Intake.accept = at_once


def deaf_to_duplicates() -> None:
    """Every arrival is a new one."""
    accept = SqliteStore.accept

    async def without_keys(self: SqliteStore, arrivals: Sequence[Arrival]) -> Any:
        return await accept(self, [replace(arrival, dedupe="") for arrival in arrivals])

    SqliteStore.accept = without_keys


def entry_left_in_the_inbox() -> None:
    """A turn is committed, and now and then its event stays."""
    flush: Callable[[Any], None] = turning._Batch.flush  # pyright: ignore[reportPrivateUsage]

    def forgetful(self: Any) -> None:
        self._entries = [each for each in self._entries if CHANCE.random() > 0.02]
        flush(self)

    turning._Batch.flush = forgetful  # pyright: ignore[reportPrivateUsage]


def reply_not_committed() -> None:
    """A turn is committed, and now and then without its reply."""
    advance = SqliteStore.advance

    async def stingy(self: SqliteStore, lease: Lease, done: Done, wants: Wants) -> Work:
        turns = tuple(
            turn if CHANCE.random() > 0.02 else replace(turn, outbound=()) for turn in done.turns
        )
        return await advance(self, lease, replace(done, turns=turns), wants)

    SqliteStore.advance = stingy


def settle_skipped() -> None:
    """A send went well, and now and then nobody writes it down."""
    advance = SqliteStore.advance

    async def forgetful(self: SqliteStore, lease: Lease, done: Done, wants: Wants) -> Work:
        settles = tuple(each for each in done.settles if CHANCE.random() > 0.02)
        return await advance(self, lease, replace(done, settles=settles), wants)

    SqliteStore.advance = forgetful


def sent_twice() -> None:
    """Now and then a send is made twice, as a client that retries by itself would."""
    send: Callable[[Twilio, Outbound, str, float], Awaitable[Sent]] = Twilio.send

    async def eager(
        self: Twilio, message: Outbound, callback: str, leave_by: float = math.inf
    ) -> Sent:
        if CHANCE.random() < 0.02:
            await send(self, message, callback, leave_by)
        return await send(self, message, callback, leave_by)

    Twilio.send = eager


def doubts_sent_again() -> None:
    """What the last process left in doubt is sent once more without asking."""

    async def blind(self: Any, claim: Any, why: str, may_repeat: bool, adopted: bool) -> None:
        self._again(claim, 0)

    Resolver._resolve = blind  # pyright: ignore[reportPrivateUsage]


def turns_out_of_order() -> None:
    """Events are read now and then only, and the newest first."""
    advance = SqliteStore.advance

    async def backwards(self: SqliteStore, lease: Lease, done: Done, wants: Wants) -> Work:
        await asyncio.sleep(0.05)
        work = await advance(self, lease, done, wants)
        return replace(work, events=tuple(reversed(work.events)))

    SqliteStore.advance = backwards


ALL: Mapping[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        answered_before_it_is_kept,
        deaf_to_duplicates,
        entry_left_in_the_inbox,
        reply_not_committed,
        settle_skipped,
        sent_twice,
        doubts_sent_again,
        turns_out_of_order,
    )
}
