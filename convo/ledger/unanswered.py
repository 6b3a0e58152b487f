"""What people wrote that no flow has answered: for the person who reads it, newest first."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded

BEFORE = 3
"""Texts that are shown with one: what they wrote just before it."""

#: Why a text waits for a person, by the record that tells so.
WAITS: Mapping[str, str] = {
    "handed_over": "a person was asked for",
    "held": "a person has the conversation",
    "unplaced": "several questions understood it",
    "late": "its question had closed",
    "altered": "it came under the id of another text",
    "routed": "nothing understood it",
}
_FALLBACK = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """One text, and where its conversation stood."""

    #: Milliseconds since 1970, UTC.
    at: int
    #: Enough of the number to recognise it by.
    contact: str
    channel: str
    why: str
    #: Empty where it led to no conversation.
    session: str
    flow: str
    step: str
    text: str = field(repr=False)
    #: What they wrote before it, oldest first.
    before: tuple[str, ...] = field(repr=False)


def unanswered_in(records: Iterable[Recorded]) -> Sequence[Unanswered]:
    """Texts that still wait: what a person had is gone once they have given it back."""
    waiting: dict[str, list[Unanswered]] = defaultdict(list)
    wrote: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=BEFORE))
    for recorded in records:
        heard: Mapping[str, Any] = {}
        found: Unanswered | None = None
        mine = waiting[recorded.contact]
        for record in recorded.records:
            facts = record.facts
            if record.kind == "inbound":
                heard = facts
            elif record.kind == "ended":
                mine[:] = [each for each in mine if each.session != facts.get("session")]
            elif record.kind == "step" and facts.get("branch") == "back":
                mine[:] = [each for each in mine if each.session != facts["session"]]
            elif _waits(record.kind, facts) and (heard or "text" in facts):
                found = Unanswered(
                    at=recorded.at,
                    contact=PhoneNumber(recorded.contact).masked,
                    channel=facts.get("channel") or heard.get("channel", ""),
                    why=WAITS[record.kind],
                    session=facts.get("session", ""),
                    flow=facts.get("flow", ""),
                    step=facts.get("step", ""),
                    text=_written(facts if "text" in facts else heard, heard or facts),
                    before=tuple(wrote[recorded.contact]),
                )
        if found is not None:
            mine.append(found)
        if heard:
            wrote[recorded.contact].append(_written(heard, heard))
    return sorted((each for found in waiting.values() for each in found), key=_when)[::-1]


def _written(facts: Mapping[str, Any], heard: Mapping[str, Any]) -> str:
    """The text, then the links of the pictures that came with it, a line each."""
    return "\n".join(each for each in (facts["text"], *heard.get("media", ())) if each)


def _waits(kind: str, facts: Mapping[str, Any]) -> bool:
    match kind:
        case "routed":
            return facts.get("level") == _FALLBACK
        case "held":
            return facts.get("why") == WAITS["held"]
        case _:
            return kind in WAITS


def _when(each: Unanswered) -> int:
    return each.at
