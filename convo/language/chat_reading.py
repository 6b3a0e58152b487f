"""Reading `.chat` files: every line is one thing, told by the sign it begins with."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast, get_args

from convo.core.events import DeliveryStatus
from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress, FlowError, FlowErrors, Place
from convo.language.chats import (
    ELSEWHERE,
    Asking,
    Chat,
    Deed,
    Duplicate,
    From,
    GivenBack,
    Moment,
    Now,
    OnChannel,
    Passing,
    Pretended,
    Reported,
    Restart,
    Speaking,
    Standing,
    Written,
    read_answer,
    read_pictures,
)
from convo.language.durations import read_duration
from convo.language.phrases import LANGUAGES
from convo.language.spelling import advice
from convo.language.text_problems import TextProblem

SIGNS: Mapping[str, str] = {
    "#": "a title, after an empty line; else a comment",
    ">": "they write",
    "<": "we say: all of it, and nothing more; `<@mail` on another channel",
    "~": "time passes",
    "!": "what an action, a call or a keyword is pretended to answer",
    "=": "where the session stands",
    "%": "picture and its link, duplicate, restart, back (from a person), or report and a status",
    "@": "now, a language, from, channel, or request",
}

_STANDING = re.compile(
    r"(?P<flow>[\w-]+)\s*:\s*(?:waiting at (?P<step>[\w-]+)|ended(?:\s+(?P<outcome>\S.*))?)"
)
_NOW = re.compile(r"now\s+(\d{4}-\d\d-\d\d)[ T]+(\d\d:\d\d)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_NAMES_BEHIND_AT = ("now", "from", "channel", "request", *LANGUAGES)


def read_chats(source: str, file: str) -> tuple[Chat, ...]:
    """The chats of a file. Raises `FlowErrors` with everything that is wrong in it."""
    reader = _Reader(file)
    for number, line in enumerate(source.removeprefix("\ufeff").splitlines(), start=1):
        try:
            reader.take(number, line)
        except FlowError as problem:
            reader.problems.append(problem)
    reader.finish()
    if not reader.chats and not reader.problems:
        reader.problems.append(
            FlowError(
                "There is no conversation in this file.",
                place=Place(file=file, line=1, column=1),
                mend='Begin with what they write: "> book".',
            )
        )
    if reader.problems:
        raise FlowErrors(reader.problems)
    return tuple(reader.chats)


class _Reader:
    """One reading of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.chats: list[Chat] = []
        self.problems: list[FlowError] = []
        self._title = ""
        self._title_line = 1
        self._after_blank = True
        self._moments: list[Moment] = []
        self._open: Moment | None = None

    def take(self, number: int, line: str) -> None:
        sign, text = line[:1], line[1:].removeprefix(" ").rstrip()
        blank, self._after_blank = self._after_blank, not line.strip()
        if not line.strip():
            return
        if sign == "#":
            if blank and not text.startswith("#"):
                self.finish()
                self._title, self._title_line = text.strip(), number
            return
        if sign not in SIGNS:
            raise self._wrong(
                number,
                "A line begins with one of " + " ".join(SIGNS) + ".",
                "They write with `> text`, we say with `< text`.",
            )
        if not self._moments and self._open is None and not self._title:
            self._title_line = number
        match sign:
            case "<" if line.startswith("<@"):
                self._said(number, f"{ELSEWHERE}{line[2:].rstrip()}")
            case "<":
                self._said(number, text)
            case "!":
                self._pretended(number, text)
            case "=":
                self._standing(number, text)
            case _:
                deed = self._deed(number, sign, text.strip() if sign != ">" else text)
                self._begin(Moment(deed=deed, line=number))

    def finish(self) -> None:
        """The chat ends here."""
        self._begin(None)
        if self._moments:
            chat = Chat(
                file=self.file,
                line=self._title_line,
                title=self._title or f"line {self._title_line}",
                moments=tuple(self._moments),
            )
            self.chats.append(chat)
        self._moments, self._title = [], ""

    def _begin(self, moment: Moment | None) -> None:
        if self._open is not None:
            self._moments.append(self._open)
        self._open = moment

    def _current(self, number: int) -> Moment:
        if self._open is None:
            raise self._wrong(
                number,
                "Nothing has happened yet.",
                'A chat begins with what they write, "> book", or with "@ request NAME".',
            )
        return self._open

    def _said(self, number: int, text: str) -> None:
        moment = self._current(number)
        self._open = replace(moment, said=(*moment.said, (number, text)))

    def _pretended(self, number: int, text: str) -> None:
        moment = self._current(number)
        name, arrow, answer = text.partition(" -> ")
        if not arrow or not name.strip() or not answer.strip():
            raise self._wrong(
                number,
                "This does not say what is answered to what.",
                "Write it like `! calendar.book -> ok`, or `! calendar.book -> failed: full`.",
            )
        value, failure = read_answer(answer.strip())
        if moment.said:
            moment = Moment(deed=None, line=number)
            self._begin(moment)
        one = Pretended(line=number, name=name.strip(), value=value, failure=failure)
        self._open = replace(moment, pretended=(*moment.pretended, one))

    def _standing(self, number: int, text: str) -> None:
        moment = self._current(number)
        if text.strip() == "nothing":
            standing = Standing(line=number)
        elif found := _STANDING.fullmatch(text.strip()):
            standing = Standing(
                line=number,
                flow=found["flow"],
                step=found["step"],
                outcome=(found["outcome"] or "").strip(),
            )
        else:
            raise self._wrong(
                number,
                "This does not say where a session stands.",
                "Write `= booking: waiting at day`, `= booking: ended` or `= nothing`.",
            )
        self._open = replace(moment, standings=(*moment.standings, standing))

    def _deed(self, number: int, sign: str, text: str) -> Deed:
        if sign == ">":
            return Written(text=text)
        if sign == "~":
            try:
                return Passing(length=read_duration(text))
            except TextProblem as problem:
                raise self._wrong(number, str(problem), "") from None
        first, _, rest = text.partition(" ")
        readers = _BEHIND_PERCENT if sign == "%" else _BEHIND_AT
        read = readers.get(first)
        if read is None and sign == "@" and _LANGUAGE.fullmatch(text):
            return Speaking(language=text)
        if read is None:
            names = tuple(readers) if sign == "%" else _NAMES_BEHIND_AT
            raise self._wrong(number, f'"{text}" means nothing after {sign}.', advice(first, names))
        try:
            deed = read(rest.strip())
        except ValueError as problem:
            raise self._wrong(number, str(problem), "") from None
        if isinstance(deed, Now) and (self._moments or self._open is not None):
            raise self._wrong(
                number, "A chat's clock is set before anything happens.", "Later, write `~ 30m`."
            )
        return deed

    def _wrong(self, number: int, what: str, mend: str) -> FlowError:
        return FlowError(what, place=Place(file=self.file, line=number, column=1), mend=mend)


