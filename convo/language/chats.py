"""Conversations as tests: what may happen in a `.chat` file, and its lines written back."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from convo.core.events import DeliveryStatus
from convo.core.numbers import PhoneNumber
from convo.language.durations import duration_words

ELSEWHERE = "\x1e"
"""Before a line that is said on another channel, in place of `<@`: no text has it."""

_FAILED = re.compile(r"failed(?::\s*(?P<why>.*))?")
FAILED = "failed"
_LINK = re.compile(r"https?://\S+")

# --- what a line means ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`> text`: they write."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """`% picture https://...`: they send a picture, or several, and write nothing."""

    links: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """`~ 30m`: time passes."""

    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """`% duplicate`: the last text's webhook is delivered once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """`% restart`: the process ends and another one goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """`% back`: the person who took over gives the conversation back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """`% report delivered`: the provider's word on the last message."""

    status: DeliveryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """`@ now 2026-11-22 10:00`: when the chat begins, by the business's clock."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """`@ zh`: the contact is known to speak it."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """`@ from +8613800138000`: from here on another phone writes."""

    phone: PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class OnChannel:
    """`@ channel sms`: from here on they write there."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`@ request visit.requested {...}`: our own system asks for an event's flow, or a flow."""

    name: str
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


Deed = (
    Written
    | Pictured
    | Passing
    | Duplicate
    | Restart
    | GivenBack
    | Reported
    | Now
    | Speaking
    | From
    | OnChannel
    | Asking
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretended:
    """`! calendar.book -> ok`: an answer (any JSON, or a text), or `failed: reason`."""

    line: int
    name: str
    value: Any = field(default=None, repr=False)
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`= booking: waiting at day`, `= booking: ended kept` or `= nothing` (no flow)."""

    line: int
    flow: str = ""
    #: The step it waits at; None when it has ended.
    step: str | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happens, what is pretended for it, and what must come of it."""

    #: None where only an answer follows what was said: `<`, then `!`.
    deed: Deed | None
    line: int
    pretended: tuple[Pretended, ...] = ()
    #: What we must say, line by line, with the number of the line.
    said: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    standings: tuple[Standing, ...] = ()

    @property
    def last_cause(self) -> int:
        """The last line before what is said."""
        return max([self.line, *(each.line for each in self.pretended)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One conversation of a file."""

    file: str
    line: int
    title: str
    moments: tuple[Moment, ...]


# --- answers ----------------------------------------------------------------------------------


def read_answer(text: str) -> tuple[Any, str]:
    """A pretended answer and failure: JSON where it is JSON, `failed: why`, else the text."""
    if found := _FAILED.fullmatch(text):
        return None, (found["why"] or "").strip() or FAILED
    try:
        return json.loads(text), ""
    except ValueError:
        return text, ""


def read_pictures(text: str) -> Pictured:
    """Pictures by their links. Raises `ValueError`, in whole sentences, for what is none."""
    links = tuple(text.split())
    if not links or not all(_LINK.fullmatch(link) for link in links):
        raise ValueError("A picture is its link, such as https://pictures.example/roof.jpg.")
    return Pictured(links=links)


# --- writing ----------------------------------------------------------------------------------


def answer_words(value: Any, failure: str) -> str:
    """What `read_answer` reads as these."""
    if failure:
        flat = " ".join(failure.split())
        return FAILED if flat == FAILED else f"{FAILED}: {flat}"
    # A text that would be read as something else (a number, a failure) is written as JSON.
    if isinstance(value, str) and value == value.strip() and value.isprintable() and value:
        plain = read_answer(value) == (value, "")
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


_ALONE: Mapping[type[Deed], str] = {
    Duplicate: "duplicate",
    Restart: "restart",
    GivenBack: "back",
}


def deed_line(deed: Deed) -> str:
    """The line of a chat file that does it."""
    match deed:
        case Written(text=text):
            return f"> {' '.join(text.splitlines())}".rstrip()
        case Pictured(links=links):
            return f"% picture {' '.join(links)}"
        case Passing(length=length):
            return f"~ {duration_words(length)}"
        case Duplicate() | Restart() | GivenBack():
            return f"% {_ALONE[type(deed)]}"
        case Reported(status=status):
            return f"% report {status}"
        case Now(at=at):
            return f"@ now {at:%Y-%m-%d %H:%M}"
        case Speaking(language=language):
            return f"@ {language}"
        case From(phone=phone):
            return f"@ from {phone.e164}"
        case OnChannel(name=name):
            return f"@ channel {name}"
        case Asking(name=name, answers=answers):
            known = f" {json.dumps(dict(answers), ensure_ascii=False)}" if answers else ""
            return f"@ request {name}{known}"


def said_lines(texts: Sequence[str]) -> Iterator[str]:
    """The `<` lines of messages."""
    for line in lines_of(texts):
        yield shown(line) if line.startswith(ELSEWHERE) else f"< {line}".rstrip()


def said_on(channel: str, text: str) -> str:
    """A message that is said on another channel than the one where they write."""
    return "\n".join(f"{ELSEWHERE}{channel} {line}" for line in text.split("\n"))


def shown(line: str) -> str:
    """A said line for people: `<@mail text` where it is said on another channel."""
    return line.replace(ELSEWHERE, "<@", 1) if line.startswith(ELSEWHERE) else line


def lines_of(texts: Sequence[str]) -> Iterator[str]:
    """Messages line by line, as a chat compares them: blanks at a line's end do not count."""
    for text in texts:
        for line in text.split("\n"):
            yield line.rstrip()


def rewritten(source: str, spoken: Mapping[int, Sequence[str]], moments: Sequence[Moment]) -> str:
    """The file with other `<` lines: `spoken` has what was said by the line of its moment."""
    lines = source.splitlines()
    dropped = {n for m in moments if m.line in spoken for n, _ in m.said}
    behind: dict[int, Sequence[str]] = {}
    for moment in moments:
        if moment.line in spoken:
            first = moment.said[0][0] - 1 if moment.said else moment.last_cause
            behind[first] = tuple(said_lines(spoken[moment.line]))
    written: list[str] = []
    for number, line in enumerate(lines, start=1):
        if number not in dropped:
            written.append(line)
        written += behind.get(number, ())
    return "\n".join(written) + "\n"
