"""Faults that the oracle must see: each breaks one promise, in the process that serves."""

import asyncio
import itertools
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from convo.core.turns import Outbound
from convo.ports import Acceptance, Arrival, Done, Lease, Parsed, Sent, Wants, Work
from convo.providers.twilio import Twilio
from convo.runtime.intake import Intake
from convo.runtime.resolver import Resolver
from convo.stores.redis import library
from convo.stores.redis.store import RedisStore
from convo.stores.sqlite import turning
from convo.stores.sqlite.store import SqliteStore

NOW_AND_THEN = 12
"""Cases of which one goes wrong, where not all do."""

STORES: Sequence[Any] = (SqliteStore, RedisStore)


def _now_and_then() -> Callable[[], bool]:
    cases = itertools.count(1)
    return lambda: next(cases) % NOW_AND_THEN == 0


def _in_lua(file: str, wanted: str, instead: str) -> None:
    """Have the functions loaded with another text."""
    source = library._source  # pyright: ignore[reportPrivateUsage]

    def changed(name: str) -> str:
        text = source(name)
        if name != file:
            return text
        assert wanted in text, f"{file}.lua has no {wanted!r} any more"
        return text.replace(wanted, instead)

    library._source = changed  # pyright: ignore[reportPrivateUsage]


def answered_before_it_is_kept() -> None:
    """The webhook is acknowledged first and kept a moment later."""
    accept = Intake.accept
    under_way: set[asyncio.Task[None]] = set()

    async def at_once(self: Intake, channel: str, parsed: Parsed) -> Sequence[Acceptance]:
        async def later() -> None:
            await asyncio.sleep(0.1)
            await accept(self, channel, parsed)

        task = asyncio.create_task(later())
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return ["accepted" for _ in parsed.arrivals]

    Intake.accept = at_once


def deaf_to_duplicates() -> None:
    """Every arrival is a new one."""

    def deaf(accept: Callable[..., Any]) -> Callable[..., Any]:
        async def without_keys(self: Any, arrivals: Sequence[Arrival]) -> Any:
            return await accept(self, [replace(arrival, dedupe="") for arrival in arrivals])

        return without_keys

    for store in STORES:
        store.accept = deaf(store.accept)


def entry_left_in_the_inbox() -> None:
    """A turn is committed, and now and then its event stays."""
    flush: Callable[[Any], None] = turning._Batch.flush  # pyright: ignore[reportPrivateUsage]

    goes_wrong = _now_and_then()

    def forgetful(self: Any) -> None:
        self._entries = [each for each in self._entries if not goes_wrong()]
        flush(self)

    turning._Batch.flush = forgetful  # pyright: ignore[reportPrivateUsage]
    delete = "many('XDEL', p.key.inbox, p.read)"
    now_and_then = "if (call('HGET', p.key.state, 'seq') or 1) % 5 == 0 then p.read = {} end"
    _in_lua("commit", delete, f"{now_and_then} {delete}")


def reply_not_committed() -> None:
    """A turn is committed, and now and then without its reply."""
    goes_wrong = _now_and_then()

    def stingy(done: Done) -> Done:
        turns = tuple(replace(turn, outbound=()) if goes_wrong() else turn for turn in done.turns)
        return replace(done, turns=turns)

    _done_otherwise(stingy)


def settle_skipped() -> None:
    """A send went well, and now and then nobody writes it down."""
    goes_wrong = _now_and_then()

    def forgetful(done: Done) -> Done:
        settles = tuple(each for each in done.settles if not goes_wrong())
        return replace(done, settles=settles)

    _done_otherwise(forgetful)


def sent_twice() -> None:
    """Now and then a send is made twice, as a client that retries by itself would."""
    send: Callable[[Twilio, Outbound, str, float], Awaitable[Sent]] = Twilio.send

    goes_wrong = _now_and_then()

    async def eager(
        self: Twilio, message: Outbound, callback: str, leave_by: float = math.inf
    ) -> Sent:
        if goes_wrong():
            await send(self, message, callback, leave_by)
        return await send(self, message, callback, leave_by)

    Twilio.send = eager


def doubts_sent_again() -> None:
    """What the last process left in doubt is sent once more without asking."""

    async def blind(self: Any, claim: Any, why: str, may_repeat: bool, adopted: bool) -> None:
        self._again(claim, 0, stays=True)

    Resolver._resolve = blind  # pyright: ignore[reportPrivateUsage]


def turns_out_of_order() -> None:
    """Events are read now and then only, and the newest first."""

    def backwards(advance: Callable[..., Any]) -> Callable[..., Any]:
        async def reading(self: Any, lease: Lease, done: Done, wants: Wants) -> Work:
            await asyncio.sleep(0.05)
            work = await advance(self, lease, done, wants)
            return replace(work, events=tuple(reversed(work.events)))

        return reading

    for store in STORES:
        store.advance = backwards(store.advance)


def leaves_after_its_lease() -> None:
    """A claim takes its time, and leaves however late it is: nobody looks, and nobody ends it."""
    send: Callable[..., Awaitable[Sent]] = Twilio.send

    async def whenever(
        self: Twilio, message: Outbound, callback: str, leave_by: float = math.inf
    ) -> Sent:
        async def in_a_while() -> Sent:
            await asyncio.sleep(0.6)
            return await send(self, message, callback)

        return await asyncio.shield(asyncio.create_task(in_a_while()))

    Twilio.send = whenever


def claims_whoever_has_left() -> None:
    """Who has texted STOP is sent what was made before."""
    wanted = "if outlived or everything[2] == 'withdrawn' then return 'withdrawn' end"
    _in_lua("claim", wanted, "local _ = outlived")


def _done_otherwise(change: Callable[[Done], Done]) -> None:
    """Have every store told something else than what was done."""

    def changed(advance: Callable[..., Any]) -> Callable[..., Any]:
        async def telling(self: Any, lease: Lease, done: Done, wants: Wants) -> Work:
            return await advance(self, lease, change(done), wants)

        return telling

    for store in STORES:
        store.advance = changed(store.advance)


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
        leaves_after_its_lease,
        claims_whoever_has_left,
    )
}
