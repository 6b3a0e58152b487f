"""Everything that leaves keeps to its limits: the channel's, its account's, its registrations'."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from convo.core.business import Business, Channel
from convo.core.codec import encode
from convo.core.contacts import ContactState
from convo.core.events import Event, Inbound
from convo.core.limits import Limit, Rate
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound, SetTimer, Source, Turn, outbound_id
from convo.errors import RateLimited, StoreUnavailable
from convo.policy.pace import FULL
from convo.ports import Arrival, Sent, Work
from convo.ports.limits import Ask, Permits
from convo.runtime.allowance import Allowance
from convo.runtime.own_limits import OwnLimits
from convo.runtime.owner import CLOSED_POLL
from tests.runtime.hourglass import run
from tests.runtime.stage import (
    ANNA,
    MIND,
    OURS,
    START,
    FakeProvider,
    LoopTime,
    Stage,
    TakenTurn,
    business,
    claim,
    parsed,
    say,
    staged,
)


def answer(
    state: ContactState, event: Event, source: Source, _order: int, _playbook: Any
) -> TakenTurn:
    """A text like "bulk 3" is answered by one message of that lane and so many parts."""
    assert isinstance(event, Inbound)
    lane, _, parts = event.text.partition(" ")
    out = say(
        event.contact,
        event.text,
        outbound_id(event.contact, event.id, 0),
        now=event.at,
        channel=event.channel,
        lane=lane,
        parts=int(parts or 1),
    )
    turn = Turn(
        source=source, contact=event.contact, at=event.at, record=encode(state), outbound=(out,)
    )
    return TakenTurn(turn=turn, state=state)


class Watched(FakeProvider):
    """Keeps when it was given what."""

    def __init__(self, time: LoopTime, *script: Any) -> None:
        super().__init__(*script)
        self._time = time
        #: Milliseconds since the start, and the message.
        self.sent: list[tuple[int, Outbound]] = []

    async def send(self, message: Outbound, callback: str, leave_by: float) -> Sent:
        self.sent.append((self._time.clock() - START, message))
        return await super().send(message, callback, leave_by)

    @property
    def times(self) -> list[int]:
        return [at for at, _ in self.sent]


def limited(own: Rate | None, shared: Limit | None, *names: str) -> Business:
    """A business whose channels have a rate each, and share a limit."""
    return replace(
        business(),
        channels={
            name: Channel(
                name=name,
                provider="fake",
                address=OURS,
                limit=Limit(name=f"channels.{name}", rate=own) if own else None,
                shared_limits=(shared,) if shared else (),
            )
            for name in names or ("main",)
        },
    )


def people(count: int) -> Sequence[PhoneNumber]:
    return [PhoneNumber(f"+1202556{n:04d}") for n in range(count)]


async def text(stage: Stage, words: str, channel: str, *contacts: PhoneNumber) -> None:
    arrivals = [
        Arrival(event=Inbound(channel=channel, contact=each, text=words), dedupe="")
        for each in contacts
    ]
    await stage.intake.accept(channel, parsed(*arrivals))


def played(
    at: Business, texts: Sequence[tuple[float, str, str, int]], until: float, *script: Any
) -> Watched:
    """What leaves when, after texts of (second, words, channel, how many people)."""

    async def story() -> Watched:
        time = LoopTime()
        provider = Watched(time, *script)
        mind = replace(MIND, take_turn=answer)
        async with (
            staged(provider, time=time, business=at, mind=mind) as stage,
            stage.process,
        ):
            for second, words, channel, count in texts:
                await time.sleep(second - (time.clock() - START) / 1_000)
                await text(stage, words, channel, *people(count))
            await time.sleep(until - (time.clock() - START) / 1_000)
        return provider

    return run(story)


def held(sent: Sequence[tuple[int, Outbound]], rate: Rate) -> None:
    """In no stretch of time more parts than burst and rate."""
    for first, (begin, _) in enumerate(sent):
        parts = 0
        for end, message in sent[first:]:
            parts += message.parts
            longest = max(each.parts for _, each in sent) - 1
            assert (parts - rate.burst - longest) * rate.every <= rate.parts * (end - begin)


# --- the channel's own --------------------------------------------------------------------------


def test_a_channel_keeps_to_its_rate_and_loses_no_millisecond() -> None:
    provider = played(limited(Rate.of(2, 1_000), None), [(0, "reply", "main", 5)], 10)
    first = provider.times[0]
    assert [at - first for at in provider.times] == [0, 500, 1_000, 1_500, 2_000]


def test_a_rate_is_charged_by_parts() -> None:
    provider = played(limited(Rate.of(2, 1_000), None), [(0, "reply 3", "main", 3)], 10)
    first = provider.times[0]
    assert [at - first for at in provider.times] == [0, 1_500, 3_000]


def test_parts_that_the_provider_counts_beyond_ours_are_charged_too() -> None:
    counted = [Sent(parts=4)] * 2
    provider = played(limited(Rate.of(2, 1_000), None), [(0, "reply", "main", 2)], 10, *counted)
    assert provider.times[1] - provider.times[0] == 2_000


def test_a_channel_that_rested_has_its_burst_and_no_more() -> None:
    rate = Rate.of(50, 1_000)
    texts = [(0.0, "reply", "main", 30), (20.0, "reply", "main", 30)]
    provider = played(limited(rate, None), texts, 40)
    assert len(provider.sent) == 60
    held(provider.sent, rate)
    later = [at for at in provider.times if at >= 20_000]
    assert later.count(later[0]) == rate.burst == 5


# --- shared -------------------------------------------------------------------------------------


def test_channels_that_share_an_account_share_its_limit() -> None:
    rate = Rate.of(4, 1_000)
    account = Limit(name="accounts.a", rate=rate)
    texts = [(0.0, "reply", name, 20) for name in ("main", "other", "third")]
    provider = played(limited(None, account, "main", "other", "third"), texts, 30)
    assert len(provider.sent) == 60
    held(provider.sent, rate)
    assert provider.times[-1] - provider.times[0] == 59 * 250
    # None of them waits until another has nothing more.
    half = {message.channel for _, message in provider.sent[:10]}
    assert half == {"main", "other", "third"}


def test_the_replies_of_all_that_share_go_before_the_bulk_of_any() -> None:
    account = Limit(name="accounts.a", rate=Rate.of(4, 1_000))
    texts = [(0.0, "bulk", "main", 40), (2.0, "reply", "other", 4), (2.0, "reply", "main", 4)]
    provider = played(limited(None, account, "main", "other"), texts, 30)
    since = [message.lane for at, message in provider.sent if at >= 2_000]
    # One may have been claimed in the very millisecond in which the replies were written.
    assert since[1:8] == ["reply"] * 7
    assert since[8] == "reply" or since[0] == "reply"


def test_a_channel_has_its_own_rate_and_the_accounts() -> None:
    own, all_ = Rate.of(2, 1_000), Rate.of(3, 1_000)
    texts = [(0.0, "reply", name, 30) for name in ("main", "other")]
    provider = played(limited(own, Limit(name="accounts.a", rate=all_), "main", "other"), texts, 60)
    assert len(provider.sent) == 60
    held(provider.sent, all_)
    for name in ("main", "other"):
        held([each for each in provider.sent if each[1].channel == name], own)


def test_a_days_cap_stops_at_95_percent_and_goes_on_at_midnight_pacific() -> None:
    brand = Limit(name="registrations.b", per_day=500)
    pacific = ZoneInfo("America/Los_Angeles")
    begun = datetime.fromtimestamp(START / 1_000, pacific)
    midnight = begun.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = int(midnight.timestamp() * 1_000) + 86_400_000 - START
    provider = played(limited(None, brand), [(0, "bulk", "main", 600)], ends / 1_000 + 60)
    before = [at for at in provider.times if at < ends]
    assert (len(before), len(provider.times)) == (475, 600)
    assert provider.times[475] == ends


def test_while_a_days_cap_holds_everything_back_its_owner_rests_and_is_late_for_nothing_else() -> (
    None
):
    fired: list[int] = []

    def bulk_and_a_timer(
        state: ContactState, event: Event, source: Source, order: int, playbook: Any
    ) -> TakenTurn:
        if isinstance(event, Inbound):
            taken = answer(state, event, source, order, playbook)
            due = SetTimer(name="t", generation=1, due=event.at + 3_601_234)
            return replace(taken, turn=replace(taken.turn, timers=(due,)))
        fired.append(event.at - START)
        turn = Turn(source=source, contact=event.contact, at=event.at, record=encode(state))
        return TakenTurn(turn=turn, state=state)

    async def story() -> tuple[int, int]:
        time = LoopTime()
        provider = Watched(time)
        brand = Limit(name="registrations.b", per_day=20)
        mind = replace(MIND, take_turn=bulk_and_a_timer)
        async with staged(
            provider, time=time, business=limited(None, brand, "main", "other"), mind=mind
        ) as stage:
            advance, rounds = stage.store.advance, 0

            async def counted(lease: Any, done: Any, wants: Any) -> Work:
                nonlocal rounds
                rounds += 1
                return await advance(lease, done, wants)

            stage.store.advance = counted  # pyright: ignore[reportAttributeAccessIssue]
            async with stage.process:
                await text(stage, "bulk", "main", *people(30))
                await time.sleep(60)
                begun = rounds
                await time.sleep(3_000)
                rested = rounds - begun
                await text(stage, "bulk", "other", ANNA)
                await time.sleep(1)
                assert stage.meter.turns == 31
                await time.sleep(600)
        return rested, len(provider.sent)

    rested, sent = run(story)
    assert sent == 19
    assert rested <= 3_000 * 1_000 / CLOSED_POLL + 1
    assert fired == [3_601_234] * 30


# --- what a process is told when it begins, and when nobody can be asked ------------------------

BRAND = Limit(name="registrations.b", per_day=500)


@pytest.mark.anyio
async def test_what_left_before_this_process_began_counts() -> None:
    limits = OwnLimits(lambda: START)
    limits.remember(BRAND, 470)
    (granted,) = await limits.permits([Ask(limit=BRAND, wanted=64)])
    assert granted.parts == 5


class Away:
    """Answers once it can."""

    def __init__(self) -> None:
        self.away = True
        self.asked: list[Sequence[Ask]] = []

    async def permits(self, asked: Sequence[Ask]) -> Sequence[Permits]:
        self.asked.append(asked)
        if self.away:
            raise StoreUnavailable("nobody is there")
        return [Permits(parts=each.wanted, free_at=START) for each in asked]


@pytest.mark.anyio
async def test_where_nobody_can_say_how_much_may_leave_nothing_does_and_nothing_is_forgotten() -> (
    None
):
    limits = Away()
    allowance = Allowance(limits)
    allowance.owe({BRAND: 7})
    assert await allowance.take({BRAND: 3}) == {BRAND: 0}
    limits.away = False
    assert await allowance.take({BRAND: 3}) == {BRAND: 3}
    assert limits.asked[-1] == [Ask(limit=BRAND, wanted=3, owed=7)]
    assert await allowance.take({}) == {}


class Slow(Away):
    """Answers when everybody has asked."""

    def __init__(self, askers: int) -> None:
        super().__init__()
        self._askers = askers
        self._all_asked = asyncio.Event()

    async def permits(self, asked: Sequence[Ask]) -> Sequence[Permits]:
        self.asked.append(asked)
        if len(self.asked) == self._askers:
            self._all_asked.set()
        await self._all_asked.wait()
        return [Permits(parts=each.wanted, free_at=START) for each in asked]


@pytest.mark.anyio
async def test_what_is_owed_is_charged_once_however_many_partitions_ask_at_the_same_time() -> None:
    limits = Slow(3)
    allowance = Allowance(limits)
    allowance.owe({BRAND: 7})
    await asyncio.gather(*(allowance.take({BRAND: 3}) for _ in range(3)))
    assert sum(ask.owed for asked in limits.asked for ask in asked) == 7
    await allowance.take({BRAND: 3})
    assert limits.asked[-1] == [Ask(limit=BRAND, wanted=3, owed=0)]


@pytest.mark.anyio
async def test_what_was_granted_and_not_needed_is_given_back() -> None:
    async with staged(business=limited(Rate.of(50, 1_000), None)) as stage:
        room = await stage.sender.room(START)
        assert room.parts == {"channels.main": 5}
        stage.sender.take([claim(say(ANNA, "x", "m1"))], room)
        assert (await stage.sender.room(START)).parts == {"channels.main": 4}


# --- told to slow down --------------------------------------------------------------------------


def test_who_is_told_to_slow_down_goes_at_half_the_rate_and_comes_back_bit_by_bit() -> None:
    rate = Rate.of(10, 1_000)
    script: list[Any] = [Sent()] * 20 + [RateLimited("slow", retry_after=2)]
    provider = played(limited(rate, None), [(0, "reply", "main", 600)], 120, *script)
    assert len(provider.sent) == 601  # one of them twice: the first time it was refused
    held(provider.sent, rate)
    times = provider.times
    assert times[21] - times[20] == 2_000
    assert times[22] - times[21] > 185  # half of it, but for two seconds' steps
    steps = [next_ - one for one, next_ in pairwise(times[21:])]
    slowest, fastest = steps[:5], steps[-5:]
    assert fastest == [100] * 5
    assert min(slowest) > 180
    # It never falls back, but for the rounding to whole parts of a step.
    assert all(later <= earlier + 1 for earlier, later in pairwise(steps))


@pytest.mark.anyio
async def test_a_pace_is_told_to_whoever_watches() -> None:
    async with staged(FakeProvider(RateLimited("slow", retry_after=0))) as stage:
        stage.sender.take([claim()])
        await stage.until(lambda: not len(stage.sender))
        assert stage.meter.levels["channel_pace", "main"] == 0.5
        assert (await stage.sender.room(START + FULL * 1_000)).messages == {"main": 8}
        assert stage.meter.levels["channel_pace", "main"] == 1.0
