"""SMPP's octets: PDUs, alphabets, parts, receipts; smpp34, another house's codec, as the oracle."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
import smpp34
from hypothesis import given, settings
from hypothesis import strategies as st

from convo.core.events import Inbound, Part, Report
from convo.core.parts import BASIC, EXTENDED, gsm7_encodable, parts_of
from convo.errors import (
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    SendError,
    Unavailable,
    WebhookRejected,
)
from convo.providers.smpp.alphabets import UCS2, Alphabet, coding_of, octets_of, text_of
from convo.providers.smpp.hearing import Heard, fingerprint, heard, number_of
from convo.providers.smpp.options import Options
from convo.providers.smpp.outcomes import failure
from convo.providers.smpp.parts import Numbering, pieces, read_part
from convo.providers.smpp.pdu import (
    DELIVER_SM,
    HEADER,
    SUBMIT_SM,
    Party,
    Pdu,
    ShortMessage,
    body_length,
    decoded,
    encoded,
    short_message,
    short_message_body,
)
from convo.providers.smpp.receipts import as_in_receipts, canonical
from convo.providers.smpp.repeats import Repeats

NONSENSE, NONSENSE_IN_SOAK = 150, 5_000
"""Bodies."""

NO_TLVS: Mapping[int, bytes] = MappingProxyType({})
OURS = Party(ton=1, npi=1, address="12025550100")
THEIRS = Party(ton=1, npi=1, address="12025550101")

ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
OCTET = st.integers(0, 255)
PARTIES = st.builds(Party, ton=OCTET, npi=OCTET, address=ASCII)
TLVS = st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=40), max_size=4)
SHORT_MESSAGES = st.builds(
    ShortMessage,
    service_type=st.text("ABC", max_size=5),
    origin=PARTIES,
    to=PARTIES,
    esm_class=OCTET,
    protocol_id=OCTET,
    validity_period=st.text("0123456789R", max_size=16),
    registered_delivery=OCTET,
    data_coding=OCTET,
    text=st.binary(max_size=254),
    tlvs=TLVS,
)
GSM_TEXTS = st.text(BASIC.replace("\x1b", "") + EXTENDED, max_size=500)
TEXTS = GSM_TEXTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
NUMBERINGS: tuple[Numbering, ...] = ("udh8", "udh16", "sar")
OPTIONS = Options.model_validate(
    {"host": "smsc.example", "system_id": "convo", "password": "secret08"}
)


def heard_of(said: ShortMessage, options: Options = OPTIONS) -> Heard:
    return heard(said, b"raw", channel="main", country="US", options=options, whose=lambda *_: "")


def deliver(
    text: str | bytes,
    coding: int = 0,
    esm_class: int = 0,
    tlvs: Mapping[int, bytes] = NO_TLVS,
) -> ShortMessage:
    octets = text if isinstance(text, bytes) else octets_of(text, coding, "gsm7")
    return ShortMessage(
        origin=THEIRS, to=OURS, text=octets, data_coding=coding, esm_class=esm_class, tlvs=tlvs
    )


# --- PDUs -----------------------------------------------------------------------------------------


@given(SHORT_MESSAGES, st.integers(1, 0x7FFF_FFFF))
def test_a_submit_sm_is_octet_for_octet_what_another_house_writes(
    said: ShortMessage, sequence: int
) -> None:
    theirs = smpp34.SubmitSm(
        said.origin.address,
        said.to.address,
        said.text,
        service_type=said.service_type,
        source_addr_ton=said.origin.ton,
        source_addr_npi=said.origin.npi,
        dest_addr_ton=said.to.ton,
        dest_addr_npi=said.to.npi,
        esm_class=said.esm_class,
        protocol_id=said.protocol_id,
        validity_period=said.validity_period,
        registered_delivery=said.registered_delivery,
        data_coding=said.data_coding,
        tlvs=[smpp34.Tlv(tag, value) for tag, value in said.tlvs.items()],
        sequence_number=sequence,
    ).encode()
    pdu = Pdu(command=SUBMIT_SM, sequence=sequence, body=short_message_body(said))
    assert encoded(pdu) == theirs


@given(SHORT_MESSAGES, st.integers(1, 0x7FFF_FFFF))
def test_a_deliver_sm_of_another_house_is_read_as_it_was_meant(
    said: ShortMessage, sequence: int
) -> None:
    theirs = smpp34.DeliverSm(
        said.origin.address,
        said.to.address,
        said.text,
        service_type=said.service_type,
        source_addr_ton=said.origin.ton,
        source_addr_npi=said.origin.npi,
        dest_addr_ton=said.to.ton,
        dest_addr_npi=said.to.npi,
        esm_class=said.esm_class,
        protocol_id=said.protocol_id,
        validity_period=said.validity_period,
        registered_delivery=said.registered_delivery,
        data_coding=said.data_coding,
        tlvs=[smpp34.Tlv(tag, value) for tag, value in said.tlvs.items()],
        sequence_number=sequence,
    ).encode()
    head, body = theirs[:HEADER], theirs[HEADER:]
    assert body_length(head) == len(body)
    pdu = decoded(head, body)
    assert (pdu.command, pdu.status, pdu.sequence) == (DELIVER_SM, 0, sequence)
    assert short_message(pdu.body) == said


@pytest.mark.soak
def test_no_nonsense_breaks_the_reader(soak: bool) -> None:
    """Cut, put together wrongly, or of any octets: it is read, passed over or refused."""

    @settings(max_examples=NONSENSE_IN_SOAK if soak else NONSENSE)
    @given(st.binary(max_size=300) | SHORT_MESSAGES.map(short_message_body), st.data())
    def read(body: bytes, data: st.DataObject) -> None:
        cut = data.draw(st.integers(0, len(body)))
        for spoilt in (body, body[:cut], body[cut:] + body[:cut]):
            try:
                said = short_message(spoilt)
            except WebhookRejected:
                continue
            found = heard_of(said)
            assert bool(found.event) + bool(found.reported) + bool(found.ignored) == 1
            assert fingerprint(said)

    read()


def test_a_length_that_no_pdu_has_is_refused() -> None:
    for length in (0, 15, 70_001, 0xFFFF_FFFF):
        with pytest.raises(WebhookRejected):
            body_length(length.to_bytes(4, "big") + bytes(12))


# --- alphabets and parts --------------------------------------------------------------------------


@given(TEXTS, st.sampled_from(("gsm7", "latin1", "ascii")), st.sampled_from(NUMBERINGS))
def test_a_text_is_the_same_behind_its_parts(
    text: str, alphabet: Alphabet, numbering: Numbering
) -> None:
    """Each part is read by itself, so no letter is cut in two, and none is longer than the air."""
    cut = pieces(text, 0xABCD, alphabet=alphabet, numbering=numbering)
    found: list[str] = []
    for number, piece in enumerate(cut, start=1):
        assert len(piece.text) <= 160
        said = ShortMessage(
            origin=OURS, to=THEIRS, esm_class=piece.esm_class, text=piece.text, tlvs=piece.tlvs
        )
        part, octets = read_part(said)
        if len(cut) > 1:
            ref = str(0xCD if numbering == "udh8" else 0xABCD)
            assert part == Part(ref=ref, number=number, count=len(cut))
            assert len(piece.text) <= (160 if piece.data_coding == 0 else 140)
        found.append(text_of(octets, piece.data_coding, alphabet) or "")
    if set(text[::2]) != {"@"}:  # which looks like UCS-2 marked wrongly
        assert "".join(found) == text


@given(TEXTS)
def test_a_text_is_cut_as_it_was_counted(text: str) -> None:
    cut = pieces(text, 1, alphabet="gsm7", numbering="udh8")
    assert len(cut) == parts_of(text).count


def test_a_whole_text_is_left_to_an_smsc_that_cuts_by_itself() -> None:
    (piece,) = pieces("长" * 300, 1, alphabet="gsm7", numbering="payload")
    assert (piece.text, piece.tlvs) == (b"", {0x0424: "长".encode("utf-16-be") * 300})
    assert heard_of(deliver(b"", 8, tlvs=piece.tlvs)).event


@given(st.text(max_size=70))
def test_only_what_the_smscs_alphabet_has_is_sent_in_it(text: str) -> None:
    alphabets: tuple[tuple[Alphabet, str], ...] = (("latin1", "latin-1"), ("ascii", "ascii"))
    for alphabet, codec in alphabets:
        coding = coding_of(text, alphabet)
        fits = gsm7_encodable(text) and text.encode(codec, "ignore").decode(codec) == text
        assert coding == (0 if fits else UCS2)


@pytest.mark.parametrize(
    ("octets", "coding", "text"),
    [
        (b"caf\x05 \x1b\x65 \x00", 0, "café € @"),
        (b"\x1b\x0d", 0, "\r"),
        ("谢谢".encode("utf-16-be"), 0, "谢谢"),  # marked wrongly
        ("Hi!".encode("utf-16-be"), 0, "Hi!"),
        (b"\xe9t\xe9", 3, "été"),
        ("да".encode("iso8859-5"), 6, "да"),
        ("😀".encode("utf-16-be"), 8, "😀"),
        ("好".encode("utf-16-be"), 0x18, "好"),
        (b"\x01\x02", 0xF1, "£$"),
        (b"\x01\x02", 0xF5, None),
        (b"\x01\x02", 4, None),
    ],
)
def test_every_data_coding_is_read(octets: bytes, coding: int, text: str | None) -> None:
    assert text_of(octets, coding, "gsm7") == text


def test_a_broken_header_is_a_strange_text_and_no_lost_one() -> None:
    for header in (b"\x05\x00\x03\x01\x02\x03", b"\x05\x00\x03\x01\x02\x00", b"\x02\x00\x03", b""):
        event = heard_of(deliver(header + b"Hello", esm_class=0x40)).event
        assert event is not None
        assert event.part is None
        assert event.text.endswith("Hello"[-1])


# --- who writes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ton", "address", "number"),
    [
        (1, "12025550101", "+12025550101"),
        (0, "8613800138000", "+8613800138000"),
        (1, "+12025550101", "+12025550101"),
        (2, "2025550101", "+12025550101"),
    ],
)
def test_every_way_to_write_a_number_is_read(ton: int, address: str, number: str) -> None:
    assert number_of(Party(ton=ton, address=address), "US").e164 == number


@pytest.mark.parametrize(("ton", "address"), [(5, "12025550101"), (5, "SALON"), (3, "384387")])
def test_who_cannot_be_answered_is_passed_over_with_a_reason(ton: int, address: str) -> None:
    said = ShortMessage(origin=Party(ton=ton, address=address), to=OURS, text=b"Hello")
    found = heard_of(said)
    assert (found.event, found.reported) == (None, ())
    assert found.ignored
    assert address not in found.ignored


# --- receipts -------------------------------------------------------------------------------------


def told(found: Heard) -> tuple[str, str, str]:
    (arrival,) = found.reported
    assert isinstance(arrival.event, Report)
    return arrival.event.provider_id, arrival.event.status, arrival.event.code


RECEIPT = "id:{id} sub:001 dlvrd:001 submit date:{date} done date:{date} stat:{stat} err:{err} "


@pytest.mark.parametrize(
    ("stat", "status"),
    [
        ("DELIVRD", "delivered"),
        ("EXPIRED", "undelivered"),
        ("DELETED", "undelivered"),
        ("UNDELIV", "undelivered"),
        ("ACCEPTD", "sent"),
        ("ENROUTE", "sent"),
        ("UNKNOWN", "sent"),
        ("REJECTD", "failed"),
    ],
)
def test_every_status_of_a_receipt_is_told(stat: str, status: str) -> None:
    for date in ("2611220408", "221122040855", "20261122040855"):
        words = RECEIPT.format(id="1A2B1", date=date, stat=stat, err="000") + "text:Hello"
        assert told(heard_of(deliver(words, esm_class=4))) == ("1a2b1", status, "")


def test_a_receipt_is_read_in_any_order_and_case_and_its_text_is_not() -> None:
    words = "STAT:undeliv ERR:5E7 done date:2611220408 Id:0007 text:id:9 stat:DELIVRD err:1"
    assert told(heard_of(deliver(words, esm_class=4))) == ("7", "undelivered", "5E7")


def test_what_stands_beside_the_text_of_a_receipt_counts_more() -> None:
    beside = {0x001E: b"0E999F\0", 0x0427: b"\x05", 0x0423: b"\x03\x01\x41"}
    for words in ("", RECEIPT.format(id="1", date="", stat="DELIVRD", err="000")):
        found = heard_of(deliver(words, esm_class=4, tlvs=beside))
        assert told(found)[:2] == ("e999f", "undelivered")
    assert told(heard_of(deliver("", esm_class=4, tlvs=beside)))[2] == "321"


def test_a_receipt_without_a_mark_is_one_only_where_the_settings_say_so() -> None:
    words = RECEIPT.format(id="1", date="2611220408", stat="DELIVRD", err="000")
    assert heard_of(deliver(words)).event is not None
    plain = OPTIONS.model_copy(update={"plain_receipts": True})
    assert told(heard_of(deliver(words), plain)) == ("1", "delivered", "")
    assert heard_of(deliver("id: my passport is lost"), plain).event is not None


@pytest.mark.parametrize("words", ["", "id:1 stat:TELEPORTED", "stat:DELIVRD", "Hello"])
def test_a_receipt_that_says_nothing_is_passed_over(words: str) -> None:
    found = heard_of(deliver(words, esm_class=4))
    assert (found.event, found.reported) == (None, ())
    assert found.ignored


def test_reports_differ_by_id_status_and_error() -> None:
    variants = [("1", "DELIVRD", "000"), ("2", "DELIVRD", "000"), ("1", "UNDELIV", "000")]
    keys = {
        heard_of(deliver(RECEIPT.format(id=id, date="", stat=stat, err=err), esm_class=4))
        .reported[0]
        .dedupe
        for id, stat, err in (*variants, ("1", "UNDELIV", "001"))
    }
    assert len(keys) == 4


def test_an_error_that_says_they_are_opted_out_is_an_opt_out() -> None:
    options = OPTIONS.model_copy(update={"opted_out": ("204",)})
    words = RECEIPT.format(id="1", date="", stat="UNDELIV", err="204")
    report, gone = heard_of(deliver(words, esm_class=4), options).reported
    assert (type(report.event).__name__, type(gone.event).__name__) == (
        "Report",
        "OptedOutElsewhere",
    )


@given(st.integers(1, 2**64))
def test_an_id_is_one_however_it_is_written(number: int) -> None:
    assert canonical(f"{number:X}") == canonical(f"{number:024x}")
    assert canonical(as_in_receipts(f"{number:X}", "hex_to_dec")) == canonical(f"{number:020d}")
    assert canonical(as_in_receipts(f"{number}", "dec_to_hex")) == canonical(f"0{number:X}")
    assert as_in_receipts("no number", "hex_to_dec") == "no number"


# --- what a status means --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0x58, RateLimited),
        (0x14, RateLimited),
        (0x0B, Invalid),
        (0x0A, ConfigError),
        (0x08, Unavailable),
        (0x45, Unavailable),
        (0x0401, Unavailable),
        (0x0402, OptedOut),
    ],
)
def test_every_refusal_has_its_outcome(status: int, kind: type[SendError]) -> None:
    assert type(failure(status, {0x0402: "opted_out"})) is kind


# --- repeats --------------------------------------------------------------------------------------


def test_the_same_words_are_another_text_and_only_what_is_expected_is_known() -> None:
    repeats = Repeats("main")
    first, second = repeats.key("like", 0), repeats.key("like", 0)
    assert first != second
    repeats.expect("like", first, until=10)
    repeats.expect("like", second, until=10)
    assert [repeats.key("like", 5) for _ in range(2)] == [first, second]
    assert repeats.key("like", 5) not in (first, second)
    repeats.expect("like", first, until=10)
    assert repeats.key("like", 10) != first


def test_a_text_and_its_repetition_look_alike_and_parts_do_not() -> None:
    one, two = (deliver(bytes((5, 0, 3, 7, 2, n)) + b"x", esm_class=0x40) for n in (1, 2))
    assert fingerprint(one) == fingerprint(one) != fingerprint(two)
    assert isinstance(heard_of(one).event, Inbound)
