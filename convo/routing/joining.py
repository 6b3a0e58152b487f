"""Parts of one long text, put together in their order before anybody reads them.

Some gateways hand on each part by itself: out of order, twice, with the phone's reference or
without. They wait in the contact's record; a timer lets what has come go on.
"""

from collections.abc import Mapping
from dataclasses import replace

from convo.core.contacts import Pieces
from convo.core.effects import ClearTimer, SetTimer
from convo.core.events import Due, Inbound, Part
from convo.core.parts import GSM_LINKED, GSM_SINGLE, UCS2_LINKED, UCS2_SINGLE, parts_of
from convo.routing.desk import Desk
from convo.routing.timers import PARTS

PARTS_WITHIN = 60_000
"""Milliseconds: numbered parts come within seconds of each other, or the rest is lost."""

QUIET = 4_000
"""Milliseconds that a full part without a number waits for the next: the contact waits as well."""

MAX_PARTS = 40
"""Parts of one text that are put together; a phone sends ten at most."""

MAX_WAITING = 5
"""Long texts of one contact that are remembered, joined ones among them."""

#: 3GPP TS 23.040, 9.2.3.24: a header with a reference of 16 bits takes one unit more.
FULL: Mapping[str, frozenset[int]] = {
    "GSM-7": frozenset({GSM_SINGLE, GSM_LINKED, GSM_LINKED - 1}),
    "UCS-2": frozenset({UCS2_SINGLE, UCS2_LINKED, UCS2_LINKED - 1}),
}


def whole_text(desk: Desk, event: Inbound) -> str | None:
    """The text that `event` makes whole, its own where it is one; None while parts are awaited."""
    part = event.part
    if part is not None and 1 <= part.number <= part.count <= MAX_PARTS:
        return _numbered(desk, event, part)
    if desk.business.channels[event.channel].joins:
        return _unnumbered(desk, event)
    return event.text


def what_has_come(desk: Desk, event: Due) -> Pieces | None:
    """The parts whose time is over, taken out of the record."""
    about = event.name.removeprefix(PARTS)
    found = next((each for each in desk.pieces if each.event == about and not each.joined), None)
    if found is None or found.generation != event.generation:
        desk.record("stale", timer=event.name)
        return None
    _close(desk, found)
    return found


def text_of(pieces: Pieces) -> str:
    """The parts in their order, as one text."""
    return "".join(text for _, text in sorted(pieces.texts.items()))


# --- with the phone's numbers ---------------------------------------------------------------------


def _numbered(desk: Desk, event: Inbound, part: Part) -> str | None:
    same = (event.channel, part.ref, part.count)
    known = next(
        (each for each in desk.pieces if (each.channel, each.ref, each.count) == same), None
    )
    if known is not None and known.joined and event.at - known.at > PARTS_WITHIN:
        # Phones count references to 255 and begin anew: this is another text.
        desk.pieces = tuple(each for each in desk.pieces if each is not known)
        known = None
    if known is not None and part.number in known.texts:
        desk.record("ignored", why="this part came before", channel=event.channel)
        return None
    if known is not None and known.joined:
        return event.text  # the others went on without it; it is read by itself
    pieces = _with(known, event, part.number, ref=part.ref, count=part.count)
    _keep(desk, pieces, known)
    if len(pieces.texts) == part.count:
        _close(desk, pieces)
        return text_of(pieces)
    if known is None:
        _wait(desk, pieces, event.at + PARTS_WITHIN)
    _tell(desk, pieces)
    return None


# --- without --------------------------------------------------------------------------------------


def _unnumbered(desk: Desk, event: Inbound) -> str | None:
    known = next(
        (each for each in desk.pieces if each.channel == event.channel and not each.ref), None
    )
    if known is not None and known.texts[len(known.texts)] == event.text:
        desk.record("ignored", why="this part came before", channel=event.channel)
        return None
    more = fills_a_part(event.text) and (known is None or len(known.texts) < MAX_PARTS - 1)
    if known is None and not more:
        return event.text
    number = 1 if known is None else len(known.texts) + 1
    pieces = _with(known, event, number, ref="", count=0)
    if not more:
        _keep(desk, pieces, known)
        _close(desk, pieces)
        return text_of(pieces)
    pieces = replace(pieces, generation=number)
    _keep(desk, pieces, known)
    _wait(desk, pieces, event.at + QUIET)
    _tell(desk, pieces)
    return None


def fills_a_part(text: str) -> bool:
    """Whether there was no room for one more letter: then more may follow."""
    parts = parts_of(text)
    return parts.units in FULL[parts.encoding]


# --- both -----------------------------------------------------------------------------------------


def _with(known: Pieces | None, event: Inbound, number: int, *, ref: str, count: int) -> Pieces:
    if known is not None:
        return replace(known, texts={**known.texts, number: event.text})
    return Pieces(
        event=event.id,
        at=event.at,
        channel=event.channel,
        ref=ref,
        count=count,
        texts={number: event.text},
    )


def _keep(desk: Desk, pieces: Pieces, known: Pieces | None) -> None:
    others = [each for each in desk.pieces if each is not known]
    # What has been joined is only remembered; a text that still waits is never let go unread.
    while len(others) >= MAX_WAITING and any(each.joined for each in others):
        others.remove(next(each for each in others if each.joined))
    desk.pieces = (*others, pieces)


def _close(desk: Desk, pieces: Pieces) -> None:
    """No more is awaited. With numbers it is remembered a while, to know a repeated part by."""
    others = tuple(each for each in desk.pieces if each.event != pieces.event)
    told = replace(pieces, texts=dict.fromkeys(pieces.texts, ""), joined=True)
    desk.pieces = (*others, told) if pieces.ref else others
    desk.around.effects.append(ClearTimer(name=f"{PARTS}{pieces.event}"))
    desk.record(
        "joined",
        parts=len(pieces.texts),
        of=pieces.count,
        channel=pieces.channel,
        text=text_of(pieces),
    )


def _wait(desk: Desk, pieces: Pieces, until: int) -> None:
    name = f"{PARTS}{pieces.event}"
    desk.around.effects.append(SetTimer(name=name, generation=pieces.generation, due=until))


def _tell(desk: Desk, pieces: Pieces) -> None:
    desk.record("part", channel=pieces.channel, come=len(pieces.texts), of=pieces.count)
