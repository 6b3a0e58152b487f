"""What every provider must do alike; the sample sheets say how each says it on its wire."""

import json
import math
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from convo.core.events import STATUS_RANK, Inbound, OptedOutElsewhere, Report
from convo.core.turns import Outbound
from convo.errors import (
    BadSignature,
    RateLimited,
    SendError,
    SendUncertain,
    Unavailable,
    WebhookRejected,
)
from convo.fakes import FAKES, Answer, Fake, Said, Taken, Webhook
from convo.ports import Arrival, Provider, RawRequest
from convo.ports.doubts import CanLookUp
from convo.ports.lines import keeps_a_line
from convo.providers.http import HttpClient
from convo.settings.channels import carries_media
from convo.wiring import PROVIDERS
from tests.fakes.http_server import FakeServer, Mode
from tests.fakes.outbound import OURS, message
from tests.providers.sheets import Hears, Sends, Sheet, sheets_of

NOW = 1_795_341_600
URL = "https://sms.example.org/in/main"
CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
OUT_ID = "0123"
MEDIA = ("https://salon.example/a.jpg?x=1&y=2", "https://salon.example/%C3%A9.jpg")
TEXT = "Oui, ça va ☺ & 1+1=2 %41"
AWAY = "http://127.0.0.1:9"

NONSENSE, NONSENSE_IN_SOAK = 150, 5_000
"""Bodies per parser."""

