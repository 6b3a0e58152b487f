"""Handlers are found by reading one folder, and what is wrong there is named by file and line."""

from pathlib import Path

import pytest

from convo.authoring import Action, Keyword
from convo.errors import FlowErrors
from convo.scanning import scan

HOURS = '''from convo import Call, Reply, keyword


@keyword("hours", "营业时间")
async def hours(call: Call) -> Reply:
    """When the shop is open."""
    return Reply("9 to 6")
'''

BOOK = """from convo import Call, action

from keyword_handlers import _diary


@action("calendar.book")
async def book(call: Call) -> dict[str, str]:
    return {"visit": _diary.PAGE}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "keyword_handlers"
    folder.mkdir()
    return folder


def test_every_keyword_and_action_of_the_folder_is_found(folder: Path) -> None:
    (folder / "hours.py").write_text(HOURS, "utf-8")
    (folder / "book.py").write_text(BOOK, "utf-8")
    (folder / "_diary.py").write_text('PAGE = "one"\n', "utf-8")
    (folder / "notes.txt").write_text("not Python", "utf-8")
    book, hours = scan(folder)
    assert isinstance(book, Action)
    assert book.name == "calendar.book"
    assert isinstance(hours, Keyword)
    assert hours.words == ("hours", "营业时间")
    assert hours.about == "When the shop is open."


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert list(scan(tmp_path / "nowhere")) == []


def test_a_handler_imported_by_another_file_is_one_handler(folder: Path) -> None:
    (folder / "hours.py").write_text(HOURS, "utf-8")
    (folder / "again.py").write_text("from keyword_handlers.hours import hours\n", "utf-8")
    assert len(scan(folder)) == 1


def test_a_word_with_two_owners_names_both_places(folder: Path) -> None:
    (folder / "hours.py").write_text(HOURS, "utf-8")
    (folder / "open.py").write_text(HOURS.replace('"hours"', '"Hours "'), "utf-8")
    with pytest.raises(FlowErrors) as raised:
        scan(folder)
    first, second = map(str, raised.value.problems)
    assert first.startswith('keyword_handlers/open.py:4:1: The word "hours" is claimed here')
    assert "keyword_handlers/hours.py:4 too" in first
    assert "营业时间" in second


def test_an_action_with_two_owners_is_refused(folder: Path) -> None:
    for name in ("one.py", "two.py"):
        (folder / name).write_text(BOOK.replace("from keyword_handlers import _diary", ""), "utf-8")
    with pytest.raises(FlowErrors, match=r"The action calendar\.book is claimed here"):
        scan(folder)


@pytest.mark.parametrize(("source", "line"), [(HOURS, 4), (BOOK, 6)], ids=["keyword", "action"])
def test_a_plain_function_is_refused_before_anybody_meets_it(
    folder: Path, source: str, line: int
) -> None:
    (folder / "_diary.py").write_text('PAGE = "one"\n', "utf-8")
    (folder / "plain.py").write_text(source.replace("async def", "def"), "utf-8")
    with pytest.raises(FlowErrors) as raised:
        scan(folder)
    (problem,) = raised.value.problems
    assert str(problem.place) == f"keyword_handlers/plain.py:{line}:1"
    assert "is a plain function" in problem.what
    assert problem.mend.startswith("Write `async def ")


def test_every_file_that_cannot_be_imported_is_named_with_its_line(folder: Path) -> None:
    (folder / "broken.py").write_text("x = 1\nimport not_there_at_all\n", "utf-8")
    (folder / "crooked.py").write_text("def f(:\n", "utf-8")
    (folder / "leaves.py").write_text("import sys\nsys.exit(3)\n", "utf-8")
    with pytest.raises(FlowErrors) as raised:
        scan(folder)
    places = [str(problem.place) for problem in raised.value.problems]
    assert places[0] == "keyword_handlers/broken.py:2:1"
    assert places[1].startswith("keyword_handlers/crooked.py:1:")
    assert places[2] == "keyword_handlers/leaves.py:2:1"
    assert "No module named 'not_there_at_all'" in str(raised.value.problems[0])


def test_the_fault_is_put_where_the_author_can_mend_it(folder: Path) -> None:
    (folder / "_diary.py").write_text("\n\nint('x')\n", "utf-8")
    (folder / "book.py").write_text(BOOK, "utf-8")
    with pytest.raises(FlowErrors) as raised:
        scan(folder)
    assert str(raised.value.problems[0].place) == "keyword_handlers/_diary.py:3:1"
