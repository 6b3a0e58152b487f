"""How a store writes events and errands: JSON arrays with the schema number in front.

An event's id, its time and whether it `acted` are given by the store and kept beside the array,
so that it can be encoded before they are known.
"""

from typing import Any

import msgspec

from convo.core.codec import UnknownSchema, known
from convo.core.effects import Errand
from convo.core.events import (
    Answered,
    Confirmed,
    ConsentBrought,
    Due,
    Event,
    HandedBack,
    HandedOn,
    Inbound,
    MergeAsked,
    Moved,
    OptedOutElsewhere,
    Part,
    Recalled,
    Report,
    Requested,
)
from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall

SCHEMA = 1

#: What happens to a contact by other ways than texts.
BesideTexts = ConsentBrought | Confirmed | MergeAsked | HandedOn | Recalled | Moved

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def event_id(at: int, entry: int) -> str:
    """The id of the event that was kept as `entry` at `at`: two clocks' worth of uniqueness."""
    return f"{at:x}-{entry:x}"


def entry_in(event: str) -> int | None:
    """The entry in an event's id; None in that of a timer."""
    return None if "#" in event else int(event.rpartition("-")[2], 16)


def timer_id(name: str, generation: int) -> str:
    """The id of a timer's event: the same however often it is read."""
    return f"{name}#{generation}"


def encode(event: Event | Report) -> bytes:
    """The array of `event`, without what the store gives it."""
    return _encode(_row(event))


def decode(body: bytes, *, id: str, at: int, acted: bool = False) -> Event:
    """The event that `encode` wrote, with what the store gave it."""
    row = known(_decode(body), SCHEMA, "An event")
    contact = PhoneNumber(row[2])
    match row[1]:
        case "inbound":
            _, _, _, channel, text, law, provider_id, media, *part = row
            return Inbound(
                id=id,
                at=at,
                channel=channel,
                contact=contact,
                text=text,
                law=law,
                acted=acted,
                provider_id=provider_id,
                media=tuple(media),
                part=Part(ref=part[0], number=part[1], count=part[2]) if part else None,
            )
        case "due":
            return Due(id=id, at=at, contact=contact, name=row[3], generation=row[4])
        case "answered":
            _, _, _, errand, kind, channel, value, failure = row
            return Answered(
                id=id,
                at=at,
                contact=contact,
                errand=errand,
                kind=kind,
                channel=channel,
                value=value,
                failure=failure,
            )
        case "requested":
            _, _, _, channel, flow, event, answers, *key = row
            return Requested(
                id=id,
                at=at,
                contact=contact,
                channel=channel,
                flow=flow,
                event=event,
                answers=answers,
                key=key[0] if key else "",
            )
        case "handed_back":
            return HandedBack(id=id, at=at, contact=contact, session=row[3])
        case "opted_out":
            channel, source, *programme = row[3:]
            return OptedOutElsewhere(
                id=id,
                at=at,
                contact=contact,
                channel=channel,
                source=source,
                programme=programme[0] if programme else "",
            )
        case "consent_brought" | "confirmed" | "merge_asked" | "handed_on" | "recalled" | "moved":
            return _beside_texts(row, id=id, at=at, contact=contact)
        case word:
            raise UnknownSchema(f"An event of the kind {word!r} is not known to this Convo.")


def _beside_texts(row: list[Any], *, id: str, at: int, contact: PhoneNumber) -> BesideTexts:
    match row[1]:
        case "consent_brought":
            _, _, _, programme, given_at, source, evidence, shown = row
            return ConsentBrought(
                id=id,
                at=at,
                contact=contact,
                programme=programme,
                given_at=given_at,
                source=source,
                evidence=evidence,
                shown=shown,
            )
        case "confirmed":
            _, _, _, channel, programme, link, shown = row
            return Confirmed(
                id=id,
                at=at,
                contact=contact,
                channel=channel,
                programme=programme,
                link=link,
                shown=shown,
            )
        case "merge_asked":
            return MergeAsked(id=id, at=at, contact=contact, into=PhoneNumber(row[3]))
        case "handed_on":
            return HandedOn(id=id, at=at, contact=contact, of=PhoneNumber(row[3]), kept=row[4])
        case "moved":
            return Moved(id=id, at=at, contact=contact, channel=row[3], by=row[4])
        case _:
            _, _, _, flow, version, request, by = row
            return Recalled(
                id=id,
                at=at,
                contact=contact,
                recall=Recall(flow=flow, version=version, request=request, contact=contact, by=by),
            )


