"""What the YAML parser stumbled over, put plainly; its own words never reach an author."""

from collections.abc import Sequence

import yaml

from convo.language.layout import IN_QUOTES, INDENT_WITH_SPACES, KEY, Remark, near_colon
from convo.sentences import sentence

_NOT_THERE = sentence("This line does not fit the lines above it.")
_CHECK_INDENT = sentence(
    "Check how far it is indented: lines of one level start in the same column."
)
# What PyYAML or libyaml says -> (point at where it began, what is wrong, how to mend it)
_PLAINLY: tuple[tuple[str, bool, str, str], ...] = (
    (
        "mapping values are not allowed",
        False,
        sentence('A colon with a space after it cannot be read as "name: value" here.'),
        sentence(
            "{in_quotes}. If it is a name, check how far the line is indented.", in_quotes=IN_QUOTES
        ),
    ),
    ("block sequence entries are not allowed", False, _NOT_THERE, _CHECK_INDENT),
    (
        "end of stream",
        True,
        sentence("The quote that is opened here is never closed."),
        sentence("Close it."),
    ),
    (
        "end of document",
        True,
        sentence("The quote that is opened here is never closed."),
        sentence("Close it."),
    ),
    (
        "unknown escape character",
        False,
        sentence("In double quotes a backslash has a meaning of its own."),
        sentence("Use single quotes, or write the backslash twice."),
    ),
    ("',' or ']'", True, sentence('The "[" here is not closed where it should be.'), IN_QUOTES),
    ("',' or '}'", True, sentence('The "{{" here is not closed where it should be.'), IN_QUOTES),
    (
        "expected '-' indicator",
        False,
        _NOT_THERE,
        sentence("A list entry starts with a dash and a space."),
    ),
    ("expected key", False, _NOT_THERE, _CHECK_INDENT),
    ("<block end>", False, _NOT_THERE, _CHECK_INDENT),
    (
        "comment or line break",
        True,
        sentence("A text must start on the next line here."),
        IN_QUOTES,
    ),
    ("node content", False, sentence("Something is missing or out of place here."), IN_QUOTES),
    ("cannot start any token", False, sentence("A text cannot start with this sign."), IN_QUOTES),
    (
        "<document start>",
        False,
        sentence("Nothing may stand outside of the one document in a file."),
        sentence("One file holds one flow; remove what does not belong to it."),
    ),
)


def plainly(error: yaml.YAMLError, lines: Sequence[str]) -> Remark:
    """What the YAML parser stumbled over, in our words; its own never reach an author."""
    problem = str(getattr(error, "problem", "") or "")
    at = getattr(error, "problem_mark", None)
    began = getattr(error, "context_mark", None) or at
    if at is None or began is None:
        return Remark(
            line=1, column=1, what=sentence("This file cannot be read as YAML."), mend=IN_QUOTES
        )
    if "could not find expected ':'" in problem:
        return _no_colon(began.line, lines)
    if "mapping values are not allowed" in problem and (wrong := _wrong_colon(at.line, lines)):
        return wrong
    for words, from_start, what, mend in _PLAINLY:
        if words in problem:
            mark = began if from_start else at
            number = min(mark.line, len(lines) - 1)
            column = min(mark.column, len(lines[number]))
            if lines[number][column : column + 1] == "\t":
                return Remark(
                    line=number + 1,
                    column=column + 1,
                    what=sentence("This line is indented with a tab."),
                    mend=INDENT_WITH_SPACES,
                )
            return Remark(line=number + 1, column=column + 1, what=what, mend=mend)
    return Remark(line=at.line + 1, column=at.column + 1, what=_NOT_THERE, mend=_CHECK_INDENT)


def _no_colon(number: int, lines: Sequence[str]) -> Remark:
    line = lines[number]
    return near_colon(number, line) or Remark(
        line=number + 1,
        column=len(line) - len(line.lstrip()) + 1,
        what=sentence('This line is neither "name: value" nor a list entry ("- ...").'),
        mend=sentence("Add what is missing, or put a text of several lines in quotes."),
    )


def _wrong_colon(number: int, lines: Sequence[str]) -> Remark | None:
    """The line above a colon that does not fit, when that one has no colon to be read."""
    for above in range(number - 1, max(-1, number - 3), -1):
        line = lines[above]
        if line.strip():
            at = len(line) - len(line.lstrip(" "))
            return None if KEY.match(line, at) else near_colon(above, line)
    return None
