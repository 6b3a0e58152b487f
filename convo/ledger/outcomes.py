"""What became of a flow: who acknowledged it, who said something else, who said nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.core.records import Record

#: In which of these a conversation is: the first that holds.
STANDINGS: Mapping[str, str] = {
    "acknowledged": "they answered the question, whatever the answer was",
    "other": "they replied, and no reply was an answer",
    "undelivered": "nothing that we said reached them, and nothing is under way",
    "silent": "it ended, and they never replied",
    "open": "it goes on, and they have not replied yet",
}
#: Statuses of a message that did not arrive.
_LOST = frozenset(("undelivered", "failed"))


@dataclass(slots=True, kw_only=True)
class Talk:
    """One conversation, as its records tell of it so far."""

    contact: str = field(repr=False)
    #: What began it: `start word`, `request alert.raised`, ...
    by: str
    at: int
    outcome: str = ""
    acknowledged: bool = False
    replied: bool = False
    #: Message -> how far it got: `said`, `sent`, `delivered`, or why it is lost.
    messages: dict[str, str] = field(default_factory=dict[str, str])
    refused: bool = False
    postponed: bool = False

    @property
    def standing(self) -> str:
        """One of STANDINGS."""
        if self.acknowledged:
            return "acknowledged"
        if self.replied:
            return "other"
        if self._unreached:
            return "undelivered"
        return "silent" if self.outcome else "open"

    @property
    def _unreached(self) -> bool:
        lost = all(status in _LOST for status in self.messages.values())
        if self.messages:
            return lost
        # Said nothing at all: the gate refused it, or it waits for the morning.
        return self.refused and not self.postponed

    @property
    def masked(self) -> str:
        return PhoneNumber(self.contact).masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What became of one flow, by what began it."""

    #: Standing -> how many, every one of STANDINGS.
    standings: Mapping[str, int]
    #: Outcome -> how many, the most frequent first.
    outcomes: Mapping[str, int]


def talks_of(flow: str, records: Iterable[Recorded], since: int = 0) -> Sequence[Talk]:
    """Every conversation with this flow that began at `since` (ms since 1970) or later."""
    reading = _Reading(flow)
    for recorded in records:
        for record in recorded.records:
            reading.read(recorded, record)
    return [talk for talk in reading.talks.values() if talk.at >= since]


def boards(talks: Iterable[Talk]) -> Mapping[str, Board]:
    """A board for each thing that began conversations, in the order in which they came first."""
    by: dict[str, list[Talk]] = {}
    for talk in talks:
        by.setdefault(talk.by, []).append(talk)
    return {
        name: Board(
            standings=dict.fromkeys(STANDINGS, 0) | Counter(talk.standing for talk in found),
            outcomes=dict(Counter(talk.outcome for talk in found if talk.outcome).most_common()),
        )
        for name, found in by.items()
    }


class _Reading:
    """One reading of the records, oldest first."""

    def __init__(self, flow: str) -> None:
        self.talks: dict[str, Talk] = {}
        self._flow = flow
        self._talk_of: dict[str, Talk] = {}

    def read(self, recorded: Recorded, record: Record) -> None:
        facts = record.facts
        if record.kind == "started" and facts.get("flow") == self._flow and "session" in facts:
            talk = Talk(contact=recorded.contact, by=facts["by"], at=recorded.at)
            self.talks[facts["session"]] = talk
            return
        message = self._talk_of.get(facts.get("message", ""))
        if message is not None:
            _sent(message, record.kind, facts)
        talk = self.talks.get(facts.get("session", ""))
        if talk is None:
            return
        match record.kind:
            case "said":
                talk.messages[facts["id"]] = "said"
                self._talk_of[facts["id"]] = talk
            case "refused":
                talk.refused = True
            case "postponed":
                talk.postponed = True
            case "routed":
                talk.replied = True
                talk.acknowledged = talk.acknowledged or bool(facts.get("understood"))
            case "ended" if facts["flow"] == self._flow:
                talk.outcome = facts["outcome"]
            case _:
                pass


def _sent(talk: Talk, kind: str, facts: Mapping[str, Any]) -> None:
    message: str = facts["message"]
    if kind == "status":
        talk.messages[message] = facts["status"]
    elif kind == "unsent" and not facts.get("again"):
        talk.messages[message] = "failed"
