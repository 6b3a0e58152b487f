"""One conversation as a chat: who said what, how far ours got, and why, turn by turn."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from convo.console.following import fates
from convo.core.overview import Tracked
from convo.core.record_codec import Recorded
from convo.drawing.wording import PageLanguage
from convo.ledger.why import why, why_nothing
from convo.ports.ledger import Ledger

LOOKED_UP_AT_ONCE = 200
"""Messages that the store is asked for at a time."""


@dataclass(slots=True, kw_only=True)
class Said:
    """A text, theirs or ours."""

    ours: bool
    channel: str
    #: None where it is kept no more, or is a one-time code's.
    text: str | None = field(default=None, repr=False)
    #: Links or number of pictures with it.
    pictures: int = 0
    #: Of ours: one of convo/console/speech/conversations.py's statuses, and why.
    status: str = ""
    code: str = ""
    parts: int = 0
    kind: str = ""


@dataclass(slots=True, kw_only=True)
class Entry:
    """What one turn did."""

    at: int
    said: list[Said] = field(default_factory=list[Said])
    #: Why nothing was said, or not yet.
    quiet: tuple[str, ...] = ()
    #: The whole of it, a sentence each.
    why: tuple[str, ...] = field(default=(), repr=False)


async def chat_of(
    turns: Iterable[Recorded], ledger: Ledger, zone: ZoneInfo, language: PageLanguage
) -> Sequence[Entry]:
    """The turns of one contact, oldest first."""
    entries: list[Entry] = []
    messages: dict[str, Said] = {}
    told: dict[str, tuple[str, str]] = {}
    for turn in turns:
        for fate in fates(turn):
            told[str(fate["id"])] = (str(fate["status"]), str(fate["code"]))
        entry = Entry(
            at=turn.at,
            quiet=(*why_nothing(turn, language),),
            why=(*why([turn], zone, language),),
        )
        for record in turn.records:
            facts = record.facts
            if record.kind in ("inbound", "altered"):
                theirs = Said(ours=False, channel=facts["channel"], text=facts["text"])
                theirs.pictures = len(facts.get("media", ()))
                entry.said.append(theirs)
            elif record.kind == "said":
                messages[facts["id"]] = said = Said(
                    ours=True,
                    channel=facts["channel"],
                    kind=facts["kind"],
                    pictures=facts.get("media", 0),
                )
                entry.said.append(said)
        # What the store alone has to tell is seen on the texts themselves.
        if entry.said or entry.quiet or turn.event:
            entries.append(entry)
    await _fill_in(messages, told, ledger)
    return entries


async def _fill_in(
    messages: Mapping[str, Said], told: Mapping[str, tuple[str, str]], ledger: Ledger
) -> None:
    ids = [*messages]
    for first in range(0, len(ids), LOOKED_UP_AT_ONCE):
        some = ids[first : first + LOOKED_UP_AT_ONCE]
        found = await asyncio.gather(*map(ledger.message, some))
        for id, tracked in zip(some, found, strict=True):
            said = messages[id]
            if tracked is None:
                said.status, said.code = told.get(id, ("", ""))
            else:
                said.status, said.code = status_of(tracked)
                said.parts = tracked.message.parts
                said.text = None if tracked.message.kind == "otp" else tracked.message.text


def status_of(tracked: Tracked) -> tuple[str, str]:
    """How far a message is, and why."""
    status = tracked.status if tracked.stage == "done" else tracked.stage
    return status, tracked.code
