"""A pattern that an author writes for an answer: checked when it is read, by RE2's own rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import re2

from convo.language.authored import Authored
from convo.language.text_problems import TextProblem
from convo.sentences import sentence
from convo.understanding import patterns

MAX_SOURCE = 500
"""Characters of a pattern."""

MAX_PROGRAM = 3_000
"""Instructions that it comes to: with these, a reply is read in a few milliseconds. Two letters of
any script and six figures are 2,400 of them, for there are many letters."""


def _around(_: str) -> str:
    return sentence("Looking ahead or behind is not used. Write out what may stand there.")


#: How RE2's complaint begins -> ours; it is told what RE2 points at.
_PLAINLY: tuple[tuple[str, Callable[[str], str]], ...] = (
    *((f"invalid perl operator: {sign}", _around) for sign in ("(?=", "(?!", "(?<=", "(?<!")),
    (
        "invalid perl operator",
        lambda sign: sentence(
            '"{sign}" is not used in patterns. Write ( ) or (?P<name> ).', sign=sign
        ),
    ),
    *(
        (
            f"invalid escape sequence: \\{digit}",
            lambda sign: sentence(
                "A group cannot be asked for again ({sign}). Write out what may stand there.",
                sign=sign,
            ),
        )
        for digit in "123456789"
    ),
    (
        "invalid escape sequence",
        lambda sign: sentence(
            '"{sign}" has no meaning. Write the characters themselves.', sign=sign
        ),
    ),
    (
        "invalid repetition size",
        lambda sign: sentence(
            '"{sign}" is no count, or repeats more than 1,000 times in all.', sign=sign
        ),
    ),
    (
        "bad repetition operator",
        lambda sign: sentence('"{sign}" repeats a repetition. Write one of the two.', sign=sign),
    ),
    (
        "no argument for repetition",
        lambda sign: sentence(
            'Nothing stands before "{sign}" to repeat. The sign is "\\{sign}".', sign=sign
        ),
    ),
    ("missing ]", lambda _: sentence("A [ opened here is never closed.")),
    ("missing )", lambda _: sentence("A ( opened here is never closed.")),
    ("unexpected )", lambda _: sentence("A ) stands here that no ( has opened. The sign is \\).")),
    (
        "invalid character class range",
        lambda sign: sentence('"{sign}" names no characters.', sign=sign),
    ),
    ("trailing \\", lambda _: sentence("A backslash at the end means nothing. The sign is \\\\.")),
    ("pattern too large", lambda _: sentence("The pattern is too large: it repeats too much.")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern(Authored):
    """What an author wrote, ready to be matched."""

    JSON_SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "string",
        "description": "A regular expression of RE2, such as [A-Z]{2}\\d{6}",
    }

    source: str
    ready: patterns.Pattern = field(repr=False, compare=False)

    @classmethod
    def read(cls, raw: object) -> Self:
        """Raises TextProblem, with the place in the pattern where RE2 tells it."""
        if not isinstance(raw, str) or not raw:
            raise TextProblem(sentence('A pattern is missing, such as "[A-Z]{{2}}[0-9]{{6}}".'))
        if len(raw) > MAX_SOURCE:
            raise TextProblem.at(
                raw,
                0,
                sentence(
                    "The pattern is longer than {max_source} characters.", max_source=MAX_SOURCE
                ),
            )
        try:
            ready = patterns.compiled(raw)
        except re2.error as error:
            raise _told(raw, error.args[0].decode("utf-8", "replace")) from None
        size = ready.regexp.programsize
        if size > MAX_PROGRAM:
            what = sentence(
                "The pattern is too large ({size} steps of {most}). Repeat less, or "
                "name fewer letters than all of Unicode.",
                size=f"{size:,}",
                most=f"{MAX_PROGRAM:,}",
            )
            raise TextProblem.at(raw, 0, what)
        return cls(source=raw, ready=ready)

    @property
    def written(self) -> object:
        return self.source


def _told(source: str, complaint: str) -> TextProblem:
    _, _, part = complaint.partition(": ")
    at = max(source.find(part), 0) if part else source.rfind("\\")
    for begins, plain in _PLAINLY:
        if complaint.startswith(begins):
            return TextProblem.at(source, max(at, 0), plain(part))
    what = sentence("This cannot be read as a pattern: {complaint}.", complaint=complaint)
    return TextProblem.at(source, max(at, 0), what)
