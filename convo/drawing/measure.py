"""How much room words take in a picture: no font is known here, so it is told on the safe side."""

import unicodedata

#: Shares of the font's size: a sign of a wide script takes all of it, any other this much.
_NARROW = 0.6
_WIDE = frozenset("WF")
_MORE = "…"
_NEVER_FIRST = frozenset("。，、？！：；”’）》】」』…")
"""No line begins with these."""


def width_of(words: str, size: float) -> float:
    """The width in px at a font size in px."""
    return sum(map(_share, words)) * size


def clipped(words: str, width: float, size: float) -> str:
    """As much as fits, with "…" where something was left out."""
    words = printable(words)
    if width_of(words, size) <= width:
        return words
    left = width - width_of(_MORE, size)
    kept: list[str] = []
    for sign in words:
        left -= _share(sign) * size
        if left < 0:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + _MORE


def wrapped(words: str, width: float, size: float, lines: int) -> tuple[str, ...]:
    """In at most so many lines, broken between words and between wide signs."""
    done: list[str] = []
    rest = printable(words)
    while rest and len(done) < lines - 1 and width_of(rest, size) > width:
        cut = _break(rest, width, size)
        done.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*done, clipped(rest, width, size)) if rest else tuple(done)


def printable(words: str) -> str:
    """Without signs that XML forbids, or that would turn the writing around."""
    kept = (sign if unicodedata.category(sign)[0] != "C" else " " for sign in words)
    return " ".join("".join(kept).split())


def _share(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0
    return 1 if unicodedata.east_asian_width(sign) in _WIDE else _NARROW


def _break(words: str, width: float, size: float) -> int:
    """The last place within the width where a line may end; within a word if there is none."""
    used, last = 0.0, 0
    for n, sign in enumerate(words):
        used += _share(sign) * size
        if used > width:
            return last or max(n, 1)
        if words[n + 1 : n + 2] in _NEVER_FIRST:
            continue
        if sign == " " or unicodedata.east_asian_width(sign) in _WIDE:
            last = n + 1
    return len(words)
