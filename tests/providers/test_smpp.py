"""SMPP against an SMSC of another house: npm's `smpp`, as a server that does what it is told."""

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from convo.core.events import Inbound, Part, Report
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import (
    ConfigError,
    Invalid,
    LeaseOver,
    RateLimited,
    SendUncertain,
    SettingsError,
    StoreUnavailable,
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Parsed, RawRequest, Sent
from convo.providers import smpp
from convo.providers.http import HttpClient
from convo.providers.smpp import line as line_
from convo.providers.smpp import session
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.smsc import HANG_GUARD, PACKAGE, PASSWORD, SYSTEM_ID, Smsc, smsc
from tests.node_packages import install

pytestmark = pytest.mark.anyio

CHINESE = "您好，您的预约已经改到明天上午十点半，地点不变。如需取消请回复。😀" * 6


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    install(folder, PACKAGE)
    return folder


class Bound:
    """A channel that runs, and what it has brought so far."""

    def __init__(self, port: int, **settings: Any) -> None:
        told = {
            "host": "127.0.0.1",
            "port": port,
            "system_id": SYSTEM_ID,
            "password": PASSWORD,
            **settings,
        }
        options = smpp.Options.model_validate(told)
        self.provider = smpp.connect(
            channel("smpp"), options, HttpClient(), country="US", clock=lambda: 0
        )
        self.brought: list[Arrival] = []
        self.ignored: list[str] = []
        #: How the store fails before it keeps anything.
        self.failures: list[Exception] = []
        self.keys: list[str] = []
        self._news = asyncio.Event()

    async def keep(self, parsed: Parsed) -> None:
        self.keys += [arrival.dedupe for arrival in parsed.arrivals]
        if self.failures:
            raise self.failures.pop()
        self.brought += parsed.arrivals
        self.ignored += parsed.ignored
        self._news.set()

    async def brings(self, count: int) -> Sequence[Any]:
        """The first so many events."""
        async with asyncio.timeout(HANG_GUARD):
            while len(self.brought) < count:
                self._news.clear()
                await self._news.wait()
        return [arrival.event for arrival in self.brought]

    async def send(self, out: Outbound | None = None, leave_by: float = math.inf) -> Sent:
        return await self.provider.send(out or message(), "", leave_by)


@asynccontextmanager
async def bound(packages: Path, **settings: Any) -> AsyncGenerator[tuple[Bound, Smsc]]:
    async with smsc(packages) as centre:
        line = Bound(centre.port, **settings)
        running = asyncio.create_task(line.provider.run(line.keep))
        try:
            yield line, centre
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def numbered(number: int, text: str = "Hello") -> Outbound:
    return replace(message(text), id=f"{number:032x}")


# --- hearing --------------------------------------------------------------------------------------


async def test_a_text_becomes_an_event_and_is_answered_once_it_is_kept(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        name = await centre.bring("Oui, ça va € @")
        (event,) = await line.brings(1)
        assert isinstance(event, Inbound)
        assert (event.channel, event.contact, event.text) == (
            "main",
            PhoneNumber(CONTACT),
            "Oui, ça va € @",
        )
        assert await centre.answers(name) == [0]


async def test_what_is_not_kept_is_not_acknowledged_and_has_the_same_key_again(
    packages: Path,
) -> None:
    """A store that failed may have kept it all the same."""
    async with bound(packages) as (line, centre):
        line.failures = [StoreUnavailable("away"), StoreUnavailable("away")]
        name = await centre.bring("1")
        assert await centre.answers(name, 3) == [0x64, 0x64, 0]
        assert len(line.keys) == 3
        assert len(set(line.keys)) == 1


async def test_the_same_words_again_are_another_text(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        for _ in range(3):
            await centre.answers(await centre.bring("1"))
        assert len(await line.brings(3)) == 3
        assert len({arrival.dedupe for arrival in line.brought}) == 3


async def test_parts_of_a_long_chinese_text_say_which_they_are(packages: Path) -> None:
    texts = [CHINESE[:60], CHINESE[60:120], CHINESE[120:]]
    async with bound(packages) as (line, centre):
        await centre.bring_parts(texts, 77, data_coding=8)
        events = await line.brings(3)
        assert [(event.text, event.part) for event in events] == [
            (text, Part(ref="77", number=number, count=3))
            for number, text in enumerate(texts, start=1)
        ]
        assert len({arrival.dedupe for arrival in line.brought}) == 3


async def test_what_is_no_message_is_refused_and_the_line_goes_on(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        await centre.answers(await centre.bring("before"))
        deliver_sm, unknown = "00000005", "00000103"
        for command, body in ((deliver_sm, b"\xff" * 9), (unknown, b""), ("80000004", b"x")):
            length = 16 + len(body)
            await centre.order("write", hex=f"{length:08x}{command}0000000000000099{body.hex()}")
        await centre.answers(await centre.bring("behind"))
        assert [event.text for event in await line.brings(2)] == ["before", "behind"]
        assert len(centre.of("bind")) == 1


async def test_a_stream_that_makes_no_sense_is_given_up_and_begun_again(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        await centre.answers(await centre.bring("before"))
        await centre.order("write", hex="ff" * 64)
        await centre.until(lambda: len(centre.of("bind")) == 2)
        await centre.answers(await centre.bring("behind"))
        assert len(await line.brings(2)) == 2


def test_nothing_comes_by_http() -> None:
    request = RawRequest(method="POST", url="", query=b"", headers={}, body=b"x")
    provider = Bound(1).provider
    for read in (provider.receive, lambda r: provider.report(r, "0123")):
        with pytest.raises(WebhookRejected):
            read(request)


# --- sending --------------------------------------------------------------------------------------


async def test_a_text_leaves_as_it_was_written(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        for text, coding in (("See you [10:30] @ €5", 0), ("明天见", 8), ("Ça va? ô", 8)):
            sent = await line.send(message(text))
            taken = centre.taken[-1]
            assert (taken["text"], taken["data_coding"], taken["udh"]) == (text, coding, "")
            assert (taken["source"], taken["source_ton"]) == (OURS[1:], 1)
            assert (taken["to"], taken["to_ton"], taken["registered"]) == (CONTACT[1:], 1, 1)
            assert sent.provider_ids == (taken["id"], taken["id"].lower().lstrip("0"))
            assert sent.parts == 1


@pytest.mark.parametrize("how", ["udh8", "udh16", "sar", "payload"])
async def test_a_long_chinese_text_leaves_in_parts(packages: Path, how: str) -> None:
    async with bound(packages, long_texts=how) as (line, centre):
        sent = await line.send(message(CHINESE))
        assert "".join(taken["text"] for taken in centre.taken) == CHINESE
        count = len(centre.taken)
        assert sent.parts == count
        assert len(sent.provider_ids) == 2 * count
        assert [taken["registered"] for taken in centre.taken] == [0] * (count - 1) + [1]
        if how == "payload":
            assert [taken["whole"] for taken in centre.taken] == [True]
        elif how == "sar":
            places = [(taken["number"], taken["count"]) for taken in centre.taken]
            assert places == [(number, count) for number in range(1, count + 1)]
            assert len({taken["sar"] for taken in centre.taken}) == 1
        else:
            ends = [taken["udh"][-4:] for taken in centre.taken]
            assert ends == [f"{count:02x}{number:02x}" for number in range(1, count + 1)]
            assert len({taken["udh"][:-4] for taken in centre.taken}) == 1


async def test_a_pair_of_binds_carries_both_ways(packages: Path) -> None:
    async with bound(packages, bind="pair") as (line, centre):
        await line.send()
        await centre.answers(await centre.bring("Hello"))
        assert [told["role"] for told in centre.of("bind")] == ["transmitter", "receiver"]
        assert len(await line.brings(1)) == len(centre.taken) == 1


async def test_refusals_have_their_outcomes_and_tell_no_number(packages: Path) -> None:
    kinds = {0x58: RateLimited, 0x14: RateLimited, 0x0B: Invalid, 0x0A: ConfigError}
    async with bound(packages) as (line, centre):
        for status, kind in kinds.items():
            await centre.order("statuses", list=[status])
            with pytest.raises(kind) as told:
                await line.send()
            assert CONTACT[1:] not in str(told.value)
        assert centre.taken == []


async def test_a_throttled_part_is_tried_again_for_the_one_before_it_has_left(
    packages: Path,
) -> None:
    async with bound(packages) as (line, centre):
        await centre.order("statuses", list=[0, 0x58])
        await line.send(message("x" * 200))
        assert [taken["udh"][-2:] for taken in centre.taken] == ["01", "02"]


async def test_whoever_is_taken_without_an_answer_is_in_doubt(packages: Path) -> None:
    for fate in ("take in silence", "take and drop", "lose"):
        async with bound(packages, answer_s=0.5) as (line, centre):
            await centre.order("fates", list=[fate])
            with pytest.raises(SendUncertain):
                await line.send()
            assert len(centre.taken) == (0 if fate == "lose" else 1)


@pytest.mark.parametrize(
    ("text", "statuses", "known", "told"),
    [
        ("Hello", [0], "a0001", "sent"),
        ("Hello", [0x0B], "", "failed"),
        ("x" * 200, [0, 0], "a0002", "sent"),
    ],
)
async def test_an_answer_that_comes_too_late_settles_its_message_like_a_report(
    packages: Path, text: str, statuses: list[int], known: str, told: str
) -> None:
    async with bound(packages, answer_s=0.5) as (line, centre):
        await centre.order("statuses", list=statuses)
        await centre.order("fates", list=["answer"] * (len(statuses) - 1) + ["answer late"])
        with pytest.raises(SendUncertain):
            await line.send(message(text))
        line.failures = [StoreUnavailable("away")]
        await centre.order("answer")
        (event,) = await line.brings(1)
        assert isinstance(event, Report)
        assert (event.outbound, event.provider_id, event.status) == (message().id, known, told)
        assert len(line.keys) == 2
        assert len(set(line.keys)) == 1


@pytest.mark.parametrize(
    ("text", "statuses"), [("Hello", [0x58]), ("x" * 200, [0])], ids=["throttled", "a first part"]
)
async def test_a_late_answer_that_settles_nothing_says_nothing(
    packages: Path, text: str, statuses: list[int]
) -> None:
    async with bound(packages, answer_s=0.5) as (line, centre):
        await centre.order("statuses", list=statuses)
        await centre.order("fates", list=["answer late"])
        with pytest.raises(SendUncertain):
            await line.send(message(text))
        await centre.order("answer")
        await line.send(message("behind it"))
        assert (line.brought, line.keys) == ([], [])


async def test_nothing_leaves_by_a_lease_that_is_over(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        with pytest.raises(LeaseOver):
            await line.send(leave_by=0.0)
        await line.send()
        assert len(centre.taken) == 1


async def test_no_more_than_the_window_waits_for_answers(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What finds no room was surely not sent."""
    monkeypatch.setattr(session, "ROOM_WITHIN", 0.2)
    async with bound(packages, window=2, answer_s=2) as (line, centre):
        await centre.order("fates", list=["take in silence"] * 3)
        sends = [line.send(numbered(number)) for number in range(3)]
        ends = await asyncio.gather(*sends, return_exceptions=True)
        kinds = sorted(type(each).__name__ for each in ends)
        assert kinds == ["RateLimited", "SendUncertain", "SendUncertain"]
        assert len(centre.taken) == 2


# --- the line -------------------------------------------------------------------------------------


async def test_a_wrong_password_is_for_the_operator(packages: Path) -> None:
    async with bound(packages, password="wrong") as (line, centre):
        await centre.until(lambda: len(centre.of("bind")) > 1)
        with pytest.raises(ConfigError, match="does not let us in"):
            await line.send()


async def test_a_bind_that_is_taken_is_tried_until_it_is_free(packages: Path) -> None:
    async with smsc(packages) as centre:
        await centre.order("most", most=0)
        line = Bound(centre.port)
        running = asyncio.create_task(line.provider.run(line.keep))
        await centre.until(lambda: len(centre.of("bind")) > 1)
        await centre.order("most", most=1)
        async with asyncio.timeout(HANG_GUARD):
            while not centre.taken:
                with suppress(Unavailable):
                    await line.send()
        running.cancel()


async def test_without_an_smsc_a_text_has_surely_not_left(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_, "BOUND_WITHIN", 0.2)
    async with smsc(packages) as centre:
        port = centre.port
    line = Bound(port)
    running = asyncio.create_task(line.provider.run(line.keep))
    with pytest.raises(Unavailable):
        await line.send()
    running.cancel()


async def test_an_smsc_that_does_not_answer_enquiries_is_left_and_bound_again(
    packages: Path,
) -> None:
    async with bound(packages, enquire_s=0.2, answer_s=0.5) as (line, centre):
        await centre.order("fates", list=["deaf"])
        await centre.until(lambda: len(centre.of("bind")) > 1)
        await centre.order("fates", list=[])
        await line.send()
        assert centre.taken


async def test_an_smsc_that_takes_leave_is_bound_again(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        await line.send()
        await centre.order("unbind")
        await centre.until(lambda: len(centre.of("bind")) == 2)
        await line.send(numbered(2))
        assert len(centre.taken) == 2


# --- receipts -------------------------------------------------------------------------------------


async def test_a_receipt_finds_its_message_by_the_id_of_its_answer(packages: Path) -> None:
    async with bound(packages) as (line, centre):
        await centre.order("receipts")
        sent = await line.send()
        (event,) = await line.brings(1)
        assert isinstance(event, Report)
        assert event.provider_id in sent.provider_ids
        assert (event.status, event.code, event.outbound) == ("delivered", "", "")


async def test_a_receipt_with_our_reference_settles_what_has_no_id(packages: Path) -> None:
    async with bound(packages, reference=True) as (line, centre):
        await centre.order("receipts")
        await centre.order("fates", list=["take and drop"])
        with pytest.raises(SendUncertain):
            await line.send()
        (event,) = await line.brings(1)
        assert (event.outbound, event.status) == (message().id, "delivered")


# --- settings -------------------------------------------------------------------------------------


def test_it_needs_an_address_and_statuses_that_are_such() -> None:
    with pytest.raises(SettingsError, match="needs an address"):
        smpp.connect(
            channel("smpp", at=None),
            smpp.Options.model_validate(
                {"host": "smsc.example", "system_id": "convo", "password": PASSWORD}
            ),
            HttpClient(),
            country="US",
            clock=lambda: 0,
        )
    with pytest.raises(ValueError, match="is no status"):
        Bound(1, statuses={"opted": "opted_out"})
