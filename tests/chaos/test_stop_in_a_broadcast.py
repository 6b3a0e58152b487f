"""STOP in the middle of a broadcast: whoever has sent it is sent nothing that was not claimed yet.

Web, workers and Redis are real ones, the company is slow and loses some answers, and a worker is
killed with its hands full. What is held against each other is when a STOP was kept and when each
message was claimed, both by the server's clock, and what reached the company, by ours.
"""

import asyncio
import json
import math
import os
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.chaos.business import API_TOKEN
from tests.chaos.carriers import Twilio
from tests.chaos.crew import WORKERS
from tests.chaos.onslaught import comes_to_rest, kill_worker, staged
from tests.chaos.wire import request

CONTACTS, SOAKED = 1_000, 10_000
STOPPED = 0.5
"""Share of the contacts who have had enough."""

LINES = 32
ROWS = 150
"""Consents in one request."""

NEWS = "Twenty off everything this week."
FLOW = f"""\
flow: news
about: Something is told to everybody who asked for it
class: marketing
programme: news
start: {{events: [news.out]}}
steps:
  tell:
    say: {NEWS}
  told:
    end: told
"""

PROGRAMME = """
[programmes.news]
about = "What is new, once a week"
"""


def everybody(count: int) -> list[str]:
    """Where marketing may go at this hour: to China by day, and else to New York by its day."""
    begin = "+86130000" if datetime.now(UTC).hour < 13 else "+121255"
    return [f"{begin}{n:05d}" for n in range(10_000, 10_000 + count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of a broadcast."""

    #: By contact: how many news it was sent, and how many answers to its STOP.
    news: Counter[str]
    confirmed: Counter[str]
    stopped: Set[str]
    #: Contacts whose news were claimed behind their STOP: there must be none.
    late: Sequence[str]
    #: News that came to the company behind the 200 of their contact's STOP: claimed before it.
    on_the_way: int
    rested: bool

    @property
    def spared(self) -> int:
        """Contacts who have stopped and were sent no news."""
        return sum(not self.news[number] for number in self.stopped)

    def __str__(self) -> str:
        return (
            f"{len(self.stopped)} of {len(self.stopped | self.news.keys())} said STOP: "
            f"{self.spared} were sent nothing, {len(self.stopped) - self.spared} before it was "
            f"kept, {self.on_the_way} of these while it was; {len(self.late)} claimed behind it"
        )


@pytest.mark.anyio
@pytest.mark.soak
async def test_who_says_stop_in_a_broadcast_is_sent_nothing_that_was_not_claimed_before(
    tmp_path: Path, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = os.environ.get("CHAOS_SEED") or secrets.token_hex(4)
    contacts = SOAKED if soak else CONTACTS
    told = await broadcast(tmp_path, contacts, seed=seed)
    with capsys.disabled():
        print(f"\nseed {seed}: {told}")
    assert told.rested
    assert told.late == [], f"CHAOS_SEED={seed}"
    assert told.confirmed == Counter(told.stopped)
    assert set(told.news.values()) == {1}
    assert len(told.news) + told.spared == contacts
    # Else it was over before anybody spoke, or had not begun.
    assert contacts // 50 < told.spared < len(told.stopped)


@pytest.mark.anyio
async def test_a_claim_that_does_not_ask_who_has_left_is_seen(tmp_path: Path) -> None:
    told = await broadcast(tmp_path, 300, seed="whoever", sabotage=("claims_whoever_has_left",))
    assert told.late


async def broadcast(
    folder: Path, contacts: int, *, seed: str, sabotage: Sequence[str] = ()
) -> Told:
    """Send the news to so many, half of whom say STOP while it goes out."""
    numbers = everybody(contacts)
    leaving = Random(f"{seed} leaving").sample(numbers, int(contacts * STOPPED))
    acknowledged: dict[str, float] = {}
    async with staged(
        folder, Twilio(), seed=seed, sabotage=sabotage, flows={"news": FLOW}, more=PROGRAMME
    ) as scene:
        company = scene.town.company
        company.slow = True

        async def stop(number: str) -> None:
            await company.told(Twilio().webhook(number, "STOP", f"SM{number[1:]:0>32}"))
            acknowledged[number] = time.monotonic()

        await _each(numbers[::ROWS], lambda n: company.told(_consents(numbers, n)))
        # Nobody is sent anything before everybody is queued.
        with scene.crew.halted(*WORKERS):
            await _each(numbers, lambda n: company.told(_news(n)))
        await _each(leaving[::2], stop)
        await kill_worker(scene)
        await _each(leaving[1::2], stop)
        rested = await comes_to_rest(scene.shelves)
        claims = await asyncio.to_thread(scene.shelves.claims)
        withdrawn = await asyncio.to_thread(scene.shelves.withdrawals)
    assert withdrawn.keys() == set(leaving)
    news, confirmed, on_the_way = Counter[str](), Counter[str](), 0
    for each in scene.town.witness.posted:
        if not each.taken:
            continue
        if NEWS in each.text.body:
            news[each.text.to] += 1
            on_the_way += each.at > acknowledged.get(each.text.to, math.inf)
        else:
            confirmed[each.text.to] += 1
    return Told(
        news=news,
        confirmed=confirmed,
        stopped=set(leaving),
        late=[
            made.text.to
            for made in company.made
            if NEWS in made.text.body
            and made.text.to in withdrawn
            and claims.get(made.sid, 0) > withdrawn[made.text.to]
        ],
        on_the_way=on_the_way,
        rested=rested,
    )


async def _each(of: Iterable[str], do: Callable[[str], Awaitable[None]]) -> None:
    """One after the other, in as many lines as there are."""
    left = iter(of)

    async def line() -> None:
        for each in left:
            await do(each)

    await asyncio.gather(*(line() for _ in range(LINES)))


def _consents(numbers: Sequence[str], first: str) -> bytes:
    """Of the contacts from this one on."""
    begin = numbers.index(first)
    rows = [
        {
            "to": number,
            "programme": "news",
            "given_at": "2026-01-01T12:00+00:00",
            "source": "form on shop.example",
            "evidence": f"form {number}",
        }
        for number in numbers[begin : begin + ROWS]
    ]
    return _own("/v1/consents", {"consents": rows})


def _news(number: str) -> bytes:
    return _own("/v1/events", {"event": "news.out", "to": number, "key": f"news of {number}"})


def _own(path: str, said: object) -> bytes:
    """A request of the business's own systems."""
    return request(
        "POST",
        path,
        json.dumps(said),
        Authorization=f"Bearer {API_TOKEN}",
        Content_Type="application/json",
    )
