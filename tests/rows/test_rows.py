"""Each switch can still be tried, and trying one tells failing from breaking."""

import shutil
from pathlib import Path

import pytest

from tests.rows.switch import Change, Switch, SwitchError, problems, read, switches
from tests.rows.table import ROOT, rows, rows_of
from tests.rows.trying import tried

BUSINESS = """
[business]
name = "Shop"
zone = "UTC"
country = "GB"
languages = ["en"]

[store]
url = "sqlite:data/convo.db"

[channels.main]
provider = "console"
address = "12345"
"""
FLOW = """
flow: hello
start: {words: [hello]}
steps:
  hi:
    say: Good day!
    go: end
"""
CHAT = """
# said
> hello
< Good day!
"""
TEST = """
from there import told

def test_it_is_told():
    assert told() == "yes"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of one business, one module and one test of it."""
    root = tmp_path / "project"
    (root / "flows" / "tests").mkdir(parents=True)
    (root / "convo.toml").write_text(BUSINESS, "utf-8")
    (root / "flows" / "hello.yaml").write_text(FLOW.lstrip(), "utf-8")
    (root / "flows" / "tests" / "S99_hello.chat").write_text(CHAT.lstrip(), "utf-8")
    (root / "there.py").write_text('def told():\n    return "yes"\n', "utf-8")
    (root / "test_S99_told.py").write_text(TEST.lstrip(), "utf-8")
    for part in ("convo", "tests/rows"):
        shutil.copytree(ROOT / part, root / part)
    return root


def switch(file: str, old: str, new: str, shown_by: str) -> Switch:
    changes = [Change(file=file, old=old, new=new)]
    return Switch(row="S99", what="it is off", shown_by=[shown_by], changes=changes)


#: Always the same and quick ones, of chats and of tests; `make switches` tries all.
SAMPLE = ("S03", "S55", "S56", "S58", "S62")

SWITCHES = [pytest.param(each, id=each.row) for each in switches()]


@pytest.mark.parametrize("each", SWITCHES)
def test_every_switch_can_be_tried(each: Switch) -> None:
    assert list(problems(each)) == []
    assert each.row in {row.name for row in rows()}


def test_every_row_has_what_shows_it_and_a_switch() -> None:
    assert {row.name: row.lacks for row in rows() if row.lacks} == {}


@pytest.mark.parametrize("row", SAMPLE)
def test_a_sample_of_the_switches_bites(row: str) -> None:
    (each,) = (each for each in switches() if each.row == row)
    result = tried(each)
    assert result.bites, (result.problem, result.seen)


def test_a_file_is_of_the_rows_in_its_name() -> None:
    assert rows_of("S31_first_fifty.chat") == ["S31"]
    assert rows_of("test_S46_S47_windows.py") == ["S46", "S47"]
    assert rows_of("booking.chat") == ()


def test_a_row_is_shown_by_what_is_named_by_it_and_says_what_it_lacks(tree: Path) -> None:
    told = '[S99]\nabout = "Hello"\nworks_when = "hello is said"\n'
    told += '[S98]\nabout = "Bye"\nworks_when = """\nbye is\nsaid"""\n'
    (tree / "tests" / "rows" / "rows.toml").write_text(told, "utf-8")
    hello, bye = rows(tree)
    assert hello.shown_by == ["flows/tests/S99_hello.chat"]
    assert hello.lacks == ("a switch",)
    assert bye.works_when == "bye is said"
    assert bye.lacks == ("a chat or test", "a switch")


@pytest.mark.parametrize(
    ("file", "old", "new", "shown_by", "verdict", "why"),
    [
        ("flows/hello.yaml", "Good day!", "Bye!", "flows/tests/S99_hello.chat", "fails", "line 3"),
        ("flows/hello.yaml", "Good", "Good", "flows/tests/S99_hello.chat", "holds", ""),
        (
            "flows/hello.yaml",
            "say:",
            "shout:",
            "flows/tests/S99_hello.chat",
            "breaks",
            "hello.yaml:4",
        ),
        (
            "convo/steps/say.py",
            "class Say",
            "cls Say",
            "flows/tests/S99_hello.chat",
            "breaks",
            "SyntaxError",
        ),
        ("there.py", '"yes"', '"no"', "test_S99_told.py", "fails", "AssertionError"),
        ("there.py", '"yes"', "yes", "test_S99_told.py", "breaks", "NameError"),
        ("there.py", "told", "said", "test_S99_told.py", "breaks", "ImportError"),
    ],
    ids=[
        "other words",
        "nothing changed",
        "a flow that cannot be read",
        "an engine that cannot be imported",
        "an assertion",
        "a name that is gone",
        "an import that fails",
    ],
)
def test_trying_a_switch_tells_failing_from_breaking(
    tree: Path, file: str, old: str, new: str, shown_by: str, verdict: str, why: str
) -> None:
    result = tried(switch(file, old, new, shown_by), tree)
    assert result.problem == ""
    assert result.seen[shown_by].verdict == verdict
    assert why in result.seen[shown_by].why
    assert result.bites == (verdict == "fails")


def test_a_change_whose_text_is_not_there_once_is_named(tree: Path) -> None:
    result = tried(switch("there.py", "e", "i", "test_S99_told.py"), tree)
    assert not result.bites
    assert result.problem == "S99: change 1: `old` occurs 3 times in there.py, not once"
    gone = switch("where.py", "e", "i", "test_S98_told.py")
    assert list(problems(gone, tree)) == [
        "S99: shown_by: there is no test_S98_told.py",
        "S99: shown_by: none of these is named by S99",
        "S99: change 1: there is no where.py",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("what = 'x'", "`change` is missing"),
        ("what = 'x'\nshown_by = []\nchange = []", "it needs a"),
        ("what = 'x'\nshown_by = ['x']\n[[change]]\nfile = 'x'\nold = 'x'", "`new` is missing"),
        ("what = 'x'\nshows = ['x']\nshown_by = ['x']\nchange = []", "no key `shows`"),
        ("what = ", "S99.toml"),
    ],
)
def test_a_switch_that_is_not_written_whole_says_why(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "S99.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SwitchError, match=why):
        read(file)
