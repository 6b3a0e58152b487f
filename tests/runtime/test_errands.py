"""Errands: what is called, what comes back, and that an answer is kept once."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from convo.authoring import Call, Failed, Reply, action, keyword
from convo.core.codec import encode
from convo.core.contacts import ContactState
from convo.core.effects import Errand
from convo.core.events import Answered
from convo.errors import StoreUnavailable
from convo.ports import Done, ErrandClaim, Kept, Wants
from convo.runtime.errands import ANSWER_AT_MOST, NESTED_AT_MOST, TOO_LATE
from tests.runtime.stage import ANNA, START, FakeProvider, Stage, staged

pytestmark = pytest.mark.anyio


def asked(kind: Any = "action", name: str = "book", **more: Any) -> ErrandClaim:
    facts: dict[str, Any] = {"arguments": {"at": 5}, "key": "S1", "within": 10_000, "id": "e1"}
    errand = Errand(kind=kind, channel="main", name=name, **(facts | more))
    state = ContactState(number=ANNA, fields={"city": "Ulm"}, tags=("vip",), language="de")
    kept = Kept(record=encode(state), consents=())
    return ErrandClaim(errand=errand, contact=ANNA, asked_at=START, kept=kept)


async def answers(stage: Stage) -> list[Answered]:
    """Every answer that is kept."""
    lease = await stage.store.acquire(0, "test")
    assert lease is not None
    work = await stage.store.advance(lease, Done(), Wants(events=99))
    await stage.store.release(lease)
    return [p.event for p in work.events if isinstance(p.event, Answered)]


async def answer(stage: Stage, claim: ErrandClaim) -> Answered:
    stage.errands.take([claim])
    await stage.until(lambda: not len(stage.errands))
    (told,) = await answers(stage)
    assert stage.results.take() == Done(errands=(claim.errand.id,))
    return told


def acting(act: Any) -> dict[str, Any]:
    return {"actions": {"book": action("book")(act)}}


async def test_an_action_is_called_with_who_what_and_under_which_key() -> None:
    calls: list[Call] = []

    async def book(call: Call) -> dict[str, str]:
        calls.append(call)
        return {"visit": "V1"}

    async with staged(**acting(book)) as stage:
        told = await answer(stage, asked())
        assert (told.value, told.failure, told.kind, told.channel) == (
            {"visit": "V1"},
            "",
            "action",
            "main",
        )
        (call,) = calls
        assert (call.key, call.given, call.now) == ("S1", {"at": 5}, START)
        person = call.contact
        assert (person.number, person.language, person.fields, person.tags) == (
            "+12025550111",
            "de",
            {"city": "Ulm"},
            ("vip",),
        )


async def test_an_errand_that_runs_twice_under_one_key_is_answered_once() -> None:
    keys: list[str] = []

    async def book(call: Call) -> int:
        keys.append(call.key)
        return len(keys)

    async with staged(**acting(book)) as stage:
        assert (await answer(stage, asked())).value == 1
        # As after a crash between the call and its keeping.
        stage.errands.take([asked()])
        await stage.until(lambda: not len(stage.errands))
        assert keys == ["S1", "S1"]
        assert [told.value for told in await answers(stage)] == [1]
        assert stage.results.take() == Done(errands=("e1",))


async def test_an_errand_under_way_is_not_begun_again() -> None:
    begun: list[str] = []
    gate = asyncio.Event()

    async def book(call: Call) -> None:
        begun.append(call.key)
        await gate.wait()

    async with staged(**acting(book)) as stage:
        stage.errands.take([asked()])
        await asyncio.sleep(0)
        stage.errands.take([asked()])
        gate.set()
        await stage.until(lambda: not len(stage.errands))
        assert begun == ["S1"]


async def test_a_refusal_says_its_reason() -> None:
    async def book(call: Call) -> None:
        raise Failed("fully booked")

    async with staged(**acting(book)) as stage:
        assert (await answer(stage, asked())).failure == "fully booked"


async def test_an_action_that_breaks_fails_and_its_words_are_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def book(call: Call) -> None:
        raise ZeroDivisionError(f"for {call.contact.number}")

    async with staged(**acting(book)) as stage:
        assert (await answer(stage, asked())).failure == "ZeroDivisionError"
        assert "in book" in caplog.text
        assert "+1202" not in caplog.text


async def test_a_cancellation_out_of_an_action_is_a_failure_like_any_other() -> None:
    async def book(call: Call) -> None:
        raise asyncio.CancelledError

    async with staged(**acting(book)) as stage:
        assert (await answer(stage, asked())).failure == "CancelledError"


async def test_an_action_that_takes_too_long_is_ended() -> None:
    async def book(call: Call) -> None:
        await asyncio.sleep(60)

    async with staged(**acting(book)) as stage:
        assert (await answer(stage, asked(within=20))).failure == TOO_LATE


async def test_an_errand_whose_time_is_up_already_is_not_begun() -> None:
    async def book(call: Call) -> None:
        raise AssertionError("begun")

    async with staged(**acting(book)) as stage:
        stage.time.now += 10_000
        assert (await answer(stage, asked())).failure == TOO_LATE


async def test_an_unknown_action_fails() -> None:
    async with staged() as stage:
        assert (await answer(stage, asked())).failure == "there is no action book"


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1),
        {1, 2},
        float("nan"),
        "\ud800",
        b"x",
        "x" * ANSWER_AT_MOST,
    ],
)
async def test_a_value_that_json_does_not_hold_is_a_failure(value: Any) -> None:
    async def book(call: Call) -> Any:
        return {"v": value}

    async with staged(**acting(book)) as stage:
        told = await answer(stage, asked())
        assert told.value is None
        assert "JSON" in told.failure


@pytest.mark.parametrize("levels", [NESTED_AT_MOST + 1, 920, 940, 945])
async def test_a_value_too_deep_to_be_read_again_is_a_failure(levels: int) -> None:
    deep: Any = "v"
    for _ in range(levels):
        deep = [deep]

    async def book(call: Call) -> Any:
        return deep

    async with staged(**acting(book)) as stage:
        told = await answer(stage, asked())
        assert told.value is None
        assert "nested" in told.failure


async def test_a_keyword_answers_in_texts() -> None:
    @keyword("order")
    async def order(call: Call) -> Reply:
        return Reply(en=f"{call.text}: {call.rest}", zh="订单")

    claim = asked("keyword", "order", arguments={"text": "order 7", "rest": "7"})
    async with staged(keywords={"order": order}) as stage:
        assert (await answer(stage, claim)).value == {"texts": {"en": "order 7: 7", "zh": "订单"}}


@pytest.mark.parametrize("said", ["ok", Reply("ok")])
async def test_a_keyword_may_answer_plainly(said: Any) -> None:
    @keyword("hours")
    async def hours(call: Call) -> Any:
        return said

    async with staged(keywords={"hours": hours}) as stage:
        told = await answer(stage, asked("keyword", "hours", arguments={}))
        assert (told.value, told.failure) == ({"texts": {"": "ok"}}, "")


@pytest.mark.parametrize("said", [7, None])
async def test_a_keyword_that_answers_something_else_fails(said: Any) -> None:
    @keyword("hours")
    async def hours(call: Call) -> Any:
        return said

    async with staged(keywords={"hours": hours}) as stage:
        told = await answer(stage, asked("keyword", "hours"))
        assert "must be a Reply or a str" in told.failure


async def test_a_call_goes_to_the_own_system() -> None:
    async with staged() as stage:
        told = await answer(stage, asked("http", "https://own.example/x"))
        assert told.value == {"posted": "https://own.example/x", "with": {"at": 5}}


async def test_an_event_is_posted_to_where_own_systems_listen() -> None:
    async with staged(events_url="https://own.example/events") as stage:
        posted = asked("emit", "order.paid", arguments={"type": "order.paid"})
        assert (await answer(stage, posted)).failure == ""
        assert stage.own_systems.posts == [
            ("https://own.example/events", {"type": "order.paid"}, "e1", "S1")
        ]


async def test_an_event_that_nobody_listens_to_any_more_fails() -> None:
    async with staged() as stage:
        told = await answer(stage, asked("emit", "order.paid", arguments={}))
        assert told.failure == "convo.toml has no [events] url any more"


async def test_a_key_has_one_place_and_no_more_are_given_than_there_are() -> None:
    async with staged() as stage:
        for n, key in enumerate(["a", "b", "a", "c"]):
            claim = asked("reserve", "seats", id=f"e{n}", key=key, arguments={"limit": 2})
            stage.errands.take([claim])
            await stage.until(lambda: not len(stage.errands))
        told = await answers(stage)
        assert [each.value for each in told] == [1, 2, 1, None]
        assert told[3].failure == "all places are taken"


async def test_an_answer_is_kept_however_long_the_store_is_away() -> None:
    async def book(call: Call) -> int:
        return 1

    async with staged(**acting(book)) as stage:
        accept, tries = stage.store.accept, 0

        async def away(arrivals: Any) -> Any:
            nonlocal tries
            tries += 1
            if tries < 4:
                raise StoreUnavailable("away")
            return await accept(arrivals)

        stage.store.accept = away  # pyright: ignore[reportAttributeAccessIssue]
        assert (await answer(stage, asked())).value == 1
        assert tries == 4


async def test_a_conversation_runs_an_errand_and_hears_of_it() -> None:
    async def book(call: Call) -> int:
        return call.given["x"] + 1

    provider = FakeProvider()
    async with staged(provider, **acting(book)) as stage, stage.process:
        await stage.says(ANNA, "run book", "hi")
        await stage.until(lambda: sorted(provider.texts) == ["1: hi", "answer 2"])