def encode_report(report: Report) -> bytes:
    """A report that waits for its message; its channel and provider id are kept beside it."""
    return _encode([SCHEMA, "report", report.status, report.code])


def decode_report(body: bytes, *, channel: str, provider_id: str) -> Report:
    """The report that `encode_report` wrote."""
    row = known(_decode(body), SCHEMA, "A report")
    return Report(channel=channel, provider_id=provider_id, status=row[2], code=row[3])


def encode_errand(errand: Errand) -> bytes:
    """The array of `errand`, its id included."""
    return _encode(
        [
            SCHEMA,
            errand.id,
            errand.kind,
            errand.channel,
            errand.name,
            errand.arguments,
            errand.key,
            errand.within,
        ]
    )


def decode_errand(body: bytes) -> Errand:
    """The errand that `encode_errand` wrote."""
    _, id, kind, channel, name, arguments, key, within = known(_decode(body), SCHEMA, "An errand")
    return Errand(
        id=id,
        kind=kind,
        channel=channel,
        name=name,
        arguments=arguments,
        key=key,
        within=within,
    )


def _row(event: Event | Report) -> list[Any]:
    match event:
        case Inbound():
            return [
                SCHEMA,
                "inbound",
                event.contact.e164,
                event.channel,
                event.text,
                event.law,
                event.provider_id,
                event.media,
                # Behind its end, and only where there is one: an older Convo reads the others.
                *((event.part.ref, event.part.number, event.part.count) if event.part else ()),
            ]
        case Due():
            return [SCHEMA, "due", event.contact.e164, event.name, event.generation]
        case Answered():
            return [
                SCHEMA,
                "answered",
                event.contact.e164,
                event.errand,
                event.kind,
                event.channel,
                event.value,
                event.failure,
            ]
        case Requested():
            return [
                SCHEMA,
                "requested",
                event.contact.e164,
                event.channel,
                event.flow,
                event.event,
                event.answers,
                *((event.key,) if event.key else ()),
            ]
        case HandedBack():
            return [SCHEMA, "handed_back", event.contact.e164, event.session]
        case OptedOutElsewhere():
            return [
                SCHEMA,
                "opted_out",
                event.contact.e164,
                event.channel,
                event.source,
                event.programme,
            ]
        case ConsentBrought() | Confirmed() | MergeAsked() | HandedOn() | Recalled() | Moved():
            return _row_beside_texts(event)
        case Report():
            return [SCHEMA, "report", event.status, event.code]


def _row_beside_texts(event: BesideTexts) -> list[Any]:
    match event:
        case ConsentBrought():
            return [
                SCHEMA,
                "consent_brought",
                event.contact.e164,
                event.programme,
                event.given_at,
                event.source,
                event.evidence,
                event.shown,
            ]
        case Confirmed():
            return [
                SCHEMA,
                "confirmed",
                event.contact.e164,
                event.channel,
                event.programme,
                event.link,
                event.shown,
            ]
        case MergeAsked():
            return [SCHEMA, "merge_asked", event.contact.e164, event.into.e164]
        case HandedOn():
            return [SCHEMA, "handed_on", event.contact.e164, event.of.e164, event.kept]
        case Recalled(recall=recall):
            meant = recall.flow, recall.version, recall.request, recall.by
            return [SCHEMA, "recalled", event.contact.e164, *meant]
        case Moved():
            return [SCHEMA, "moved", event.contact.e164, event.channel, event.by]
