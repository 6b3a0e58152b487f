"""Events, errands and records come back as they were written, and a newer schema is refused."""

import msgspec
import pytest

from convo.core import event_codec, record_codec
from convo.core.codec import UnknownSchema
from convo.core.effects import Errand
from convo.core.events import Confirmed, Due, Inbound, Part, Recalled, Report
from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall
from convo.core.records import Record

ANN = PhoneNumber("+12025550101")


def test_an_event_gets_back_what_the_store_keeps_beside_it() -> None:
    event = Inbound(channel="main", contact=ANN, text="STOP", law="stop", media=("a", "b"))
    found = event_codec.decode(event_codec.encode(event), id="1-2", at=7, acted=True)
    assert found == Inbound(
        id="1-2",
        at=7,
        channel="main",
        contact=ANN,
        text="STOP",
        law="stop",
        acted=True,
        media=("a", "b"),
    )


def test_a_part_of_a_long_text_comes_back_and_a_whole_one_has_none() -> None:
    part = Inbound(channel="main", contact=ANN, text="x", part=Part(ref="61", number=2, count=3))
    assert event_codec.decode(event_codec.encode(part), id="", at=0) == part
    whole = Inbound(channel="main", contact=ANN, text="x")
    body = event_codec.encode(whole)
    assert event_codec.decode(body, id="", at=0) == whole
    # As it was before there were parts, so that either version reads the other's.
    assert len(msgspec.json.decode(body)) == 8


def test_a_yes_by_a_link_comes_back() -> None:
    yes = Confirmed(
        contact=ANN,
        channel="main",
        programme="news",
        link="https://sms.salon.example/y/abc-1",
        shown="Salon Mei: News? [Yes]",
    )
    assert event_codec.decode(event_codec.encode(yes), id="", at=0) == yes


def test_a_recall_comes_back_to_each_contact() -> None:
    recall = Recall(flow="offer", version="ab", request="k/*", contact=ANN, by="mei")
    event = Recalled(contact=ANN, recall=recall)
    assert event_codec.decode(event_codec.encode(event), id="", at=0) == event


def test_a_timers_event_comes_back() -> None:
    due = Due(id="t#3", at=7, contact=ANN, name="t", generation=3)
    assert event_codec.decode(event_codec.encode(due), id="t#3", at=7) == due


def test_an_errand_comes_back() -> None:
    errand = Errand(
        id="e",
        kind="http",
        channel="main",
        name="https://erp.example/orders",
        arguments={"order": [1, {"a": None}]},
        key="k",
        within=5_000,
    )
    assert event_codec.decode_errand(event_codec.encode_errand(errand)) == errand


def test_a_report_comes_back() -> None:
    report = Report(channel="main", provider_id="SM1", status="failed", code="30003")
    body = event_codec.encode_report(report)
    assert event_codec.decode_report(body, channel="main", provider_id="SM1") == report


def test_records_come_back() -> None:
    records = (Record(kind="said", facts={"id": "m1"}), Record(kind="step", facts={}))
    found = record_codec.decode(record_codec.encode(5, ANN.e164, "1-2", records))
    assert found == record_codec.Recorded(at=5, contact=ANN.e164, event="1-2", records=records)


def test_what_a_newer_convo_wrote_is_refused() -> None:
    newer = msgspec.json.encode([99, "inbound", ANN.e164])
    with pytest.raises(UnknownSchema, match="An event has schema 99"):
        event_codec.decode(newer, id="1", at=0)
    with pytest.raises(UnknownSchema, match="An errand has schema 99"):
        event_codec.decode_errand(newer)
    with pytest.raises(UnknownSchema, match="A turn's account has schema 99"):
        record_codec.decode(newer)
    with pytest.raises(UnknownSchema, match="'vision'"):
        event_codec.decode(msgspec.json.encode([1, "vision", ANN.e164]), id="1", at=0)


def test_no_number_and_no_text_is_in_a_repr() -> None:
    found = record_codec.Recorded(at=5, contact=ANN.e164, event="1-2", records=())
    assert ANN.e164 not in repr(found)
