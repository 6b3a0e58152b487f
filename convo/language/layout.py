"""Mistakes seen in the bare lines of an authored file, before the YAML parser sees them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from convo.sentences import sentence

IN_QUOTES = sentence('Put the whole text in quotes: "..."')
INDENT_WITH_SPACES = sentence("Indent with spaces, two for each level.")

UNUSUAL_SPACES = {
    "\u00a0": sentence("a non-breaking space"),
    "\u3000": sentence("a full-width space"),
    "\u202f": sentence("a narrow non-breaking space"),
    "\u200b": sentence("an invisible zero-width space"),
    "\u200c": sentence("an invisible joiner"),
    "\u200d": sentence("an invisible joiner"),
    "\u2060": sentence("an invisible word joiner"),
    "\ufeff": sentence("an invisible byte order mark"),
}
_UNUSUAL = "".join(UNUSUAL_SPACES)
_INDENT = re.compile(rf"[\s{_UNUSUAL}]*")
_ENTRY = re.compile(r"-[ ]+")
KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'\[\]{}\#&*!|>%@`,-][^#]*?):(?=[ ]|$)"""
)
_FULL_WIDTH_KEY = re.compile(r"[A-Za-z_][\w.-]*\s*(：)")
_KEY_AND_UNUSUAL = re.compile(rf"[A-Za-z_][\w.-]*:([{_UNUSUAL}])")
_KEY_AND_NO_SPACE = re.compile(r"\s*(?:- )*[A-Za-z_][\w.-]*(:)[^\s/]")
_BLOCK_HEADER = re.compile(r"[|>](?:[+-]?[1-9]?|[1-9][+-])\s*(?:#.*)?$")
_QUOTED = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL),
    "'": re.compile(r"'(?:[^']|'')*'", re.DOTALL),
}
_REMARK = re.compile(r"(?:^|\s)#")
_STARTERS = {
    "*": sentence(
        '"*" at the start has a meaning of its own in YAML (an alias), which flows do not use.'
    ),
    "&": sentence(
        '"&" at the start has a meaning of its own in YAML (an anchor), which flows do not use.'
    ),
    "!": sentence(
        '"!" at the start has a meaning of its own in YAML (a tag), which flows do not use.'
    ),
    "%": sentence('A text cannot start with "%" unless it is in quotes.'),
    "@": sentence('A text cannot start with "@" unless it is in quotes.'),
    "`": sentence('A text cannot start with "`" unless it is in quotes.'),
    ",": sentence('A text cannot start with "," unless it is in quotes.'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One mistake; line and column are counted from 1."""

    line: int
    column: int
    what: str
    mend: str


def _value_remark(value: str, line: int, column: int, after_key: bool) -> Remark | None:
    """What is wrong with a value as it starts on a line; None when only YAML can tell."""

    def remark(what: str, mend: str = IN_QUOTES, at: int = 0) -> Remark:
        return Remark(line=line, column=column + at, what=what, mend=mend)

    first = value[0]
    if value.startswith("{{"):
        return remark(sentence('A text that starts with "{{{{" must be in quotes.'))
    if first in _STARTERS:
        return remark(_STARTERS[first])
    if first in "|>" and not _BLOCK_HEADER.match(value):
        return remark(
            sentence(
                '"{first}" at the start announces a text on the following lines.', first=first
            ),
            sentence(
                '{in_quotes}, or start a new line after "{first}".',
                in_quotes=IN_QUOTES,
                first=first,
            ),
        )
    if after_key and (value == "-" or value.startswith("- ")):
        return remark(
            sentence('A text cannot start with "- ", which begins a list entry.'),
            sentence("Put the text in quotes, or the list on the lines below."),
        )
    if value == "?" or value.startswith("? "):
        return remark(sentence('A text cannot start with "? " unless it is in quotes.'))
    if first not in "\"'[{|>#" and after_key:
        text = value[: found.start()] if (found := _REMARK.search(value)) else value
        colon = re.search(r":(?=\s|$)", text)
        if colon:
            return remark(
                sentence('A colon with a space after it would be read as "name: value".'),
                at=colon.start(),
            )
    return None


_FLOW_SIGNS = re.compile(r"[\[\]{}\"'#]")


def _closed_flow(text: str) -> int | None:
    """Where the bracket that opens this text is closed again (the index after), or None."""
    depth = 0
    at = 0
    while found := _FLOW_SIGNS.search(text, at):
        sign, start = found.group(), found.start()
        at = found.end()
        if sign in "[]{}":
            depth += 1 if sign in "[{" else -1
            if depth == 0:
                return at
        elif sign == "#" and text[start - 1].isspace():
            at = text.find("\n", start)
            if at < 0:
                return None
        elif sign in _QUOTED and text[start - 1] in " \n[{,:":
            quoted = _QUOTED[sign].match(text, start)
            if quoted is None:
                return None
            at = quoted.end()
    return None


def _end_of_value(text: str) -> int | None:
    """Where a quoted or bracketed value ends (the index after), or None."""
    if text[0] in _QUOTED:
        quoted = _QUOTED[text[0]].match(text)
        return quoted.end() if quoted else None
    return _closed_flow(text)


def _span(lines: Sequence[str], number: int, start: int) -> tuple[int, str] | None:
    """The last line of a quoted or bracketed value and what follows it there; None: no end."""
    text = lines[number][start:]
    end = _end_of_value(text)
    if end is None:
        text = "\n".join([text, *lines[number + 1 : number + _LONGEST_SPAN]])
        end = _end_of_value(text)
    if end is None:
        return None
    return number + text.count("\n", 0, end), text[end:].partition("\n")[0]


_LONGEST_SPAN = 60


def _indent_remark(line: str, number: int) -> Remark | None:
    found = _INDENT.match(line)
    indent = found.group() if found else ""
    if len(indent) == len(line):
        return None
    for at, sign in enumerate(indent):
        if sign == " ":
            continue
        name = (
            sentence("a tab")
            if sign == "\t"
            else UNUSUAL_SPACES.get(sign, sentence("an unusual space"))
        )
        return Remark(
            line=number + 1,
            column=at + 1,
            what=sentence("This line is indented with {name}.", name=name),
            mend=INDENT_WITH_SPACES,
        )
    return None


def _indented(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _colon_remarks(line: str, at: int, number: int) -> Iterator[Remark]:
    for pattern, what in (
        (_FULL_WIDTH_KEY, sentence("This is a full-width colon.")),
        (_KEY_AND_UNUSUAL, sentence("An unusual space follows the colon.")),
    ):
        if wrong := pattern.match(line, at):
            yield Remark(
                line=number + 1,
                column=wrong.start(1) + 1,
                what=what,
                mend=sentence('Write ":" and an ordinary space after it.'),
            )


def _block_end(lines: Sequence[str], number: int, parent: int) -> int:
    """The line after a text that stands on lines of its own, deeper than its parent."""
    while number < len(lines) and (not lines[number].strip() or _indented(lines[number]) > parent):
        number += 1
    return number


def remarks(lines: Sequence[str]) -> Iterator[Remark]:
    """Mistakes that can be seen line by line, so that all are told at once.

    Texts on lines of their own (after `|` or `>`), quoted texts and brackets over several lines
    are stepped over: in them nearly everything is allowed.
    """
    number = 0
    while number < len(lines):
        line = lines[number]
        here, number = number, number + 1
        if found := _indent_remark(line, here):
            yield found
            continue
        body = line.strip()
        if not body or body.startswith("#"):
            continue
        at = _indented(line)
        while entry := _ENTRY.match(line, at):
            at = entry.end()
        depth = at
        key = KEY.match(line, at)
        if key:
            at = key.end()
        else:
            yield from _colon_remarks(line, at, here)
            if depth == _indented(line):  # a value on a line of its own, or more of a text
                past = _past(lines, here, at, at) if line[at] in "\"'[{" else None
                number = past[0] if past else number
                continue
        value = line[at:].lstrip(" ")
        if not value.strip() or value.startswith("#"):
            continue
        start = len(line) - len(value)
        found = _value_remark(value.rstrip(), here + 1, start + 1, key is not None)
        if found:
            yield found
            continue
        past = _past(lines, here, start, depth if key else _indented(line))
        if past is None:
            return  # what follows cannot be told from a text; the parser says where it began
        number, found = past
        if found:
            yield found


def _past(
    lines: Sequence[str], number: int, start: int, parent: int
) -> tuple[int, Remark | None] | None:
    """The line after a value that starts here, and what is wrong at its end; None: no end."""
    value = lines[number][start:]
    if value[0] in "|>":
        return _block_end(lines, number + 1, parent), None
    if value[0] not in "\"'[{":
        return number + 1, None
    span = _span(lines, number, start)
    if span is None:
        return None
    last, rest = span
    if not rest.strip() or re.match(r"\s+#|\s*:", rest):
        return last + 1, None
    quoted = value[0] in _QUOTED
    return last + 1, Remark(
        line=number + 1,
        column=start + 1,
        what=sentence("Something follows the closing quote.")
        if quoted
        else sentence("Something follows the closing bracket."),
        mend=sentence("Quote the whole text, once.") if quoted else IN_QUOTES,
    )


def near_colon(number: int, line: str) -> Remark | None:
    """A colon that was meant to end a name and does not: full-width, or without a space."""
    if "：" in line:
        column = line.index("：")
        what, mend = (
            sentence("This is a full-width colon."),
            sentence('Write ":" and a space after it.'),
        )
    elif tight := _KEY_AND_NO_SPACE.match(line):
        column = tight.start(1)
        what, mend = (
            sentence("A space is missing after the colon."),
            sentence('Write "name: value".'),
        )
    else:
        return None
    return Remark(line=number + 1, column=column + 1, what=what, mend=mend)
