"""Messages in doubt: whom to ask, and what to do when nobody knows."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from convo.core.events import Report
from convo.errors import Fenced, SendUncertain, StoreUnavailable
from convo.ports import Arrival, Claim, Others, Settle, Store
from convo.ports.doubts import LookedUp
from convo.runtime.resolver import GRACE, LOOKS, REPEATS
from tests.runtime.stage import (
    ANNA,
    BERT,
    START,
    FakeProvider,
    Remembering,
    Stage,
    claim,
    say,
    staged,
)
from tests.stores.contract_desk import ANN, HandSetClock, desk_of, report

pytestmark = pytest.mark.anyio

UNKNOWN = LookedUp(found="unknown")


async def settled(stage: Stage) -> Settle:
    await stage.until(lambda: not len(stage.resolver))
    (settle,) = stage.results.take().settles
    return settle


async def test_a_message_that_the_provider_remembers_was_accepted() -> None:
    provider = Remembering(memory=[LookedUp(found="sent", provider_ids=("P9",))])
    async with staged(provider) as stage:
        stage.resolver.take(claim(at=START - 5), "reset")
        settle = await settled(stage)
        assert (settle.outcome, settle.provider_ids) == ("accepted", ("P9",))
        assert provider.asked == [("m1", START - 5)]
        assert stage.time.slept == [GRACE]


async def test_a_message_that_surely_did_not_leave_comes_again() -> None:
    async with staged(Remembering(memory=[LookedUp(found="not_sent")])) as stage:
        stage.resolver.take(claim(), "reset")
        assert (await settled(stage)).outcome == "again"


async def test_a_message_that_never_leaves_is_held_in_the_end() -> None:
    async with staged(Remembering(memory=[LookedUp(found="not_sent")])) as stage:
        stage.resolver.take(claim(tries=REPEATS), "reset")
        assert (await settled(stage)).outcome == "held"


async def test_an_unknown_answer_is_asked_for_again_and_then_believed() -> None:
    provider = Remembering(memory=[UNKNOWN, OSError("down"), UNKNOWN])
    async with staged(provider) as stage:
        stage.resolver.take(claim(), "reset")
        assert (await settled(stage)).outcome == "held"
        assert len(provider.asked) == LOOKS


async def test_a_late_memory_counts() -> None:
    provider = Remembering(memory=[UNKNOWN, LookedUp(found="sent", provider_ids=("P",))])
    async with staged(provider) as stage:
        stage.resolver.take(claim(), "reset")
        assert (await settled(stage)).outcome == "accepted"


@pytest.mark.parametrize("kind", ["otp", "emergency"])
async def test_what_is_worthless_later_is_sent_once_more_and_only_once(kind: str) -> None:
    async with staged() as stage:
        stage.resolver.take(claim(kind=kind), "reset")
        assert (await settled(stage)).outcome == "again"
        stage.resolver.take(claim(kind=kind, attempt="a2", tries=1), "reset")
        assert (await settled(stage)).outcome == "held"


@pytest.mark.parametrize("kind", ["service", "marketing"])
async def test_everything_else_is_held(kind: str) -> None:
    async with staged() as stage:
        stage.resolver.take(claim(kind=kind), "reset")
        assert (await settled(stage)).outcome == "held"


async def test_what_the_last_owner_left_is_resolved_but_not_what_is_being_sent() -> None:
    async with staged() as stage:
        doubts = [
            claim(say(ANNA, "a", "m1", kind="otp"), attempt="old1"),
            claim(say(ANNA, "b", "m2", kind="otp", tries=1), attempt="old2"),
            claim(say(BERT, "c", "m3", kind="otp"), attempt="mine"),
        ]
        stage.resolver.adopt(doubts, {"mine"})
        stage.resolver.adopt(doubts, {"mine"})
        await stage.until(lambda: not len(stage.resolver))
        settles = stage.results.take().settles
        # The second may be a repetition already: nobody can tell any more.
        assert {s.attempt: s.outcome for s in settles} == {"old1": "again", "old2": "held"}


# --- where the provider knows words and no ids of ours --------------------------------------------


async def two_of_the_same_words(stage: Stage) -> Claim:
    """The first of them has left as P1, which only a report has told, and the second is claimed."""
    desk = await desk_of(stage.store, HandSetClock())
    await desk.say(*(say(ANN, "yes", id) for id in ("m1", "m2")))
    await desk.claims()
    await desk.accept(report("sent", outbound="m1", provider_id="P1"))
    return (await desk.claims())["m2"]


def alike(*provider_ids: str) -> LookedUp:
    return LookedUp(found="alike", provider_ids=provider_ids)


@pytest.mark.parametrize(
    ("memory", "outcome", "provider_ids"),
    [
        (["P1"], "again", ()),  # which is the first one's
        (["P1", "P2"], "accepted", ("P2",)),
        (["P1", "P2", "P3"], "held", ()),  # one of them is of nobody that we know
        (["P2"], "accepted", ("P2",)),
    ],
)
async def test_what_is_another_messages_is_not_taken_for_this_one(
    memory: Sequence[str], outcome: str, provider_ids: tuple[str, ...]
) -> None:
    async with staged(Remembering(memory=[alike(*memory)] * LOOKS)) as stage:
        stage.resolver.take(await two_of_the_same_words(stage), "reset")
        settle = await settled(stage)
        assert (settle.outcome, settle.provider_ids) == (outcome, provider_ids)


async def test_it_is_not_either_while_the_first_is_looked_up_still() -> None:
    """Both are, and whoever is answered first is told of P1: it is the first one's all the same."""
    async with staged(Remembering(memory=[alike("P1")] * 2)) as stage:
        second = await two_of_the_same_words(stage)
        stage.resolver.take(second, "reset")
        stage.resolver.take(claim(say(ANN, "yes", "m1"), attempt="first"), "reset")
        await stage.until(lambda: not len(stage.resolver))
        found = {each.outbound: each for each in stage.results.take().settles}
        assert found["m2"].outcome == "again"
        assert (found["m1"].outcome, found["m1"].provider_ids) == ("accepted", ("P1",))


