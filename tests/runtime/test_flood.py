"""A flood from one number: twenty texts a minute are taken, and nobody else waits for the rest."""

from dataclasses import replace

import pytest

from convo.core import record_codec
from convo.core.numbers import PhoneNumber
from convo.errors import StoreUnavailable
from convo.runtime.flood import REMEMBERED, WINDOW, Flood
from tests.runtime.stage import ANNA, BERT, START, FakeProvider, business, parsed, staged, text

pytestmark = pytest.mark.anyio

GUARDED = replace(business(), texts_a_minute=20)


def test_twenty_a_minute_are_taken_and_the_next_when_the_first_is_a_minute_old() -> None:
    flood = Flood(20)
    for n in range(20):
        assert not flood.full(ANNA, START + n * 1_000)
        flood.take(ANNA, START + n * 1_000)
    assert flood.full(ANNA, START + WINDOW - 1)
    assert not flood.full(BERT, START)
    assert not flood.full(ANNA, START + WINDOW)
    flood.take(ANNA, START + WINDOW)
    assert flood.full(ANNA, START + WINDOW)
    assert not flood.full(ANNA, START + WINDOW + 1_000)


def test_no_minute_has_more_than_are_taken() -> None:
    flood, taken = Flood(20), list[int]()
    for n in range(3_000):
        now = START + n * 137
        if not flood.full(ANNA, now):
            flood.take(ANNA, now)
            taken.append(now)
    for first in taken:
        assert sum(first <= at < first + WINDOW for at in taken) <= 20
    assert len(taken) >= 20 * (3_000 * 137 // WINDOW)


def test_zero_takes_all_and_only_so_many_numbers_are_remembered() -> None:
    everything = Flood(0)
    for _ in range(100):
        everything.take(ANNA, START)
    assert not everything.full(ANNA, START)
    flood = Flood(1)
    flood.take(ANNA, START)
    for n in range(REMEMBERED):
        flood.take(PhoneNumber(f"+861380{n:07}"), START)
    assert not flood.full(ANNA, START)


async def test_what_is_too_much_is_kept_and_not_answered_and_law_words_pass() -> None:
    async with staged(business=GUARDED) as stage, stage.process:
        for n in range(25):
            await stage.says(ANNA, f"text {n}")
        await stage.says(ANNA, "STOP")
        await stage.until(lambda: stage.meter.turns == 21)
        rows = await stage.store.records(0, 1_000)
    records = [record for _, body in rows for record in record_codec.decode(body).records]
    kept = [record.facts["text"] for record in records if record.kind == "inbound"]
    assert kept == [f"text {n}" for n in range(20, 25)]
    assert [r.facts["rule"] for r in records if r.kind == "ignored"] == ["flood-minute"] * 5


async def test_a_webhook_that_comes_again_counts_once() -> None:
    async with staged(business=GUARDED) as stage, stage.process:
        for _ in range(30):
            await stage.intake.accept("main", parsed(text(ANNA, "hello", "m1")))
        await stage.says(ANNA, "and this")
        await stage.until(lambda: stage.meter.turns == 2)


async def test_a_webhook_that_could_not_be_kept_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(_arrivals: object) -> None:
        raise StoreUnavailable("Redis is away.")

    async with staged(business=GUARDED) as stage, stage.process:
        with monkeypatch.context() as patched:
            patched.setattr(stage.store, "accept", away)
            for _ in range(30):
                with pytest.raises(StoreUnavailable):
                    await stage.intake.accept("main", parsed(text(ANNA, "hello", "m1")))
        await stage.intake.accept("main", parsed(text(ANNA, "hello", "m1")))
        await stage.until(lambda: stage.meter.turns == 1)


async def test_a_law_word_that_comes_again_frees_nobody() -> None:
    async with staged(business=GUARDED) as stage, stage.process:
        for n in range(20):
            await stage.says(ANNA, f"text {n}")
        for _ in range(3):
            await stage.intake.accept("main", parsed(text(ANNA, "HELP", "m1")))
        await stage.says(ANNA, "one too many")
        await stage.until(lambda: stage.meter.turns == 21)
        rows = await stage.store.records(0, 1_000)
    records = [record for _, body in rows for record in record_codec.decode(body).records]
    assert [r.facts["rule"] for r in records if r.kind == "ignored"] == ["flood-minute"]


@pytest.mark.parametrize("at_once", [1, 500])
async def test_twenty_thousand_texts_of_one_number_make_nobody_wait(at_once: int) -> None:
    """Whoever texts in the middle of it has at most twenty turns of the flood before theirs."""
    provider = FakeProvider()
    others = [PhoneNumber(f"+120255502{n:02}") for n in range(50)]
    asked = 0
    async with staged(provider, business=GUARDED) as stage:
        for n in range(0, 20_000, at_once):
            await stage.says(ANNA, *(f"flood {k}" for k in range(n, n + at_once)))
            while asked < len(others) and asked * 380 <= n:
                await stage.says(others[asked], "hello")
                asked += 1
        async with stage.process:
            await stage.until(lambda: stage.meter.turns == 20 + len(others))
            await stage.until(lambda: len(provider.texts) == 20 + len(others))
    hellos = [n for n, said in enumerate(provider.texts) if said == "1: hello"]
    assert len(hellos) == len(others)
    # No more than the flood's twenty before the last of fifty: all others are in the order in which
    # they came.
    assert hellos[-1] <= 20 + len(others) - 1
    assert hellos[0] <= 20
