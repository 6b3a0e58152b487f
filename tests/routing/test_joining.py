"""Parts of a long text: joined in any order, over the real adapter, intake, store and router."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from convo.core import codec
from convo.core.business import Channel
from convo.core.contacts import ContactState
from convo.core.records import Record
from convo.ports import Done, Lease, Wants
from convo.providers import generic_http
from convo.providers.generic_http import Options
from convo.providers.http import HttpClient
from convo.routing.joining import MAX_WAITING, PARTS_WITHIN, QUIET, fills_a_part
from convo.routing.router import take_turn
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.stores.sqlite.store import SqliteStore
from tests.fakes.webhooks import asked
from tests.routing.talks import BOOK
from tests.steps.conversation import ANNA, OURS, START, business, loaded

pytestmark = pytest.mark.anyio

STORY = (
    "flow: story\nstart: {words: [go]}\nanswers: {told: text}\nsteps:\n"
    "  a: {ask: Tell us., save: told, silent: [{after: 1d, go: end}]}\n"
    '  b: {say: "{{ told | length }} signs.", go: end}\n'
)
PLACES = {"ref": "ref", "number": "n", "count": "of"}
LONG = [f"{n}" * 153 for n in range(1, 4)] + ["end."]
CHINESE = ["染" * 67, "发" * 67, "太差了"]


class Salon:
    """One business at a gateway, driven by hand: what came in, and what was answered."""

    def __init__(
        self, store: SqliteStore, lease: Lease, options: Options, moment: list[int]
    ) -> None:
        channel = Channel(
            name="main", provider="generic_http", address=OURS, joins=options.parts_apart
        )
        at = business(channels={"main": channel})
        self.playbook = loaded(STORY, BOOK, at=at).playbook
        self.store, self.lease = store, lease
        self.moment = moment
        self.said: list[str] = []
        self.records: list[Record] = []
        self.state = ContactState(number=ANNA)
        self.adapter = generic_http.connect(
            channel, options, HttpClient(), country="CN", clock=lambda: self.moment[0]
        )
        instruments = Instruments(
            clock=lambda: self.moment[0], sleep=asyncio.sleep, metrics=Metrics()
        )
        self.intake = Intake(store=store, business=at, instruments=instruments)

    async def posts(self, text: str, part: Sequence[object] = (), **more: object) -> list[str]:
        fields = {"from": ANNA.e164, "text": text, **more}
        if part:
            fields |= dict(zip(("ref", "n", "of"), part, strict=True))
        request = asked(
            "/in/main/t", json.dumps(fields).encode(), headers={"content-type": "application/json"}
        )
        await self.intake.accept("main", self.adapter.receive(request))
        return await self._answers()

    async def later(self, ms: int) -> list[str]:
        self.moment[0] += ms
        return await self._answers()

    async def _answers(self) -> list[str]:
        before = len(self.said)
        done = Done()
        while True:
            work = await self.store.advance(self.lease, done, Wants(events=1))
            if not work.events:
                return self.said[before:]
            (pending,) = work.events
            kept = work.contacts.get(ANNA)
            record, consents = (None, ()) if kept is None else (kept.record, kept.consents)
            state = codec.decode(ANNA, record, consents)
            taken = take_turn(state, pending.event, pending.source, pending.order, self.playbook)
            self.state = taken.state
            self.said += [message.text for message in taken.turn.outbound]
            self.records += taken.turn.records
            done = Done(turns=(taken.turn,))

    def recorded(self, kind: str) -> list[Any]:
        return [record.facts for record in self.records if record.kind == kind]

    @property
    def told(self) -> str:
        """What the story's question has taken for its answer."""
        return self.recorded("ended")[-1]["answers"]["told"]


@asynccontextmanager
async def salon(*, numbered: bool, **incoming: Any) -> AsyncIterator[Salon]:
    options = Options.model_validate(
        {
            "incoming": incoming | ({"part": PLACES} if numbered else {}),
            "send": {"url": "https://gateway.example/send"},
        }
    )
    moment = [START]
    store = await SqliteStore.open(":memory:", clock=lambda: moment[0])
    lease = await store.acquire(0, "test")
    assert lease is not None
    made = Salon(store, lease, options, moment)
    try:
        yield made
    finally:
        await store.close()


