"""The owner's step: what it has done and wants, packed; and what it is told, unpacked."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from convo.core import altered, record_codec
from convo.core.event_codec import decode, decode_errand, encode_errand, event_id, timer_id
from convo.core.event_codec import encode as encode_event
from convo.core.events import Due
from convo.core.numbers import PhoneNumber
from convo.core.turns import FromInbox, FromTimer, Outbound, Turn
from convo.ports import Claim, Done, ErrandClaim, Kept, Pending, Wants, Work
from convo.stores.redis.rows import (
    attempt_at,
    consent_row,
    embedded,
    encode,
    kept,
    outbound,
    row,
    said_row,
    step_of,
    threes,
)

#: An entry of the inbox as it is read: the places are named in read.lua.
Entry = Sequence[Any]


def packed(done: Done, wants: Wants, number: int) -> tuple[int, bytes]:
    """The work as the function `advance` takes it, and the number of the newest message in it."""
    settles = [
        (
            each.outbound,
            step_of(each.attempt),
            each.outcome,
            each.code,
            each.due,
            each.provider_ids,
            each.stays,
            each.next_after,
        )
        for each in done.settles
    ]
    turns: list[Any] = []
    for turn in done.turns:
        messages: list[Any] = []
        for message in turn.outbound:
            _whole(message)
            number += 1
            kept_row = embedded(row(message, number, turn.at))
            messages.append(
                (
                    message.id,
                    message.contact.e164,
                    message.channel,
                    message.lane,
                    message.due,
                    number,
                    kept_row,
                    message.goes_by,
                )
            )
        turns.append(_turn(turn, messages))
    channels = [
        (
            *(name, messages, wants.limits.get(name, (name,)), _taken_over(name, wants)),
            wants.bulk.get(name, messages),
        )
        for name, messages in wants.messages.items()
    ]
    wanted = (wants.events, wants.errands, channels, wants.parts)
    given_up = [
        (each.answer.errand, embedded(encode_event(each.answer)), each.account)
        for each in done.given_up
    ]
    return number, encode((settles, turns, done.errands, wanted, number, given_up))


def _whole(message: Outbound) -> None:
    """The queue is ordered by words with blanks between them. Raises `ValueError`."""
    for what, word in (
        ("id of a message", message.id),
        ("channel", message.channel),
        ("channel that carries a message", message.goes_by),
    ):
        if word.split() != [word]:
            raise ValueError(
                f'The {what} is "{word}". On Redis it must be one word, without blanks: give it '
                "another one."
            )


def _taken_over(by: str, wants: Wants) -> Sequence[tuple[str, str]]:
    """Whose messages this channel takes, and of which channel."""
    return [
        (of, channel)
        for of, channels in wants.via.items()
        for channel, its in channels.items()
        if its == by
    ]


def _turn(turn: Turn, messages: Sequence[Any]) -> Sequence[Any]:
    """The places are named in commit.lua."""
    contact = turn.contact.e164
    match turn.source:
        case FromInbox(entry=entry):
            name, generation, event = "", 0, event_id(turn.at, entry)
        case FromTimer(name=name, generation=generation):
            entry, event = 0, timer_id(name, generation)
    body = b""
    if turn.parked is not None and entry == 0:
        due = Due(id=event, at=turn.at, contact=turn.contact, name=name, generation=generation)
        body = encode_event(due)
    return (
        entry,
        name,
        generation,
        contact,
        turn.at,
        None if turn.record is None else embedded(turn.record),
        [(timer.name, timer.generation, timer.due) for timer in turn.timers],
        turn.cleared,
        messages,
        [(each.id, each.within, embedded(encode_errand(each))) for each in turn.errands],
        [consent_row(consent) for consent in turn.consents],
        turn.silence,
        embedded(record_codec.encode(turn.at, contact, event, turn.records)),
        not turn.confidential,
        turn.parked or "",
        event,
        embedded(body),
    )


def work(reply: Sequence[Any], most: int, leave_by: float) -> Work:
    """What `advance` answers, as the owner wants it: no more than so many events."""
    now, newest, step, entries, timers, next_timer, claims, next_message, *others = reply[1:]
    errands, next_errand, contacts = others
    known: dict[bytes, tuple[PhoneNumber, Kept]] = {}
    for number, consents, record in threes(contacts):
        known[number] = PhoneNumber(number.decode()), kept(consents, record)
    events = tuple(_by_time(entries, timers, newest, now))
    dues = [int(due) for due in (next_timer, next_errand) if due != b""]
    if len(events) > most and timers:
        dues.append(timers[0][0])  # what does not fit in waits on
    return Work(
        now=now,
        events=events[:most],
        contacts=dict(known.values()),
        claims=tuple(_claims(claims, step.decode(), leave_by)),
        errands=tuple(
            ErrandClaim(
                errand=decode_errand(body),
                contact=known[contact][0],
                asked_at=asked,
                kept=known[contact][1],
            )
            for contact, asked, body in threes(errands)
        ),
        next_message=None if next_message == b"" else int(next_message),
        next_other=min(dues, default=None),
    )


def read(reply: Sequence[Any]) -> Sequence[Entry]:
    """What `advance` has read of the inbox."""
    return reply[4]


def read_again(entries: Iterable[Entry]) -> tuple[list[int], bytes]:
    """What was read of the inbox as the function `resume` takes it, and its dedupe hashes."""
    known = {entry[0]: entry for entry in entries}
    in_order = [known[number] for number in sorted(known)]
    packed = encode(
        [
            [
                *(embedded(v) if isinstance(v, bytes) else v for v in entry),
                said_row(altered.said(decode(entry[4], id="", at=0))),
            ]
            for entry in in_order
        ]
    )
    return [int(entry[6] or 0) for entry in in_order], packed


def let_go_again(entries: Iterable[Entry]) -> list[Any]:
    """Of what was read, events that were parked until a person let them go again: each with its
    entry, its contact and its order. A timer gets a new order, and others have another's."""
    return [
        (entry, embedded(contact), embedded(body), order)
        for entry, _, contact, _, body, order, *_ in entries
        if order != entry or isinstance(decode(body, id="", at=0), Due)
    ]


def _claims(flat: Sequence[Any], step: str, leave_by: float) -> Iterator[Claim]:
    for body, at, moved in threes(flat):
        message = outbound(body)[1]
        attempt = attempt_at(step, message.id)
        yield Claim(message=message, attempt=attempt, at=at, leave_by=leave_by, moved=moved == 1)


def _by_time(
    entries: Sequence[Any], timers: Sequence[Any], newest: int, now: int
) -> Iterator[Pending]:
    """Entries in their order, even where the clock went back between them, and timers between."""
    waiting = iter(timers)
    timer = next(waiting, None)
    for entry, kept_at, _, acted, body, order, *_ in entries:
        at = int(kept_at)
        while timer is not None and timer[0] <= at:
            yield _due(timer, newest, now)
            timer = next(waiting, None)
        event = decode(body, id=event_id(at, entry), at=at, acted=acted == b"1")
        yield Pending(source=FromInbox(entry=entry), event=event, order=order)
    if timer is not None:
        for each in itertools.chain([timer], waiting):
            yield _due(each, newest, now)


def _due(timer: Sequence[Any], order: int, now: int) -> Pending:
    _, contact, name, generation = timer
    name = name.decode()
    return Pending(
        source=FromTimer(name=name, generation=generation),
        event=Due(
            id=timer_id(name, generation),
            at=now,
            contact=PhoneNumber(contact.decode()),
            name=name,
            generation=generation,
        ),
        order=order,
    )
