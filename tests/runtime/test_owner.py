"""The owner's rounds: turns in order, poison aside, claims handed out, answers that get lost."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from convo.core.codec import UnknownSchema, decode, encode
from convo.core.contacts import ContactState
from convo.core.effects import SetTimer
from convo.core.events import Inbound
from convo.core.failures import failure_in
from convo.core.numbers import PhoneNumber
from convo.core.sessions import Frame, Session
from convo.core.turns import FromInbox, Turn
from convo.errors import ConfigError, ConvoError, Fenced, StoreUnavailable, Unavailable
from convo.ports import Done, Wants, Work
from convo.runtime.apologies import AT_MOST
from convo.runtime.owner import BATCH
from tests.runtime.stage import (
    ANNA,
    BERT,
    MIND,
    FakeProvider,
    Stage,
    TakenTurn,
    count,
    staged,
)

pytestmark = pytest.mark.anyio


async def peek(stage: Stage) -> Work:
    """What a new owner would find, once the process has stopped on a store that stays open."""
    lease = await stage.store.acquire(0, "peek")
    assert lease is not None
    work = await stage.store.advance(lease, Done(), Wants(events=BATCH, messages={"main": 9}))
    await stage.store.release(lease)
    return work


async def test_texts_of_one_contact_in_one_batch_build_on_each_other() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        words = [f"w{n}" for n in range(20)]
        await stage.says(ANNA, *words)
        await stage.says(BERT, "hi")
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == 21)
        assert [t for t in provider.texts if t != "1: hi"] == [
            f"{n}: {word}" for n, word in enumerate(words, start=1)
        ]
        assert stage.meter.turns == 21


async def test_more_than_a_batch_is_taken_in_its_order() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        words = [str(n) for n in range(3 * BATCH + 7)]
        await stage.says(ANNA, *words)
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == len(words))
        assert provider.texts == [f"{n + 1}: {n}" for n in range(len(words))]


async def test_a_turn_that_fails_is_parked_and_the_conversation_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        await stage.says(ANNA, "one", "boom", "two more", "boom")
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == 4)
        assert provider.texts == ["1: one", "Sorry.", "2: two more", "Sorry."]
        assert stage.meter.parked == 2
        assert "ZeroDivisionError" in caplog.text
        assert "+1202" not in caplog.text
        assert "boom +" not in caplog.text


async def test_a_machine_that_answers_every_apology_is_not_answered_without_end() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        await stage.says(ANNA, *["boom"] * 9, "fine")
        async with stage.process:
            await stage.until(lambda: "1: fine" in provider.texts)
        assert provider.texts == ["Sorry."] * AT_MOST + ["1: fine"]
        assert stage.meter.parked == 9


async def test_an_apology_that_fails_too_is_not_said() -> None:
    def worse(*_: Any) -> None:
        raise KeyError("x")

    provider = FakeProvider()
    async with staged(provider, mind=replace(MIND, apology=worse)) as stage:
        await stage.says(ANNA, "boom", "fine")
        async with stage.process:
            await stage.until(lambda: provider.texts == ["1: fine"])


async def test_a_parked_turn_keeps_its_account() -> None:
    class Kept(Exception):
        pass

    seen: list[Turn] = []
    async with staged() as stage:
        advance = stage.store.advance

        async def spy(lease: Any, done: Done, wants: Wants) -> Work:
            seen.extend(done.turns)
            return await advance(lease, done, wants)

        stage.store.advance = spy  # pyright: ignore[reportAttributeAccessIssue]
        session = Session(
            id="s", channel="main", frames=(Frame(flow="booking", version="v1", step="day"),)
        )

        def failing(state: ContactState, event: Any, *_: Any) -> Any:
            if event.text == "boom":
                raise Kept("words" * 5_000)
            return count(replace(state, sessions=(session,)), event, FromInbox(entry=1), 1, None)

        stage.mind = replace(
            MIND, take_turn=lambda s, e, src, *_: replace_source(failing(s, e), src)
        )
        await stage.says(ANNA, "first", "boom")
        async with stage.process:
            await stage.until(lambda: stage.meter.parked == 1)
    (parked,) = [turn for turn in seen if turn.parked is not None]
    assert parked.record is None
    assert parked.parked is not None
    told = failure_in(parked.parked)
    assert (told.error, told.words[:10]) == ("Kept", "wordswords")
    assert len(parked.parked) <= 8_192
    assert "in failing" in told.trace
    assert (told.flow, told.version, told.step) == ("booking", "v1", "day")
    facts = parked.records[0].facts
    assert (facts["flow"], facts["version"], facts["step"]) == ("booking", "v1", "day")


def replace_source(taken: Any, source: Any) -> Any:
    return replace(taken, turn=replace(taken.turn, source=source))


async def test_a_turn_that_the_store_cannot_write_is_parked_alone() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        await stage.says(ANNA, "a", "unwritable", "b")
        await stage.says(BERT, "c")
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == 3)
        assert sorted(provider.texts) == ["1: a", "1: c", "2: b"]
        assert stage.deaths == []


async def test_an_unreadable_record_parks_its_events_and_nobody_elses() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        spoil(stage, ANNA.e164, b"{")
        await stage.says(ANNA, "a")
        await stage.says(BERT, "b")
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == 2)
        assert sorted(provider.texts) == ["1: b", "Sorry."]


async def test_a_record_of_a_newer_convo_stops_the_owner_and_is_left_alone() -> None:
    async with staged() as stage:
        spoil(stage, ANNA.e164, b"[99]")
        await stage.says(ANNA, "a")
        async with stage.process:
            await stage.until(lambda: stage.deaths == ["died"])
            assert isinstance(stage.process.died, UnknownSchema)
            assert "UnknownSchema" in stage.process.trouble


def spoil(stage: Stage, contact: str, record: bytes) -> None:
    """Put bytes that are no record of ours in a contact's place."""
    advance = stage.store.advance

    async def spoiled(lease: Any, done: Done, wants: Wants) -> Work:
        work = await advance(lease, done, wants)
        contacts = {
            number: replace(kept, record=record) if number.e164 == contact else kept
            for number, kept in work.contacts.items()
        }
        return replace(work, contacts=contacts)

    stage.store.advance = spoiled  # pyright: ignore[reportAttributeAccessIssue]


