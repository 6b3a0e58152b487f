"""Messages in doubt: whom to ask, and what to do when nobody knows."""

import asyncio

import pytest

from convo.core.events import Report
from convo.errors import SendUncertain
from convo.ports import Arrival, Left, LookedUp, Settle
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
        assert provider.asked == [("m1", START - 5, ())]
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


async def test_ids_of_other_messages_to_the_same_contact_are_named_to_the_provider() -> None:
    provider = Remembering(memory=[LookedUp(found="not_sent")])
    async with staged(provider) as stage:
        stage.resolver.left(say(ANNA, "x", "m8"), ("P8a", "P8b"))
        stage.resolver.left(say(BERT, "x", "m9"), ("P9",))
        stage.resolver.take(claim(), "reset")
        await settled(stage)
        assert provider.asked == [("m1", START, ("P8a", "P8b"))]


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


async def test_what_the_last_owner_sent_is_not_taken_for_what_it_left_in_doubt() -> None:
    provider = Remembering(memory=[LookedUp(found="not_sent")])
    async with staged(provider) as stage:
        sent = [
            Left(channel="main", contact=ANNA, provider_ids=("P8",)),
            Left(channel="main", contact=BERT, provider_ids=("P9",)),
        ]
        stage.resolver.adopt([claim()], frozenset(), sent)
        assert (await settled(stage)).outcome == "again"
        assert provider.asked == [("m1", START, ("P8",))]


async def test_what_was_found_of_a_message_is_found_again_when_it_comes_back_in_doubt() -> None:
    """Found while somebody else had the partition, so that our word of it did not count."""
    provider = Remembering(memory=[LookedUp(found="sent", provider_ids=("P1",))] * 2)
    async with staged(provider) as stage:
        stage.resolver.take(claim(), "reset")
        assert (await settled(stage)).outcome == "accepted"
        stage.resolver.adopt([claim(attempt="theirs")], frozenset())
        assert (await settled(stage)).attempt == "theirs"
        assert [ids for _, _, ids in provider.asked] == [(), ()]


async def test_what_was_found_while_it_was_not_ours_is_not_taken_for_another_messages() -> None:
    provider = Remembering(
        memory=[LookedUp(found="sent", provider_ids=("P1",)), LookedUp(found="not_sent")]
    )
    async with staged(provider) as stage:
        stage.resolver.take(claim(), "reset")
        await settled(stage)
        stage.resolver.adopt([claim(say(ANNA, "x", "m2"), attempt="theirs")], frozenset())
        await settled(stage)
        assert [ids for _, _, ids in provider.asked] == [(), ()]


async def test_what_we_sent_ourselves_is_no_other_messages_but_its_own() -> None:
    provider = Remembering(memory=[LookedUp(found="not_sent")] * 2)
    async with staged(provider) as stage:
        stage.resolver.left(claim().message, ("P1",))
        stage.resolver.adopt([claim(), claim(say(ANNA, "x", "m2"), attempt="theirs")], frozenset())
        await stage.until(lambda: not len(stage.resolver))
        assert {(id, ids) for id, _, ids in provider.asked} == {("m1", ()), ("m2", ("P1",))}


async def test_what_may_be_an_earlier_one_of_the_same_words_is_not_believed() -> None:
    """A report has settled the first already, but its provider could not be asked about it yet."""
    provider = Remembering(memory=[LookedUp(found="sent", provider_ids=("P1",))] * LOOKS)
    async with staged(provider) as stage:
        stage.resolver._sought["a1"] = claim(say(ANNA, "x", "m1"), at=START - 9, attempt="a1")
        stage.resolver.take(claim(say(ANNA, "x", "m2"), attempt="a2"), "refused")
        assert (await settled(stage)).outcome == "held"
        assert len(provider.asked) == LOOKS


async def test_the_earlier_one_of_the_same_words_is_believed() -> None:
    provider = Remembering(memory=[LookedUp(found="sent", provider_ids=("P1",))])
    async with staged(provider) as stage:
        stage.resolver._sought["a2"] = claim(say(ANNA, "x", "m2"), at=START + 9, attempt="a2")
        stage.resolver.take(claim(say(ANNA, "x", "m1")), "reset")
        assert (await settled(stage)).outcome == "accepted"


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