async def test_a_report_that_comes_between_two_looks_is_heeded_by_the_second() -> None:
    """Nobody knows at first which of them bears P1 and which P2."""
    provider = Remembering(memory=[alike("P1", "P2")] * 2)
    async with staged(provider) as stage:
        desk = await desk_of(stage.store, HandSetClock())
        await desk.say(*(say(ANN, "yes", id) for id in ("m1", "m2")))
        await desk.settle((await desk.claims())["m1"], "held")
        second = (await desk.claims())["m2"]
        stage.time.held = asyncio.Event()
        stage.resolver.take(second, "reset")
        await stage.until(lambda: len(stage.time.slept) == 1)
        held, stage.time.held = stage.time.held, asyncio.Event()
        held.set()
        await stage.until(lambda: len(stage.time.slept) == 2)
        await desk.accept(report("delivered", outbound="m1", provider_id="P1"))
        stage.time.held.set()
        settle = await settled(stage)
        assert (settle.outcome, settle.provider_ids) == ("accepted", ("P2",))


async def test_what_may_be_a_held_one_is_believed_to_be_neither() -> None:
    async with staged(Remembering(memory=[alike("P1")] * LOOKS)) as stage:
        desk = await desk_of(stage.store, HandSetClock())
        await desk.say(*(say(ANN, "yes", id) for id in ("m1", "m2")))
        await desk.settle((await desk.claims())["m1"], "held")
        stage.resolver.take((await desk.claims())["m2"], "reset")
        assert (await settled(stage)).outcome == "held"


class Away:
    """A store that does not answer at first."""

    def __init__(self, store: Store, times: int) -> None:
        self._store = store
        self.times = times

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        if self.times:
            self.times -= 1
            raise StoreUnavailable("The line is cut.")
        return await self._store.others(claim, provider_ids)