async def test_a_retry_keeps_the_order_of_its_number() -> None:
    provider = FakeProvider(Unavailable("x"), Unavailable("x"))
    async with staged(provider) as stage, stage.process:
        await stage.says(ANNA, "a", "b", "c")
        for tries in (1, 2):
            await stage.until(lambda n=tries: len(provider.texts) == n)
            stage.time.now += 3_000
            stage.results.wake()
        await stage.until(lambda: len(provider.texts) == 5)
        assert provider.texts == ["1: a", "1: a", "1: a", "2: b", "3: c"]


async def test_an_advance_whose_answer_was_lost_is_asked_again_byte_for_byte() -> None:
    provider = FakeProvider()
    asked: list[tuple[Done, Wants]] = []
    async with staged(provider) as stage:
        advance = stage.store.advance
        lost = 0

        async def unreliable(lease: Any, done: Done, wants: Wants) -> Work:
            nonlocal lost
            asked.append((done, wants))
            if done.turns and lost < 3:
                lost += 1
                if lost == 3:
                    # It was done; only its answer is lost. The claims stay with the last owner's
                    # doubts, so none are taken here.
                    await advance(lease, done, Wants())
                raise StoreUnavailable("gone")
            return await advance(lease, done, wants)

        stage.store.advance = unreliable  # pyright: ignore[reportAttributeAccessIssue]
        await stage.says(ANNA, "a")
        async with stage.process:
            await stage.until(lambda: provider.texts == ["1: a"])
            await stage.until(lambda: stage.process.trouble == "")
        again = [each for each in asked if each[0].turns]
        assert len(again) == 4
        assert all(each == again[0] for each in again)
        # Time has its own sleep: the waits grew.
        assert stage.time.slept[:3] == sorted(stage.time.slept[:3])


async def test_a_fenced_owner_drops_its_turns_and_begins_anew() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        advance, fenced = stage.store.advance, 0

        async def fencing(lease: Any, done: Done, wants: Wants) -> Work:
            nonlocal fenced
            if done.turns and not fenced:
                fenced = 1
                await stage.store.release(lease)
                raise Fenced("another has it")
            return await advance(lease, done, wants)

        stage.store.advance = fencing  # pyright: ignore[reportAttributeAccessIssue]
        await stage.says(ANNA, "a", "b")
        async with stage.process:
            await stage.until(lambda: provider.texts == ["1: a", "2: b"])
        assert fenced == 1
        assert stage.meter.turns == 2