def _alone(deed: Deed) -> Callable[[str], Deed]:
    def read(rest: str) -> Deed:
        if rest:
            raise ValueError(f'Nothing may follow here, not "{rest}".')
        return deed

    return read


def _reported(rest: str) -> Reported:
    if rest not in get_args(DeliveryStatus):
        raise ValueError(f"A report says one of {', '.join(get_args(DeliveryStatus))}.")
    return Reported(status=cast(DeliveryStatus, rest))


def _now(rest: str) -> Now:
    if found := _NOW.fullmatch(f"now {rest}"):
        try:
            return Now(at=datetime.fromisoformat(f"{found[1]}T{found[2]}"))
        except ValueError:
            pass
    raise ValueError("A time is written like `@ now 2026-11-22 10:00`.")


def _from(rest: str) -> From:
    try:
        return From(phone=PhoneNumber(rest))
    except BadAddress as problem:
        raise ValueError(str(problem)) from None


def _channel(rest: str) -> OnChannel:
    if not rest.isidentifier():
        raise ValueError("A channel is named like `@ channel main`.")
    return OnChannel(name=rest)


def _asking(rest: str) -> Asking:
    name, _, written = rest.partition(" ")
    if not name:
        raise ValueError('Say what is asked for: `@ request visit.requested {"service": "cut"}`.')
    try:
        answers: object = json.loads(written) if written.strip() else {}
    except ValueError as problem:
        raise ValueError(f"The answers are not JSON: {problem}.") from None
    if not isinstance(answers, dict):
        raise ValueError('The answers are a JSON object, like {"service": "cut"}.')
    return Asking(name=name, answers=cast(dict[str, Any], answers))


_BEHIND_PERCENT: Mapping[str, Callable[[str], Deed]] = {
    "duplicate": _alone(Duplicate()),
    "restart": _alone(Restart()),
    "back": _alone(GivenBack()),
    "report": _reported,
    "picture": read_pictures,
}
_BEHIND_AT: Mapping[str, Callable[[str], Deed]] = {
    "now": _now,
    "from": _from,
    "channel": _channel,
    "request": _asking,
}
