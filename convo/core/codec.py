"""How a contact's record is written: a JSON array with its schema number in front.

A row grows at its end only: one that was written before lacks its last entries, and they are
read as the defaults of the `_..._GREW` tables below. So a newer Convo reads every schema below
its own and writes the newest; a record of a newer schema is refused, never guessed at.
"""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from convo.core.contacts import (
    Asked,
    AskedBack,
    Beside,
    Closed,
    Consent,
    ContactState,
    Named,
    Pace,
    Pieces,
    Postponed,
    Touch,
    Unless,
)
from convo.core.numbers import PhoneNumber
from convo.core.sessions import Frame, Held, Session
from convo.core.voices import Voice
from convo.errors import ConvoError

SCHEMA = 2

#: What rows have grown by since schema 1, with what an older row meant: the entries that schema 1
#: had, then the defaults of those behind them, in their order.
_CONTACT_GREW: tuple[int, Sequence[Any]] = (11, ((), (), (), (), {}, (), ()))
_PACE_GREW: tuple[int, Sequence[Any]] = (9, (0, 0))
_SESSION_GREW: tuple[int, Sequence[Any]] = (6, (False, False, False, ""))
_FRAME_GREW: tuple[int, Sequence[Any]] = (7, ((), {}, (), False))
_POSTPONED_GREW: tuple[int, Sequence[Any]] = (9, ((), "", "", 0, (), (), "", ""))
_ASKED_GREW: tuple[int, Sequence[Any]] = (4, ("",))
_BESIDE_GREW: tuple[int, Sequence[Any]] = (10, ("",))

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class UnknownSchema(ConvoError):
    """The record was written by a newer Convo: this one must not touch it."""


def known(row: Any, schema: int, what: str) -> list[Any]:
    """The array `row`, whose first entry is its schema number. Raises `UnknownSchema`."""
    if not 1 <= row[0] <= schema:
        raise UnknownSchema(
            f"{what} has schema {row[0]}, this Convo knows {schema}. Run the newer Convo."
        )
    return cast(list[Any], row)


def _grown(row: list[Any], grew: tuple[int, Sequence[Any]]) -> list[Any]:
    """`row` as it would be written today."""
    first, added = grew
    lacking = first + len(added) - len(row)
    return [*row, *added[-lacking:]] if lacking > 0 else row


def encode(state: ContactState) -> bytes:
    """The record of `state`, without its consents, which the store keeps beside it."""
    pace = state.pace
    return _encode(
        [
            SCHEMA,
            state.fields,
            state.tags,
            state.language,
            state.zone,
            [_session_row(session) for session in state.sessions],
            [_postponed_row(later) for later in state.postponed],
            [_asked_row(asked) for asked in state.asked],
            state.first_seen,
            state.last_seen,
            [
                pace.window,
                pace.replies,
                pace.minute,
                pace.replies_this_minute,
                pace.day,
                pace.replies_today,
                pace.echo,
                pace.echoes,
                pace.echo_at,
                pace.spoke_at,
                pace.quick,
            ],
            [_asked_back_row(back) for back in state.asked_back],
            [_closed_row(closed) for closed in state.closed],
            [[touch.at, touch.id] for touch in state.touches],
            [_pieces_row(pieces) for pieces in state.pieces],
            state.begun,
            [_beside_row(put) for put in state.beside],
            state.codes,
        ]
    )


def decode(
    number: PhoneNumber, record: bytes | None, consents: tuple[Consent, ...] = ()
) -> ContactState:
    """The state that `record` holds; a contact never heard of for None."""
    held = {consent.programme: consent for consent in consents}
    if record is None:
        return ContactState(number=number, consents=held)
    row = _grown(known(_decode(record), SCHEMA, "A contact's record"), _CONTACT_GREW)
    _, fields, tags, language, zone, sessions, postponed, asked, first_seen, last_seen = row[:10]
    paced, asked_back, closed, touches, pieces, begun, beside, codes = row[10:]
    pace = _grown(paced, _PACE_GREW)
    return ContactState(
        number=number,
        fields=fields,
        tags=tuple(tags),
        language=language,
        zone=zone,
        consents=held,
        sessions=tuple(_session(session) for session in sessions),
        postponed=tuple(_postponed(later) for later in postponed),
        asked=tuple(_asked(each) for each in asked),
        begun=begun,
        codes=tuple(codes),
        first_seen=first_seen,
        last_seen=last_seen,
        pace=Pace(
            window=pace[0],
            replies=pace[1],
            minute=pace[2],
            replies_this_minute=pace[3],
            day=pace[4],
            replies_today=pace[5],
            echo=pace[6],
            echoes=pace[7],
            echo_at=pace[8],
            spoke_at=pace[9],
            quick=pace[10],
        ),
        asked_back=tuple(_asked_back(back) for back in asked_back),
        closed=tuple(_closed(question) for question in closed),
        pieces=tuple(_pieces(each) for each in pieces),
        touches=tuple(Touch(at=at, id=id) for at, id in touches),
        beside=tuple(_beside(put) for put in beside),
    )