async def test_a_version_that_a_session_needs_is_fetched_once() -> None:
    fetched: list[bytes] = []

    def learn(playbook: Any, source: bytes) -> Any:
        fetched.append(source)
        return playbook | {source.decode()}

    mind = replace(
        MIND,
        take_turn=pinned,
        missing_versions=lambda state, playbook: frozenset(
            s.frame.version for s in state.sessions if s.frame.version not in playbook
        ),
        with_version=learn,
        sources=lambda _: {"v-now": b"v-now"},
    )
    async with staged(mind=mind) as stage:
        stage.shelf.playbook = frozenset({"v-now"})
        await stage.store.keep_flow("v-old", b"v-old")
        async with stage.process:
            for n, word in enumerate(("v-old", "x", "v-lost", "y", "z"), start=1):
                await stage.says(ANNA, word)
                await stage.until(lambda n=n: stage.meter.turns == n)
            assert await stage.store.flow("v-now") == b"v-now"
            assert stage.shelf.playbook == {"v-now", "v-old"}
        assert fetched == [b"v-old"]


def pinned(state: ContactState, event: Any, source: Any, order: int, playbook: Any) -> Any:
    """Begins a session of whatever version the text names."""
    assert isinstance(event, Inbound)
    if event.text.startswith("v-"):
        frame = Frame(flow="f", version=event.text, step="s")
        state = replace(state, sessions=(Session(id=event.id, channel="main", frames=(frame,)),))
    return count(state, event, source, order, playbook)


async def test_a_version_that_can_be_read_no_more_does_not_stop_the_rest() -> None:
    def unreadable(_playbook: Any, _source: bytes) -> Any:
        raise ConvoError("written by another age")

    mind = replace(
        MIND,
        take_turn=pinned,
        missing_versions=lambda state, _: frozenset(s.frame.version for s in state.sessions),
        with_version=unreadable,
    )
    provider = FakeProvider()
    async with staged(provider, mind=mind) as stage:
        await stage.store.keep_flow("v-odd", b"odd")
        async with stage.process:
            await stage.says(ANNA, "v-odd")
            await stage.until(lambda: len(provider.texts) == 1)
            await stage.says(ANNA, "x")
            await stage.until(lambda: len(provider.texts) == 2)


async def test_a_timer_fires_when_the_clock_reaches_it() -> None:
    fired: list[int] = []

    def later(state: ContactState, event: Any, source: Any, _order: int, _playbook: Any) -> Any:
        timers = ()
        if isinstance(event, Inbound):
            timers = (SetTimer(name="t", generation=1, due=event.at + 60_000),)
        else:
            fired.append(event.at)
        turn = Turn(
            source=source,
            contact=event.contact,
            at=event.at,
            record=encode(state),
            timers=timers,
        )
        return TakenTurn(turn=turn, state=state)

    async with staged(mind=replace(MIND, take_turn=later)) as stage, stage.process:
        await stage.says(ANNA, "wake me")
        await stage.until(lambda: stage.meter.turns == 1)
        stage.time.now += 59_999
        stage.results.wake()
        await stage.says(BERT, "meanwhile")
        await stage.until(lambda: stage.meter.turns == 2)
        assert fired == []
        stage.time.now += 1
        stage.results.wake()
        await stage.until(lambda: len(fired) == 1)


async def test_a_stopped_channel_does_not_make_the_owner_spin() -> None:
    provider = FakeProvider(ConfigError("bad token"))
    rounds = 0
    async with staged(provider) as stage:
        advance = stage.store.advance

        async def counted(lease: Any, done: Done, wants: Wants) -> Work:
            nonlocal rounds
            rounds += 1
            return await advance(lease, done, wants)

        stage.store.advance = counted  # pyright: ignore[reportAttributeAccessIssue]
        async with stage.process:
            await stage.says(ANNA, "a")
            await stage.until(lambda: stage.sender.stopped == ("main",))
            await stage.says(BERT, "b")  # is due, and cannot go
            before = rounds
            await asyncio.sleep(0.6)
            assert rounds - before <= 8
            stage.time.now += 60_000
            stage.results.wake()
            await stage.until(lambda: sorted(provider.texts) == ["1: a", "1: a", "1: b"])


def kept_state(path: Path, contact: str) -> ContactState:
    with sqlite3.connect(path) as database:
        (record,) = database.execute(
            "SELECT record FROM contact WHERE id = ?", (contact,)
        ).fetchone()
    return decode(PhoneNumber(contact), record)


async def test_it_all_works_on_a_file_with_its_thread(tmp_path: Path) -> None:
    provider = FakeProvider()
    path = tmp_path / "convo.db"
    async with staged(provider, str(path)) as stage, stage.process:
        for n in range(30):
            await stage.says(ANNA, f"a{n}")
            await stage.says(BERT, f"b{n}")
        await stage.until(lambda: len(provider.texts) == 60)
    assert [t for t in provider.texts if ": a" in t] == [f"{n + 1}: a{n}" for n in range(30)]
    assert kept_state(path, ANNA.e164).fields == {"n": 30}
