"""Rows as CSV that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

#: A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection); the full-width
#: forms are read as the plain ones. A phone number begins with one too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(out: TextIO, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a header and rows; every cell is quoted, and one that looks like a formula is text."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([_cell(each) for each in head])
    for row in rows:
        writer.writerow([_cell(each) for each in row])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
