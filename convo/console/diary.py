"""What happened on one phone, as deeds that a chat can repeat, with the answers that it met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from convo.console.phones import Happening
from convo.core.events import Answered, Arriving
from convo.core.record_codec import Recorded
from convo.language.chats import (
    Deed,
    Duplicate,
    GivenBack,
    Passing,
    Pictured,
    Reported,
    Speaking,
    Written,
)

A_MINUTE = 60_000
"""Milliseconds that somebody may take over a text before a chat says that time has passed."""


FAILURES = ("undelivered", "failed")
"""Reports that a chat repeats; that a text has arrived goes without saying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTheNext:
    """A journey to whatever happens next, which took so long here."""

    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an action or a call has answered."""

    name: str
    value: Any = field(repr=False)
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One phone's conversation: when it began (ms since 1970), what was done, and what came."""

    begun: int
    deeds: Sequence[Deed | ToTheNext]
    said: Sequence[str] = field(repr=False)
    answers: Sequence[Answer]


class Diary:
    """Knows what errands were asked for and what they came to; the rest the phones have kept."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._answered: list[Answered] = []

    def kept(self, event: Arriving) -> None:
        """An event came in."""
        if isinstance(event, Answered) and event.kind in ("action", "http"):
            self._answered.append(event)

    def anew(self, number: str) -> None:
        """This contact is a stranger again."""
        self._answered = [each for each in self._answered if each.contact.e164 != number]

    def turned(self, turn: Recorded) -> None:
        """A turn was taken."""
        for record in turn.records:
            if record.kind == "errand":
                self._names[record.facts["id"]] = record.facts["name"]

    def page(self, told: Sequence[Happening], number: str) -> Page | None:
        """This phone's; None when nothing was written on it yet."""
        own = _since_the_last_restart(
            [each for each in told if each.facts.get("number", number) == number]
        )
        first = next((n for n, each in enumerate(own) if _is_theirs(each)), None)
        if first is None:
            return None
        begun = own[first].facts["at"]
        return Page(
            begun=begun,
            deeds=(*_known_before(own[:first]), *_deeds(own[first:], begun)),
            said=tuple(
                "\n".join((each.facts["text"], *each.facts["media"]))
                for each in own
                if each.kind == "text" and not each.facts["mine"]
            ),
            answers=tuple(
                Answer(name=self._names[each.errand], value=each.value, failure=each.failure)
                for each in self._answered
                if each.contact.e164 == number and each.errand in self._names
            ),
        )


def _since_the_last_restart(own: Sequence[Happening]) -> Sequence[Happening]:
    for n in reversed(range(len(own))):
        if own[n].kind == "anew":
            return own[n + 1 :]
    return own


def _is_theirs(happening: Happening) -> bool:
    return happening.kind == "text" and bool(happening.facts["mine"])


def _known_before(before: Sequence[Happening]) -> Iterator[Deed]:
    """The language that they were known to speak when they began to write."""
    for each in reversed(before):
        if each.kind == "phone" and (language := each.facts["language"]):
            yield Speaking(language=language)
            return


def _deeds(happenings: Sequence[Happening], begun: int) -> Iterator[Deed | ToTheNext]:
    clock = begun
    for each in happenings:
        match each:
            case Happening(kind="time", facts={"at": at, "ahead": ahead, "next": is_next}):
                yield from _waited(clock, at - ahead)
                length = timedelta(seconds=-(-ahead // 1_000))
                yield ToTheNext(length=length) if is_next else Passing(length=length)
                clock = at
            case Happening(kind="phone", facts={"language": str(language)}) if language:
                yield Speaking(language=language)
            case Happening(kind="text", facts={"mine": True, "at": at, "text": text, **more}):
                yield from _waited(clock, at)
                yield Pictured(links=more["media"]) if more["media"] else Written(text=text)
                clock = at
            case Happening(kind="back", facts={"at": at}):
                yield from _waited(clock, at)
                yield GivenBack()
                clock = at
            case Happening(kind="twice"):
                yield Duplicate()
            case Happening(kind="status", facts={"reported": True, "status": status}) if (
                status in FAILURES
            ):
                yield Reported(status=status)
            case _:
                pass


def _waited(since: int, until: int) -> Iterator[Deed]:
    """Whole minutes that went by without anything being done."""
    if minutes := (until - since) // A_MINUTE:
        yield Passing(length=timedelta(minutes=minutes))