def _session_row(session: Session) -> list[Any]:
    return [
        session.id,
        session.channel,
        session.generation,
        session.timers,
        [[held.event, held.at, held.text] for held in session.held],
        [
            [
                frame.flow,
                frame.version,
                frame.step,
                frame.answers,
                frame.tries,
                frame.partial,
                frame.errand,
                frame.numbers,
                frame.brought,
                frame.trail,
                frame.carried,
            ]
            for frame in session.frames
        ],
        session.in_hand,
        session.began,
        session.unread,
        session.request,
    ]


def _session(row: list[Any]) -> Session:
    id, channel, generation, timers, held, frames, *more = _grown(row, _SESSION_GREW)
    in_hand, began, unread, request = more
    return Session(
        id=id,
        channel=channel,
        generation=generation,
        timers=tuple(timers),
        held=tuple(Held(event=event, at=at, text=text) for event, at, text in held),
        frames=tuple(
            Frame(
                flow=flow,
                version=version,
                step=step,
                answers=answers,
                tries=tries,
                partial=partial,
                errand=errand,
                numbers=tuple(numbers),
                brought=brought,
                trail=tuple(trail),
                carried=carried,
            )
            for (
                flow,
                version,
                step,
                answers,
                tries,
                partial,
                errand,
                numbers,
                brought,
                trail,
                carried,
            ) in (_grown(frame, _FRAME_GREW) for frame in frames)
        ),
        in_hand=in_hand,
        began=began,
        unread=unread,
        request=request,
    )


def _asked_row(asked: Asked) -> list[Any]:
    return [asked.event, asked.flow, asked.channel, asked.answers, asked.request]


def _asked(row: list[Any]) -> Asked:
    event, flow, channel, answers, request = _grown(row, _ASKED_GREW)
    return Asked(event=event, flow=flow, channel=channel, answers=answers, request=request)


def _asked_back_row(back: AskedBack) -> list[Any]:
    return [
        back.event,
        back.at,
        back.channel,
        back.text,
        [[named.session, named.number, named.label] for named in back.choices],
        back.word,
    ]


def _asked_back(row: list[Any]) -> AskedBack:
    event, at, channel, text, choices, word = row
    return AskedBack(
        event=event,
        at=at,
        channel=channel,
        text=text,
        choices=tuple(
            Named(session=session, number=number, label=label) for session, number, label in choices
        ),
        word=word,
    )


def _pieces_row(pieces: Pieces) -> list[Any]:
    return [
        pieces.event,
        pieces.at,
        pieces.channel,
        pieces.ref,
        pieces.count,
        list(pieces.texts.items()),
        pieces.generation,
        pieces.joined,
    ]


def _pieces(row: list[Any]) -> Pieces:
    event, at, channel, ref, count, texts, generation, joined = row
    return Pieces(
        event=event,
        at=at,
        channel=channel,
        ref=ref,
        count=count,
        texts=dict(texts),
        generation=generation,
        joined=joined,
    )


def _closed_row(closed: Closed) -> list[Any]:
    return [
        closed.channel,
        closed.flow,
        closed.version,
        closed.step,
        closed.at,
        closed.name,
        closed.numbers,
    ]


def _closed(row: list[Any]) -> Closed:
    channel, flow, version, step, at, name, numbers = row
    return Closed(
        channel=channel,
        flow=flow,
        version=version,
        step=step,
        at=at,
        name=name,
        numbers=tuple(numbers),
    )


def _beside_row(put: Beside) -> list[Any]:
    return [
        put.id,
        put.of,
        put.channel,
        put.flow,
        put.version,
        put.step,
        put.n,
        put.generation,
        put.answers,
        put.brought,
        put.request,
    ]


def _beside(row: list[Any]) -> Beside:
    id, of, channel, flow, version, step, n, *more = _grown(row, _BESIDE_GREW)
    generation, answers, brought, request = more
    return Beside(
        id=id,
        of=of,
        channel=channel,
        flow=flow,
        version=version,
        step=step,
        n=n,
        generation=generation,
        answers=answers,
        brought=brought,
        request=request,
    )


def _postponed_row(later: Postponed) -> list[Any]:
    return [
        later.id,
        later.text,
        later.channel,
        later.kind,
        later.purpose,
        later.programme,
        later.not_after,
        later.session,
        later.generation,
        [[unless.event, unless.same] for unless in later.unless],
        later.window,
        later.voice.session,
        later.touch,
        later.media,
        later.voice.flows,
        later.voice.version,
        later.voice.request,
    ]


def _postponed(row: list[Any]) -> Postponed:
    id, text, channel, kind, purpose, programme, not_after, session, generation, *more = _grown(
        row, _POSTPONED_GREW
    )
    unless, window, said_by, touch, media, flows, voice_version, request = more
    return Postponed(
        id=id,
        text=text,
        channel=channel,
        kind=kind,
        purpose=purpose,
        programme=programme,
        not_after=not_after,
        session=session,
        generation=generation,
        unless=tuple(Unless(event=event, same=same) for event, same in unless),
        window=window,
        voice=Voice(session=said_by, flows=tuple(flows), version=voice_version, request=request),
        touch=touch,
        media=tuple(media),
    )
