"""What arrives is made fit to keep, and kept before anybody answers."""

from typing import Any

import pytest

from convo.core.consent_acts import ConsentAct
from convo.core.events import Inbound, OptedOutElsewhere, Report, Requested
from convo.core.numbers import PhoneNumber
from convo.errors import Busy, StoreUnavailable
from convo.ports import Acceptance, Arrival
from convo.runtime.instruments import Instruments
from convo.runtime.intake import TEXT_AT_MOST, Intake, clean
from tests.runtime.stage import ANNA, OURS, Counting, Time, business, parsed, text

pytestmark = pytest.mark.anyio


class Keeping:
    """Keeps what it is told to, or says what it was told to say."""

    def __init__(self, *script: Acceptance | Exception) -> None:
        self.script = list(script)
        self.arrivals: list[Arrival] = []
        self.calls = 0

    async def accept(self, arrivals: Any) -> list[Acceptance]:
        self.calls += 1
        answers: list[Acceptance] = []
        for arrival in arrivals:
            told = self.script.pop(0) if self.script else "accepted"
            if isinstance(told, Exception):
                raise told
            answers.append(told)
            self.arrivals.append(arrival)
        return answers


class Desk:
    def __init__(self, *script: Acceptance | Exception) -> None:
        self.store = Keeping(*script)
        self.time = Time()
        self.meter = Counting()
        self.intake = Intake(
            store=self.store,  # pyright: ignore[reportArgumentType]
            business=business(),
            instruments=Instruments(
                clock=self.time.clock, sleep=self.time.sleep, metrics=self.meter
            ),
        )


async def test_a_law_word_brings_its_consent_act() -> None:
    desk = Desk()
    await desk.intake.accept("main", parsed(text(ANNA, " Stop. ")))
    (arrival,) = desk.store.arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.law == "stop"
    assert arrival.consent == ConsentAct(act="stop", proof=" Stop. ")


async def test_a_law_word_goes_by_the_contacts_country() -> None:
    desk = Desk()
    chinese = PhoneNumber("+8613800138000")
    await desk.intake.accept("main", parsed(text(chinese, "T"), text(ANNA, "T")))
    told = [a.event.law for a in desk.store.arrivals if isinstance(a.event, Inbound)]
    assert told == ["stop", None]


async def test_yes_is_an_act_though_no_law_word() -> None:
    desk = Desk()
    await desk.intake.accept("main", parsed(text(ANNA, "yes")))
    (arrival,) = desk.store.arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.law is None
    assert arrival.consent == ConsentAct(act="start", proof="yes")


async def test_what_the_adapter_knows_of_the_law_stays() -> None:
    desk = Desk()
    event = Inbound(channel="main", contact=ANNA, text="Zatrzymaj", law="stop")
    await desk.intake.accept("main", parsed(Arrival(event=event, dedupe="k", raw=b"raw")))
    (arrival,) = desk.store.arrivals
    assert arrival.consent is not None
    assert (arrival.consent.act, arrival.dedupe, arrival.raw) == ("stop", "k", b"raw")


async def test_a_text_from_a_number_of_our_own_is_ignored() -> None:
    desk = Desk()
    await desk.intake.accept("main", parsed(text(OURS, "hello"), text(ANNA, "hello")))
    assert [a.event.contact for a in desk.store.arrivals if isinstance(a.event, Inbound)] == [ANNA]
    assert desk.meter.seen["arrivals", "main", "inbound", "own_number"] == 1


async def test_a_webhook_that_brings_nothing_asks_the_store_for_nothing() -> None:
    desk = Desk()
    await desk.intake.accept("main", parsed())
    assert desk.store.calls == 0


async def test_all_of_a_webhook_is_kept_in_one_call() -> None:
    desk = Desk()
    report = Report(channel="main", outbound="m", status="delivered")
    await desk.intake.accept("main", parsed(text(ANNA, "a"), Arrival(event=report, dedupe="r")))
    assert (desk.store.calls, len(desk.store.arrivals)) == (1, 2)
    assert desk.meter.seen["arrivals", "main", "report", "accepted"] == 1


async def test_a_full_inbox_is_said_even_when_only_one_was_refused() -> None:
    desk = Desk("accepted", "busy")
    with pytest.raises(Busy):
        await desk.intake.accept("main", parsed(text(ANNA, "a"), text(ANNA, "b")))


async def test_a_duplicate_is_well_received() -> None:
    desk = Desk("duplicate")
    await desk.intake.accept("main", parsed(text(ANNA, "a")))
    assert desk.meter.seen["arrivals", "main", "inbound", "duplicate"] == 1


async def test_other_words_under_a_known_id_are_well_received_counted_and_logged_without_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk("altered")
    await desk.intake.accept("main", parsed(text(ANNA, "my secret")))
    assert desk.meter.seen["arrivals", "main", "inbound", "altered"] == 1
    (line,) = caplog.messages
    assert line.startswith("Channel main: a text came under the id of another one")
    assert "secret" not in caplog.text


async def test_an_opt_out_at_the_provider_stops_here_too() -> None:
    desk = Desk()
    event = OptedOutElsewhere(contact=ANNA, channel="main", source="portal")
    await desk.intake.accept("main", parsed(Arrival(event=event, dedupe="")))
    (arrival,) = desk.store.arrivals
    assert arrival.consent is not None
    assert arrival.consent.act == "stop"


async def test_a_flow_can_be_asked_for() -> None:
    desk = Desk()
    told = await desk.intake.request(contact=ANNA, channel="main", flow="survey", dedupe="x")
    assert told == "accepted"
    (arrival,) = desk.store.arrivals
    assert arrival == Arrival(
        event=Requested(contact=ANNA, channel="main", flow="survey"), dedupe="x"
    )


async def test_what_our_own_loops_bring_is_kept_however_long_it_takes() -> None:
    desk = Desk(StoreUnavailable("away"), "busy", Busy("disk"), "accepted")
    await desk.intake.keep("main", text(ANNA, "x"))
    assert desk.store.calls == 4
    assert len(desk.time.slept) == 3


def test_a_text_is_cut_and_cleaned() -> None:
    assert clean("a\0b") == "ab"
    assert clean("你\0好\ud83d") == "你好"
    assert clean("🙂 ok") == "🙂 ok"
    assert len(clean("x" * 100_000)) == TEXT_AT_MOST
