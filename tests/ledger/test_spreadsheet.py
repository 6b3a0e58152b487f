"""A spreadsheet shows every cell as it was written and runs none."""

import csv
import io

import pytest

from convo.ledger.spreadsheet import write


def written(*rows: tuple[object, ...]) -> list[list[str]]:
    out = io.StringIO()
    write(out, ("a", "b"), rows)
    return [*csv.reader(io.StringIO(out.getvalue()))][1:]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_what_looks_like_a_formula_is_text(start: str) -> None:
    assert written((f"{start}1+1", "x")) == [[f"'{start}1+1", "x"]]


def test_numbers_commas_quotes_lines_and_nothing_come_through() -> None:
    assert written((-3, 'a "b", c\nd'), (None, 2.5)) == [["-3", 'a "b", c\nd'], ["", "2.5"]]