# --- with numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("parts", [LONG, CHINESE], ids=["english", "chinese"])
async def test_numbered_parts_are_joined_in_any_order_and_twice_over(
    seed: int, parts: list[str]
) -> None:
    chance = random.Random(seed)
    count = len(parts)
    arriving = [(n, part) for n, part in enumerate(parts, start=1)] * chance.choice((1, 1, 2, 3))
    chance.shuffle(arriving)
    async with salon(numbered=True) as made:
        assert await made.posts("go") == ["Tell us."]
        said: list[str] = []
        seen: set[int] = set()
        for number, part in arriving:
            answered = await made.posts(part, ("61", number, count))
            seen.add(number)
            assert bool(answered) == (len(seen) == count and not said)
            said += answered
            said += await made.later(chance.randrange(900))
        assert said == [f"{sum(map(len, parts))} signs."]
        assert made.told == "".join(parts)
        assert await made.later(10 * PARTS_WITHIN) == []
        (joined,) = made.recorded("joined")
        assert (joined["parts"], joined["of"]) == (count, count)


async def test_two_long_texts_at_once_are_kept_apart_by_their_reference() -> None:
    async with salon(numbered=True) as made:
        await made.posts("go")
        await made.posts("one, ", ("1", 1, 2))
        await made.posts("two, ", ("2", 2, 2))
        await made.posts("and the first", ("1", 2, 2))
        assert made.told == "one, and the first"
        await made.posts("the second ", ("2", 1, 2))
        assert made.recorded("joined")[-1]["text"] == "the second two, "


async def test_what_came_is_read_when_its_time_is_over_and_the_rest_by_itself() -> None:
    async with salon(numbered=True) as made:
        await made.posts("go")
        await made.posts("the end.", ("9", 3, 3))
        await made.posts("The beginning ", ("9", 1, 3))
        assert await made.later(PARTS_WITHIN - 1) == []
        assert await made.later(1) == ["22 signs."]
        assert made.told == "The beginning the end."
        (joined,) = made.recorded("joined")
        assert (joined["parts"], joined["of"]) == (2, 3)
        assert len(await made.posts("and the middle", ("9", 2, 3))) == 1
        assert await made.posts("the end.", ("9", 3, 3)) == []


async def test_a_reference_that_comes_round_again_is_another_text() -> None:
    async with salon(numbered=True) as made:
        await made.posts("go")
        for number in (1, 2):
            await made.posts(f"part {number} ", ("7", number, 2))
        await made.later(2 * PARTS_WITHIN)
        await made.posts("go")
        for number in (2, 1):
            await made.posts(f"part {number} ", ("7", number, 2))
        assert [each["answers"]["told"] for each in made.recorded("ended")] == ["part 1 part 2"] * 2


async def test_the_same_id_on_every_part_is_no_repetition() -> None:
    async with salon(numbered=True, id="id") as made:
        await made.posts("go", id="a")
        await made.posts("one, ", ("1", 1, 2), id="b")
        await made.posts("one, ", ("1", 1, 2), id="b")
        assert await made.posts("two", ("1", 2, 2), id="b") == ["8 signs."]


@pytest.mark.parametrize(
    "part",
    [
        ("", 1, 2),
        ("1", 3, 2),
        ("1", 0, 2),
        ("1", 1, 1),
        ("1", "x", 2),
        ("1", 1, "99999"),
        ("1", "²", 2),
    ],
)
async def test_numbers_that_make_no_sense_are_no_numbers(part: Sequence[object]) -> None:
    async with salon(numbered=True) as made:
        await made.posts("go")
        assert await made.posts("hello", part) == ["5 signs."]