async def test_a_store_that_is_away_is_waited_for_and_nothing_is_believed_before() -> None:
    provider = Remembering(memory=[alike("P1", "P2")])
    async with staged(provider) as stage:
        second = await two_of_the_same_words(stage)
        away = stage.resolver._store = Away(stage.store, 2 * LOOKS)  # pyright: ignore[reportAttributeAccessIssue]
        stage.resolver.take(second, "reset")
        settle = await settled(stage)
        assert (away.times, settle.outcome, settle.provider_ids) == (0, "accepted", ("P2",))


class SomebodyElses:
    """A store of whose partitions this process has none any more."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self._meanwhile = meanwhile

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        self._meanwhile()
        raise Fenced("Somebody else owns it.")


async def test_what_is_another_owners_is_left_to_it_and_taken_up_when_it_comes_back() -> None:
    provider = Remembering(memory=[alike("P1")] * 2)
    async with staged(provider) as stage:
        ours, stage.resolver._store = stage.store, SomebodyElses()  # pyright: ignore[reportAttributeAccessIssue]
        stage.resolver.take(claim(), "reset")
        await stage.until(lambda: not len(stage.resolver))
        assert stage.results.empty
        stage.resolver._store = ours
        stage.resolver.adopt([claim()], frozenset())
        assert (await settled(stage)).outcome == "accepted"


async def test_what_has_come_back_while_the_store_was_asked_is_looked_up_again() -> None:
    provider = Remembering(memory=[alike("P1")] * 2)
    async with staged(provider) as stage:
        ours = stage.store

        def comes_back() -> None:
            stage.resolver._store = ours
            stage.resolver.adopt([claim()], frozenset())

        stage.resolver._store = SomebodyElses(comes_back)  # pyright: ignore[reportAttributeAccessIssue]
        stage.resolver.take(claim(), "reset")
        assert (await settled(stage)).outcome == "accepted"
        assert len(provider.asked) == 2


async def test_what_an_end_kept_from_leaving_is_sent_at_once_however_often_it_was_tried() -> None:
    provider = Remembering(memory=[LookedUp(found="not_sent")])
    async with staged(provider) as stage:
        stage.resolver.adopt([claim(tries=9)], frozenset())
        settle = await settled(stage)
        assert (settle.outcome, settle.due) == ("again", stage.time.now)


async def test_a_delivery_report_settles_and_the_later_word_changes_nothing() -> None:
    provider = FakeProvider(SendUncertain("reset"))
    async with staged(provider) as stage:
        stage.time.held = asyncio.Event()
        async with stage.process:
            await stage.says(ANNA, "two")
            await stage.until(lambda: len(stage.resolver) == 1)
            report = Report(
                channel="main",
                outbound=provider.callbacks[0].rpartition("/")[2],
                provider_id="P7",
                status="delivered",
            )
            await stage.store.accept([Arrival(event=report, dedupe="r")])
            # The report frees the chain while our own word is still to come.
            await stage.until(lambda: provider.texts == ["one", "two"])
            stage.time.held.set()
            await stage.until(lambda: not len(stage.resolver) and stage.results.empty)
        assert provider.texts == ["one", "two"]
        assert stage.meter.seen["sends", "main", "held"] == 1


async def test_a_held_message_does_not_stop_its_conversation() -> None:
    provider = FakeProvider(SendUncertain("reset"))
    async with staged(provider) as stage, stage.process:
        await stage.says(ANNA, "hi", "there")
        await stage.until(lambda: provider.texts == ["1: hi", "2: there"])


async def test_a_provider_that_can_look_up_and_was_not_told_how_is_not_waited_for() -> None:
    provider = Remembering(memory=())
    provider.looks_up = False
    async with staged(provider) as stage:
        stage.resolver.take(claim(), "reset")
        assert (await settled(stage)).outcome == "held"
        assert provider.asked == []