SHEETS = {name: sheet for each in PROVIDERS for name, sheet in sheets_of(each).items()}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One provider with a pretended company behind it."""

    sheet: Sheet
    options: BaseModel
    provider: Provider
    fake: Any

    @property
    def hears(self) -> Hears:
        assert self.sheet.hears
        return self.sheet.hears

    @property
    def sends(self) -> Sends:
        assert self.sheet.sends
        return self.sheet.sends

    def text(self, text: str = TEXT, *, sender: str = "", sms: str = "7", **more: Any) -> Any:
        contact = sender or self.sheet.contact
        said = Said(sender=contact, to=OURS, text=text, id=sms, **more)
        return raw(cast(Fake, self.fake).inbound(said, URL))

    def report(self, status: str, code: str = "") -> RawRequest:
        return raw(cast(Fake, self.fake).report(self.taken, status, code))

    @property
    def taken(self) -> Taken:
        contact = self.sheet.contact
        return Taken(id=TAKEN_ID, to=contact, origin=OURS, text="Hello", callback=CALLBACK)

    def message(self, text: str = "See you at 10:30.", media: tuple[str, ...] = ()) -> Outbound:
        return message(text, to=self.sheet.contact, media=media)


TAKEN_ID = "11"


def line(
    name: str,
    http: HttpClient | None = None,
    fake: Any = None,
    url: str = AWAY,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Line:
    sheet = SHEETS[name]
    provider = sheet.provider or name
    brand = PROVIDERS[provider]
    company = fake or (sheet.fake(lambda: NOW) if sheet.fake else None)
    told = sheet.settings if company is None else company.settings(url)
    options = brand.options.model_validate({**told, **more})
    adapter = brand.connect(
        sheet.channel(provider, options),
        options,
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )
    return Line(sheet=sheet, options=options, provider=adapter, fake=company)


def raw(webhook: Webhook) -> RawRequest:
    return RawRequest(
        method=webhook.method,
        url=webhook.url,
        query=urlsplit(webhook.url).query.encode(),
        headers=webhook.headers,
        body=webhook.body,
    )


@asynccontextmanager
async def standing(
    name: str, *, read: float = 30.0, more: Mapping[str, Any] = MappingProxyType({})
) -> AsyncGenerator[tuple[Line, FakeServer]]:
    """The provider with its company at work on this machine."""
    sheet = SHEETS[name]
    assert sheet.fake
    fake = sheet.fake(lambda: NOW)
    async with FakeServer(fake.answer) as server:
        http = HttpClient(read=read)
        yield line(name, http, fake, server.url, more), server
        await http.close()


def inbound(arrivals: Sequence[Arrival]) -> list[Inbound]:
    return [arrival.event for arrival in arrivals if isinstance(arrival.event, Inbound)]


def heard(has: Callable[[Hears], object] = bool) -> pytest.MarkDecorator:
    """Every provider that is heard, and whose sheet has that."""
    hears = {name: sheet.hears for name, sheet in SHEETS.items() if sheet.hears}
    return pytest.mark.parametrize("name", [name for name, sheet in hears.items() if has(sheet)])


def sent(has: Callable[[Sends], object] = bool) -> pytest.MarkDecorator:
    """Every provider that is sent to by HTTP, and whose sheet has that."""
    sends = {name: sheet.sends for name, sheet in SHEETS.items() if sheet.sends}
    return pytest.mark.parametrize("name", [name for name, sheet in sends.items() if has(sheet)])


def able(flag: str) -> pytest.MarkDecorator:
    """Every provider that says of itself that it can."""
    names = [name for name in SHEETS if getattr(line(name).provider, flag, False)]
    return pytest.mark.parametrize("name", names)


# --- sheets --------------------------------------------------------------------------------------


def test_whoever_is_sent_to_by_http_can_be_pretended() -> None:
    sends = {sheet.provider or name for name, sheet in SHEETS.items() if sheet.sends}
    assert set(FAKES) == sends
    assert all(SHEETS[name].fake is fake for name, fake in FAKES.items())


def test_a_provider_without_a_sample_sheet_fails() -> None:
    with pytest.raises(AssertionError, match="carrier_pigeon has no sample sheet"):
        sheets_of("carrier_pigeon")


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_sheet_leaves_out_the_provider_has_not(name: str) -> None:
    """Nothing comes in: it says so. Pictures, reports and signatures: as its sheet says."""
    stands = line(name)
    heard_at_all = stands.sheet.hears is not None or stands.sheet.by_line
    assert getattr(stands.options, "hears", True) is heard_at_all
    assert keeps_a_line(stands.provider) is stands.sheet.by_line
    if stands.sheet.sends:
        assert carries_media(stands.options) is stands.sends.media
    if stands.sheet.hears is None:
        for read in (stands.provider.receive, lambda r: stands.provider.report(r, OUT_ID)):
            with pytest.raises(WebhookRejected):
                read(raw(Webhook(url=URL, body=b"x")))
    else:
        assert stands.provider.unsigned is (stands.hears.signed is None)


@pytest.mark.parametrize("name", SHEETS)
def test_no_secret_and_no_number_is_in_a_repr(name: str) -> None:
    stands = line(name)
    shown = f"{stands.options!r} {stands.options} {stands.provider!r}"
    assert not [secret for secret in stands.sheet.secrets if secret in shown]


# --- texts ---------------------------------------------------------------------------------------


@heard()
def test_a_text_becomes_an_event(name: str) -> None:
    stands = line(name)
    request = stands.text()
    parsed = stands.provider.receive(request)
    (arrival,) = parsed.arrivals
    event = arrival.event
    assert isinstance(event, Inbound)
    assert (event.channel, event.contact.e164, event.text) == ("main", stands.sheet.contact, TEXT)
    assert event.provider_id == ("7" if stands.hears.named else "")
    assert (event.media, event.law, event.part) == ((), None, None)
    assert arrival.raw == request.brought
    assert parsed.answer == stands.hears.answer


@heard()
def test_a_text_that_comes_again_has_the_same_key_and_the_same_words_another(name: str) -> None:
    stands = line(name)

    def key(sms: str) -> str:
        return stands.provider.receive(stands.text("1", sms=sms)).arrivals[0].dedupe

    assert key("7") == key("7") != key("8")
    assert key("7").startswith("in:main:")
    if stands.hears.id_alone:
        assert key("7") == "in:main:7"


@heard(lambda hears: hears.several)
def test_a_broken_event_spoils_no_other_of_its_request(name: str) -> None:
    stands = line(name)
    assert stands.hears.several
    contact = stands.sheet.contact
    said = tuple(Said(sender=contact, to=OURS, text=text, id=text) for text in ("one", "two"))
    parsed = stands.provider.receive(raw(stands.hears.several(stands.fake, said)))
    assert [event.text for event in inbound(parsed.arrivals)] == ["one", "two"]
    assert len(parsed.ignored) == 1
    assert len({arrival.dedupe for arrival in parsed.arrivals}) == 2
    assert parsed.answer == stands.hears.answer


@heard()
def test_every_way_to_write_a_number_is_the_same_number(name: str) -> None:
    stands = line(name)
    for written, number in stands.hears.senders.items():
        (event,) = inbound(stands.provider.receive(stands.text(sender=written)).arrivals)
        assert event.contact.e164 == number


@heard()
def test_who_cannot_be_answered_is_passed_over_with_a_reason(name: str) -> None:
    stands = line(name)
    for nobody in stands.hears.nobodies:
        parsed = stands.provider.receive(stands.text(sender=nobody))
        assert parsed.arrivals == ()
        (reason,) = parsed.ignored
        assert nobody not in reason
        assert parsed.answer == stands.hears.answer


@heard()
def test_the_longest_text_and_an_empty_one_are_texts(name: str) -> None:
    stands = line(name)
    longest = ("é" * stands.hears.longest)[: stands.hears.longest]
    for text in (longest, " ", *([""] if stands.hears.empty else [])):
        (event,) = inbound(stands.provider.receive(stands.text(text)).arrivals)
        assert event.text == text


@heard(lambda hears: hears.media)
def test_pictures_come_with_their_addresses_and_without_a_text(name: str) -> None:
    stands = line(name)
    (event,) = inbound(stands.provider.receive(stands.text("", media=MEDIA)).arrivals)
    assert (event.text, event.media) == ("", MEDIA)


@heard(lambda hears: hears.stop)
def test_a_stop_that_the_company_knows_of_is_heard(name: str) -> None:
    stands = line(name)
    assert stands.hears.stop
    (arrival,) = stands.provider.receive(raw(stands.hears.stop(stands.fake))).arrivals
    event = arrival.event
    if isinstance(event, Inbound):
        assert event.law == "stop"
    else:
        assert isinstance(event, OptedOutElsewhere)
    assert event.contact.e164 == stands.sheet.contact


@heard(lambda hears: hears.part)
def test_a_part_of_a_text_says_which_it_is(name: str) -> None:
    stands = line(name)
    assert stands.hears.part
    keys: set[str] = set()
    for number in (1, 2):
        request = raw(stands.hears.part(stands.fake, f"part {number}", number, 2))
        (arrival,) = stands.provider.receive(request).arrivals
        event = arrival.event
        assert isinstance(event, Inbound)
        assert event.part is not None
        assert (event.part.number, event.part.count, event.text) == (number, 2, f"part {number}")
        keys.add(arrival.dedupe)
    assert len(keys) == 2


# --- signatures ----------------------------------------------------------------------------------


def flipped(request: RawRequest) -> Iterator[RawRequest]:
    """The request with one bit changed: in turn each byte of what is posted, or of the query."""
    for place in range(len(request.body)):
        body = bytearray(request.body)
        body[place] ^= 1
        yield replace(request, body=bytes(body))
    url, _, query = request.url.partition("?")
    for place, letter in enumerate(query):
        changed = f"{query[:place]}{chr(ord(letter) ^ 1)}{query[place + 1 :]}"
        yield replace(request, url=f"{url}?{changed}", query=changed.encode())


@heard(lambda hears: hears.signed)
def test_a_request_without_its_proof_is_refused(name: str) -> None:
    stands = line(name)
    (shorn, report) = (
        stands.hears.shorn(request) for request in (stands.text(), stands.report(""))
    )
    with pytest.raises(BadSignature):
        stands.provider.receive(shorn)
    with pytest.raises(BadSignature):
        stands.provider.report(report, OUT_ID)


@heard(lambda hears: hears.signed and hears.covers)
def test_a_request_with_one_bit_changed_is_refused(name: str) -> None:
    stands = line(name)
    request = stands.text("1")
    assert stands.provider.receive(request).arrivals
    for forged in flipped(request):
        with pytest.raises(BadSignature):
            stands.provider.receive(forged)
        with pytest.raises(BadSignature):
            stands.provider.report(forged, OUT_ID)


@heard(lambda hears: hears.stale)
def test_a_signature_of_long_ago_is_refused(name: str) -> None:
    stands = line(name)
    assert stands.hears.stale
    said = Said(sender=stands.sheet.contact, to=OURS, text="1", id="7")
    fresh = cast(Fake, stands.fake).inbound(said, URL)
    stale = raw(stands.hears.stale(stands.fake, fresh))
    with pytest.raises(BadSignature):
        stands.provider.receive(stale)


# --- reports -------------------------------------------------------------------------------------


@heard()
def test_every_status_is_told_of_our_message_before_its_id_is_known(name: str) -> None:
    """The URL names the message, so a report may overtake the answer to its send."""
    stands = line(name)
    for word, status in stands.hears.statuses.items():
        parsed = stands.provider.report(stands.report(word), OUT_ID)
        (arrival,) = parsed.arrivals
        event = arrival.event
        assert isinstance(event, Report)
        assert (event.outbound, event.provider_id) == (OUT_ID, TAKEN_ID)
        failed = status in ("failed", "undelivered")
        told = word if failed and stands.hears.words_are_codes else ""
        assert (event.status, event.code) == (status, told)


@heard()
def test_reports_differ_by_status_and_code_so_that_a_rank_can_order_them(name: str) -> None:
    stands = line(name)
    words = [w for w, status in stands.hears.statuses.items() if STATUS_RANK[status]]

    def key(word: str, code: str = "") -> str:
        return stands.provider.report(stands.report(word, code), OUT_ID).arrivals[0].dedupe

    keys = [key(word) for word in words]
    assert len(set(keys)) == len(words)
    assert keys == [key(word) for word in words]


@heard(lambda hears: hears.statuses)
def test_a_status_that_nobody_knows_is_answered_and_passed_over(name: str) -> None:
    stands = line(name)
    parsed = stands.provider.report(stands.report("teleported"), OUT_ID)
    assert parsed.arrivals == ()
    assert len(parsed.ignored) == 1
    assert parsed.answer == stands.hears.answer


@heard(lambda hears: hears.opted_out)
def test_a_report_that_says_they_are_opted_out_is_an_opt_out(name: str) -> None:
    stands = line(name)
    assert stands.hears.opted_out
    report, gone = stands.provider.report(stands.report(*stands.hears.opted_out), OUT_ID).arrivals
    assert isinstance(report.event, Report)
    assert report.event.code == stands.hears.opted_out[1]
    assert isinstance(gone.event, OptedOutElsewhere)
    assert (gone.event.contact.e164, gone.event.channel) == (stands.sheet.contact, "main")
    assert gone.dedupe not in ("", report.dedupe)


# --- nonsense ------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def _spoilt(document: Any, data: st.DataObject) -> Any:
    """A document with one thing in it, however deep, made something else."""
    if isinstance(document, dict | list) and document and data.draw(st.integers(0, 4)):
        keys = list(document) if isinstance(document, dict) else range(len(document))
        key = data.draw(st.sampled_from(keys))
        inner = _spoilt(document[key], data)
        if isinstance(document, dict):
            return document | {key: inner}
        return [inner if n == key else each for n, each in enumerate(document)]
    return data.draw(JSON)


def _nonsense(webhook: Webhook, data: st.DataObject) -> Webhook:
    """A good request spoilt: its JSON, its bytes, its query or its headers."""
    body, (url, _, query) = webhook.body, webhook.url.partition("?")
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if document is not None and data.draw(st.booleans()):
        body = json.dumps(_spoilt(document, data)).encode()
    elif body:
        cut = data.draw(st.integers(0, len(body)))
        body = data.draw(
            st.sampled_from((body[:cut] + data.draw(st.binary(max_size=9)), body[cut:]))
        )
    if query and data.draw(st.booleans()):
        cut = data.draw(st.integers(0, len(query)))
        more = data.draw(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=9))
        query = query[:cut] + more + query[cut + len(more) :]
    return replace(webhook, url=f"{url}?{query}" if query else url, body=body)


@heard()
@pytest.mark.soak
def test_no_nonsense_breaks_a_parser(name: str, soak: bool) -> None:
    """It is taken, passed over or refused, and never anything else; signed, so that it is read."""
    stands = line(name)

    @settings(max_examples=NONSENSE_IN_SOAK if soak else NONSENSE)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        fake = cast(Fake, stands.fake)
        said = Said(sender=stands.sheet.contact, to=OURS, text="1", id="7")
        word = next(iter(stands.hears.statuses), "")
        good = data.draw(
            st.sampled_from((fake.inbound(said, URL), fake.report(stands.taken, word)))
        )
        bad = _nonsense(good, data)
        if stands.hears.signed is not None:
            bad = stands.hears.signed(fake, bad)
        for reader in (stands.provider.receive, lambda r: stands.provider.report(r, OUT_ID)):
            try:
                parsed = reader(raw(bad))
            except WebhookRejected:
                continue
            assert parsed.answer == stands.hears.answer

    read()


# --- sending -------------------------------------------------------------------------------------


@sent()
@pytest.mark.anyio
async def test_the_company_takes_what_is_sent_as_it_was_written(name: str) -> None:
    async with standing(name) as (stands, server):
        texts = ("Ça + & = ☺\n2", "x", "a" * stands.sends.longest)
        for text in texts:
            out = replace(stands.message(text), id=f"{len(server.asked):032x}")
            told = await stands.provider.send(out, CALLBACK, math.inf)
            taken = cast(Fake, stands.fake).taken[-1]
            assert (taken.to, taken.text, taken.media) == (stands.sheet.contact, text, ())
            assert taken.origin == stands.sends.origin
            assert told.provider_ids[:1] == ((taken.id,) if stands.sends.tells_id else ())
            if stands.sends.callback:
                assert taken.callback.startswith(CALLBACK)
        assert len(server.asked) == len(texts)


@sent(lambda sends: sends.media)
@pytest.mark.anyio
async def test_pictures_leave_with_their_addresses(name: str) -> None:
    async with standing(name) as (stands, _):
        await stands.provider.send(stands.message("Look:", media=MEDIA), CALLBACK, math.inf)
        (taken,) = stands.fake.taken
        assert (taken.text, taken.media) == ("Look:", MEDIA)


@sent()
@pytest.mark.anyio
async def test_the_report_of_what_was_taken_finds_its_message(name: str) -> None:
    async with standing(name) as (stands, _):
        await stands.provider.send(stands.message(), CALLBACK, math.inf)
        fake = cast(Fake, stands.fake)
        word = next(iter(stands.hears.statuses))
        where = CALLBACK if stands.sends.callback else URL
        request = raw(fake.report(fake.taken[0], word, url="" if stands.sends.callback else URL))
        assert request.url.startswith(where)
        (arrival,) = stands.provider.report(request, OUT_ID).arrivals
        assert isinstance(arrival.event, Report)
        assert arrival.event.provider_id == fake.taken[0].id


@sent()
@pytest.mark.anyio
async def test_every_refusal_has_its_outcome_and_tells_no_number(name: str) -> None:
    async with standing(name) as (stands, _):
        for answer, kind in stands.sends.refusals:
            stands.fake.refusal = answer
            with pytest.raises(SendError) as told:
                await stands.provider.send(stands.message(), CALLBACK, math.inf)
            assert type(told.value) is kind, answer
            contact = stands.sheet.contact
            for secret in (contact, contact[1:], *stands.sheet.secrets):
                assert secret not in str(told.value)


@sent()
@pytest.mark.anyio
@pytest.mark.parametrize("wait", [None, 7.0])
async def test_too_fast_is_told_with_the_wait_and_without(name: str, wait: float | None) -> None:
    async with standing(name) as (stands, _):
        headers = {} if wait is None else {"Retry-After": f"{wait:g}"}
        stands.fake.refusal = stands.sends.limited(headers)
        with pytest.raises(RateLimited) as told:
            await stands.provider.send(stands.message(), CALLBACK, math.inf)
        assert told.value.retry_after == wait


@sent()
@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["delay", "broken", "reset", "half"])
async def test_what_was_taken_without_a_good_answer_is_uncertain(name: str, mode: Mode) -> None:
    async with standing(name, read=0.2) as (stands, server):
        server.mode = mode
        with pytest.raises(SendUncertain):
            await stands.provider.send(stands.message(), CALLBACK, math.inf)
        assert len(stands.fake.taken) == 1


@sent()
@pytest.mark.anyio
async def test_a_company_that_is_away_has_surely_not_taken_it(name: str) -> None:
    async with standing(name) as (_, server):
        url = server.url
    stands = line(name, url=url)
    with pytest.raises(Unavailable):
        await stands.provider.send(stands.message(), CALLBACK, math.inf)


@sent()
@pytest.mark.anyio
async def test_an_answer_that_is_nonsense_is_never_taken_for_a_refusal(name: str) -> None:
    for body in (b"", b"oops", b"[]", b'{"data": 7}', b"\xff"):
        async with standing(name) as (stands, _):
            stands.fake.refusal = Answer(status=200, body=body)
            try:
                told = await stands.provider.send(stands.message(), CALLBACK, math.inf)
            except SendUncertain:
                continue  # of companies whose 200 may hold a refusal
            assert told.provider_ids == ()


# --- doubts --------------------------------------------------------------------------------------


@able("idempotent")
@pytest.mark.anyio
async def test_who_sends_once_has_one_message_however_often_it_is_repeated(name: str) -> None:
    async with standing(name) as (stands, server):
        first = await stands.provider.send(stands.message(), CALLBACK, math.inf)
        assert await stands.provider.send(stands.message(), CALLBACK, math.inf) == first
        assert len(stands.fake.taken) == 1
        assert len(server.asked) == 2


@able("looks_up")
@pytest.mark.anyio
async def test_who_looks_up_finds_what_was_taken_and_misses_what_was_not(name: str) -> None:
    async with standing(name) as (stands, server):
        provider, out, since = cast(CanLookUp, stands.provider), stands.message(), NOW * 1_000
        assert (await provider.look_up(out, since)).found == stands.sends.missing
        server.mode = "broken"
        with pytest.raises(SendUncertain):
            await stands.provider.send(out, CALLBACK, math.inf)
        assert (await provider.look_up(out, since)).found == "unknown"
        server.mode = "ok"
        found = await provider.look_up(out, since)
        told = stands.sends.found_by_id
        assert found.provider_ids == ((stands.fake.taken[0].id,) if told else ())
        assert found.found in ("sent", "alike")  # by an id of ours, or by its words
