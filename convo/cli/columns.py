"""Lists for the terminal: columns as wide as what stands in them, times, ages."""

import shutil
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

GAP = "  "

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
#: Up to how many ms an age is told in which unit.
_UNITS = ((2 * MINUTE, SECOND, "s"), (2 * HOUR, MINUTE, "min"), (2 * DAY, HOUR, "h"))


def columns(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """A line for the head and for each row; numbers stand on the right of their column."""
    shown = [[plain(str(cell)) for cell in row] for row in rows]
    widths = [
        max(_cells(text) for text in (title, *(row[n] for row in shown)))
        for n, title in enumerate(head)
    ]
    right = [bool(rows) and all(isinstance(row[n], int) for row in rows) for n in range(len(head))]
    for line in (head, *shown):
        cells = [
            " " * (width - _cells(text)) + text if is_right else text + " " * (width - _cells(text))
            for text, width, is_right in zip(line, widths, right, strict=True)
        ]
        yield GAP.join(cells).rstrip()


def plain(text: str) -> str:
    """Whatever stands in it, it cannot speak to the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def moment(at: int, zone: ZoneInfo) -> str:
    """A time in ms since 1970 as the business's clock shows it."""
    return f"{datetime.fromtimestamp(at / 1_000, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def age(length: int) -> str:
    """So many ms: 45 s, 12 min, 3 h, 2 days."""
    for most, unit, name in _UNITS:
        if length < most:
            return f"{max(length, 0) // unit} {name}"
    return f"{length // DAY} days"


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers, as short as they can be told: 0-3, 7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ", ".join("-".join(map(str, each)) for each in found)


def indented(text: str) -> str:
    """A remark under a line, as wide as the terminal."""
    margin, width = " " * 4, max(shutil.get_terminal_size().columns, 40)
    return textwrap.fill(
        plain(text), width, initial_indent=margin, subsequent_indent=margin, break_long_words=False
    )


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