async def test_a_law_word_is_never_delayed_and_one_in_a_part_is_none() -> None:
    async with salon(numbered=True) as made:
        await made.posts("go")
        await made.posts("We have got to ", ("5", 1, 3))
        assert await made.posts("STOP", ("5", 2, 3)) == []
        assert not made.state.stopped
        assert await made.posts(" this terrible thing", ("5", 3, 3)) == ["39 signs."]
        await made.posts("half of ", ("6", 1, 2))
        (confirmed,) = await made.posts("STOP")
        assert "no more texts" in confirmed
        assert made.state.stopped
        # The rest is kept unanswered, as all texts after a STOP.
        assert await made.posts("something", ("6", 2, 2)) == []
        assert await made.later(2 * PARTS_WITHIN) == []
        assert made.state.pieces == ()


async def test_joined_texts_are_remembered_and_waiting_ones_are_never_let_go_unread() -> None:
    async with salon(numbered=True) as made:
        for ref in range(2 * MAX_WAITING):
            await made.posts("a", (str(ref), 1, 2))
            await made.posts("b", (str(ref), 2, 2))
            await made.later(60_000)
        assert len(made.state.pieces) <= MAX_WAITING + 1
        for ref in range(100, 100 + 2 * MAX_WAITING):
            await made.posts("a", (str(ref), 1, 2))
        await made.later(2 * PARTS_WITHIN)
        assert len(made.recorded("joined")) == 4 * MAX_WAITING


# --- without numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts", [[*LONG[:-1], "fine."], CHINESE, ["a" * 160, "b"], ["好" * 70, "的" * 69]]
)
async def test_a_full_part_without_a_number_waits_for_the_next(parts: list[str]) -> None:
    async with salon(numbered=False) as made:
        await made.posts("go")
        for part in parts[:-1]:
            assert await made.posts(part) == []
            assert await made.later(QUIET - 1) == []
        assert await made.posts(parts[-1]) == [f"{sum(map(len, parts))} signs."]
        assert made.told == "".join(parts)
        assert await made.later(QUIET) == []


async def test_a_text_that_only_happens_to_be_full_is_read_after_a_moment() -> None:
    async with salon(numbered=False) as made:
        await made.posts("go")
        assert await made.posts("x" * 160) == []
        assert await made.later(QUIET) == ["160 signs."]
        assert made.state.pieces == ()


async def test_each_further_part_has_its_own_time() -> None:
    async with salon(numbered=False) as made:
        await made.posts("go")
        for sign in "abc":
            await made.posts(sign * 153)
            assert await made.later(QUIET - 1) == []
        assert await made.later(1) == ["459 signs."]


async def test_the_same_full_part_again_is_a_repetition() -> None:
    async with salon(numbered=False) as made:
        await made.posts("go")
        await made.posts("x" * 153)
        assert await made.posts("x" * 153) == []
        assert await made.posts("y") == ["154 signs."]


async def test_a_law_word_does_not_wait_with_it() -> None:
    async with salon(numbered=False) as made:
        await made.posts("go")
        await made.posts("x" * 153)
        assert len(await made.posts("HELP")) == 1
        assert await made.posts("the end") == ["160 signs."]


async def test_where_the_provider_joins_them_nothing_waits() -> None:
    async with salon(numbered=True) as made:
        await made.posts("go")
        assert await made.posts("x" * 160) == ["160 signs."]


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("a" * 160, True),
        ("a" * 159, False),
        ("a" * 153, True),
        ("a" * 152, True),
        ("€" * 80, True),
        ("好" * 70, True),
        ("好" * 67, True),
        ("好" * 66, True),
        ("好" * 65, False),
        ("", False),
    ],
)
async def test_a_part_is_full_by_its_alphabet(text: str, full: bool) -> None:
    assert fills_a_part(text) is full


async def test_parts_wait_in_the_record_as_they_were_kept() -> None:
    async with salon(numbered=True) as made:
        await made.posts("go")
        await made.posts("one, ", ("1", 1, 2))
        (waiting,) = made.state.pieces
        assert dict(waiting.texts) == {1: "one, "}
        assert codec.decode(ANNA, codec.encode(made.state)).pieces == made.state.pieces
