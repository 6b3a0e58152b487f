"""Authored code and flows that go wrong: each spoils its own turn, and nothing else."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.overview import ParkedEvent
from convo.core.turns import Outbound
from convo.ports import Arrival, HttpAnswer, Parsed
from convo.stores.sqlite import queries
from convo.stores.sqlite.store import SqliteStore
from convo.wiring.authored import authored, settings_in
from convo.wiring.serving import Wired, wired

pytestmark = pytest.mark.anyio

SETTINGS = """\
[business]
name = "Shop"
zone = "Asia/Shanghai"
country = "CN"
languages = ["en"]

[folders]
handlers = "poison_handlers"

[channels.main]
provider = "console"
address = "12345"
path_token = "a-token-of-this-test"
fallback = "What?"
"""

ACT = """\
flow: {name}
about: Asks {name} to be done
start: {{words: [act {name}]}}
steps:
  act:
    do: poison.{name}
    failed: sorry
    within: 1s
  done:
    say: Done.
    go: end
  sorry:
    say: It failed.
    go: end
"""

CIRCLE = """\
flow: circle
about: Goes round for ever, which no check can see
start: {words: [circle]}
answers: {n: number}
steps:
  one:
    set: {n: "1"}
  two:
    branch:
      - {if: n > 0, go: one}
      - {else: out}
  out:
    end: out
"""

NOTHING_THERE = """\
flow: missing
about: Works with an answer that nobody has given
start: {words: [missing]}
answers: {n: number}
steps:
  two:
    branch:
      - {if: n > 0, go: out}
      - {else: out}
  out:
    end: out
"""

HANDLERS = '''\
"""Everything that authored code can do wrong while it still runs."""

import asyncio

from convo import Call, Reply, action, keyword


async def _raises(call: Call) -> str:
    raise ZeroDivisionError("one by zero")


async def _hangs(call: Call) -> str:
    await asyncio.sleep(3600)
    return "late"


async def _floods(call: Call) -> str:
    return "x" * 100_000_000


async def _recurses(call: Call) -> str:
    return await _recurses(call)


async def _nests(call: Call) -> object:
    inner: list[object] = []
    for _ in range(100_000):
        inner = [inner]
    return inner


WAYS = {
    "raises": _raises,
    "hangs": _hangs,
    "floods": _floods,
    "recurses": _recurses,
    "nests": _nests,
}
ACTIONS = [action(f"poison.{name}")(act) for name, act in WAYS.items()]
raises, hangs, floods, recurses, nests = ACTIONS
word_raises = keyword("word raises")(_raises)
word_floods = keyword("word floods")(_floods)
word_recurses = keyword("word recurses")(_recurses)
word_nests = keyword("word nests")(_nests)


@keyword("ping")
async def ping(call: Call) -> Reply:
    """Is well."""
    return Reply("pong")
'''

WAYS = ("raises", "hangs", "floods", "recurses", "nests")
SORRY = "Sorry, something went wrong on our side. We will look into it."

SOON = 30.0
"""Seconds: what waits for a poisoned turn waits for good, however slow the disk is."""

#: What is said, and what must be answered soon.
POISON: dict[str, str] = {
    **{f"act {way}": "It failed." for way in WAYS},
    **{f"word {way}": SORRY for way in WAYS if way != "hangs"},
    "circle": SORRY,
    "missing": SORRY,
}

PARKED = {"circle": "circle", "missing": "is empty"}
"""Texts whose turn itself fails, and what the account of it says. Others only lose an errand."""


class Phones:
    """Who says what, and what they hear."""

    def __init__(self, business: Wired) -> None:
        self._business = business
        self.heard: dict[str, list[str]] = {}

    async def says(self, number: str, text: str) -> None:
        event = Inbound(channel="main", contact=PhoneNumber(number), text=text)
        arrival = Arrival(event=event, dedupe="")
        parsed = Parsed(arrivals=(arrival,), answer=HttpAnswer())
        await self._business.intake.accept("main", parsed)

    async def hears(self, number: str, *texts: str, within: float = 60.0) -> float:
        """The seconds until they heard it."""
        began = time.monotonic()
        with anyio.move_on_after(within):
            while self.heard.get(number, []) != list(texts):
                await anyio.sleep(0.005)
        assert self.heard.get(number, []) == list(texts)
        return time.monotonic() - began


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Phones]:
    (folder / "flows").mkdir()
    (folder / "poison_handlers").mkdir()
    (folder / "convo.toml").write_text(SETTINGS)
    (folder / "poison_handlers" / "poison.py").write_text(HANDLERS)
    (folder / "flows" / "circle.yaml").write_text(CIRCLE)
    (folder / "flows" / "missing.yaml").write_text(NOTHING_THERE)
    for way in WAYS:
        (folder / "flows" / f"{way}.yaml").write_text(ACT.format(name=way))
    deaths: list[str] = []
    phones: Phones | None = None

    async def deliver(message: Outbound) -> None:
        assert phones is not None
        phones.heard.setdefault(message.contact.e164, []).append(message.text)

    def die() -> None:
        deaths.append("died")

    async with wired(authored(settings_in(folder)), on_death=die, deliver=deliver) as business:
        phones = Phones(business)
        yield phones
    assert deaths == []


@pytest.mark.parametrize("text", POISON)
async def test_the_same_contact_is_answered_and_so_are_others(text: str, tmp_path: Path) -> None:
    async with _open(tmp_path) as phones:
        await phones.says("+8613800138000", text)
        for n in range(10):
            other = f"+861380013801{n}"
            await phones.says(other, "ping")
            assert await phones.hears(other, "pong") < SOON
        await phones.hears("+8613800138000", POISON[text])
        await phones.says("+8613800138000", "ping")
        assert await phones.hears("+8613800138000", POISON[text], "pong") < SOON
    parked = await _parked(tmp_path)
    assert len(parked) == (text in PARKED)
    for each in parked:
        assert isinstance(each.event, Inbound)
        assert each.event.text == text
        assert PARKED[text] in each.account
        assert "13800138000" not in each.account


async def _parked(folder: Path) -> tuple[ParkedEvent, ...]:
    store = await SqliteStore.open(str(folder / "data" / "convo.db"), clock=lambda: 0)
    try:
        return (await store.read(lambda database: queries.parked(database, "", 10))).items
    finally:
        await store.close()
