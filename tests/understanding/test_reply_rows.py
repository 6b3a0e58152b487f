"""The open table of replies has the form its README promises; its meaning is tested elsewhere."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "replies"
FILES = sorted(FOLDER.glob("*.tsv"))
UNDERSTOOD_BY_NOBODY = ("unclear", "none")
UNCLEAR_AT_LEAST = 0.30
CLASSES = frozenset(
    (
        "digits",
        "fullwidth",
        "numeral",
        "ordinal",
        "label",
        "word",
        "colloquial",
        "typo",
        "emoji",
        "punctuation",
        "polite",
        "case",
        "traditional",
        "dialect",
        "mixed",
        "sentence",
        "negation",
        "question",
        "several",
        "out_of_range",
        "noise",
        "trap",
        "long",
        "law",
        "plain",
    )
)
OPTION = re.compile(r"(?P<id>\w+)=(?P<number>\d+)\|(?P<label>[^|]+)(?:\|[^|]*)?")
ESCAPE = re.compile(r"\\(.?)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
BOUNDS = re.compile(r"number:(-?\d+)-(\d+)")

Lists = dict[str, list[str]]


def lists_of(lines: list[str]) -> Lists:
    """The ids of each declared list; a malformed declaration is an assertion's business.

    Declared patterns and places stand beside them, by their names with a mark.
    """
    lists: Lists = {}
    for line in lines:
        if line.startswith("!list\t"):
            name, *options = line.split("\t")[1:]
            found = [OPTION.fullmatch(option) for option in options]
            lists[name] = [option["id"] if option else "" for option in found]
        elif line.startswith("!pattern\t"):
            _, name, pattern = line.split("\t")
            lists[f"!{name}"] = [pattern]
        elif line.startswith("!places\t"):
            _, name, *places = line.split("\t")
            lists[f"@{name}"] = [place.partition("=")[0] for place in places]
    return lists


def rows_of(lines: list[str]) -> list[tuple[int, list[str]]]:
    return [
        (number, line.split("\t"))
        for number, line in enumerate(lines, 1)
        if line and not line.startswith(("#", "!"))
    ]


def does_match(patterns: list[str], text: str) -> bool:
    """Whether the pattern, or its one group that has a name, makes this of some reply."""
    groups = [re.search(r"\(\?P<\w+>(.*?)\)", pattern) for pattern in patterns]
    kept = [group[1] if group else pattern for group, pattern in zip(groups, patterns, strict=True)]
    return any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in kept)


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_hour(text: str) -> bool:
    try:
        return time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False


def is_moment(text: str) -> bool:
    day, _, hour = text.partition(" ")
    halves = (day == "?") + (hour == "?")
    return halves < 2 and (day == "?" or is_day(day)) and (hour == "?" or is_hour(hour))


def is_number(question: str, text: str) -> bool:
    if not NUMBER.fullmatch(text):
        return False
    if bounds := BOUNDS.fullmatch(question):
        return text.isdigit() and int(bounds[1]) <= int(text) <= int(bounds[2])
    return question == "number"


def is_address(text: str) -> bool:
    return re.fullmatch(r"(?:\? )?[^\s@?]+@[^\s@?]+\.[^\s@?]{2,}", text) is not None


def stands_in(expected: str, reply: str) -> bool:
    """Whether what is kept was written, apart from the width of its letters."""
    return expected in unicodedata.normalize("NFKC", reply).replace("\u2019", "'")


#: Question -> whether a reply to it can be understood so.
FITS: dict[str, Callable[[str, str], bool]] = {
    "yes_no": lambda _, expected: expected in ("yes", "no"),
    "date": lambda _, expected: is_day(expected),
    "time": lambda _, expected: is_hour(expected),
    "datetime": lambda _, expected: is_moment(expected),
    "email": lambda _, expected: is_address(expected),
    "name": lambda reply, expected: stands_in(expected, reply),
}


def fits(question: str, reply: str, expected: str, lists: Lists) -> bool:
    """Whether the expected value is one that this question can have."""
    kind, _, detail = question.partition(":")
    match kind:
        case "law":
            known = re.fullmatch("[A-Z]{2}", detail) is not None
            return known and expected in ("stop", "start", "help", "none")
        case "choose":
            return detail in lists and expected in (*lists[detail], "unclear")
        case "options":
            known = lists.get(detail, [])
            ids = [id for id in known if id in expected.split()]
            chosen = bool(ids) and " ".join(ids) == expected
            told = expected in ("-", "unclear") or expected.startswith("unknown ")
            return detail in lists and (chosen or told)
        case "pattern":
            return expected == "unclear" or does_match(lists.get(f"!{detail}", []), expected)
        case "place":
            ids = expected.removeprefix("which ").removeprefix("? ").split()
            return expected == "unclear" or {*ids} <= {*lists.get(f"@{detail}", ())}
        case "number":
            return expected == "unclear" or is_number(question, expected)
        case _:
            return kind in FITS and (expected == "unclear" or FITS[kind](reply, expected))


def wrong_with(lines: list[str]) -> list[str]:
    """What is wrong with the form of a file, each as one sentence with its line."""
    lists, wrong, seen = lists_of(lines), list[str](), dict[tuple[str, str], int]()
    for name, ids in lists.items():
        if "" in ids or len(set(ids)) < max(2 - name.startswith("!"), len(ids)):
            wrong.append(f"list {name}: an option is malformed, or twice there, or alone")
    for number, fields in rows_of(lines):
        if len(fields) != 4 or not all(fields):
            wrong.append(f"line {number}: four fields, none of them empty")
            continue
        question, reply, expected, kind = fields
        if any(escaped not in ("n", "t", "\\") for escaped in ESCAPE.findall(reply)):
            wrong.append(f"line {number}: an unknown escape in {reply}")
        if not fits(question, reply, expected, lists):
            wrong.append(f"line {number}: {question} cannot be {expected}")
        if kind not in CLASSES:
            wrong.append(f"line {number}: no class is called {kind}")
        if first := seen.get((question, reply)):
            wrong.append(f"line {number}: the row of line {first} again")
        seen.setdefault((question, reply), number)
    return wrong


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_line_has_the_form_of_the_readme(file: Path) -> None:
    assert wrong_with(file.read_text(encoding="utf-8").split("\n")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_three_rows_in_ten_are_not_to_be_understood(file: Path) -> None:
    expected = [fields[2] for _, fields in rows_of(file.read_text(encoding="utf-8").split("\n"))]
    counts = Counter(expected)
    unclear = sum(counts[word] for word in UNDERSTOOD_BY_NOBODY)
    assert unclear / len(expected) >= UNCLEAR_AT_LEAST


def test_there_are_files_to_look_at() -> None:
    assert {"en", "es"} <= {file.stem for file in FILES}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("yes_no\tsure\tyes", "four fields"),
        ("yes_no\t\tunclear\tnoise", "four fields"),
        ("yes_no\tsure\tsim\tword", "cannot be"),
        ("choose:menu\t1\ttea\tdigits", "cannot be"),
        ("choose:nothing\t1\tcut\tdigits", "cannot be"),
        ("options:menu\t2 1\tdye cut\tdigits", "cannot be"),
        ("options:menu\t1\ttea\tdigits", "cannot be"),
        ("options:nothing\t1\tcut\tdigits", "cannot be"),
        ("number:0-10\t11\t11\tout_of_range", "cannot be"),
        ("number\t7\tseven\tdigits", "cannot be"),
        ("date\tFeb 30\t2026-02-30\tsentence", "cannot be"),
        ("time\t3pm\t3:00\tdigits", "cannot be"),
        ("datetime\tlater\t? ?\tnoise", "cannot be"),
        ("law:us\tSTOP\tstop\tlaw", "cannot be"),
        ("pattern:no\t12\t12\tdigits", "cannot be"),
        ("pattern:pin\tnone\t123\tdigits", "cannot be"),
        ("place:town\tYork\tyork\tplain", "cannot be"),
        ("email\tanna at example\tanna@example\tword", "cannot be"),
        ("name\tI'm Ann\tAnna\tsentence", "cannot be"),
        ("mood\tfine\tfine\tword", "cannot be"),
        ("yes_no\tye\\s\tyes\tword", "unknown escape"),
        ("yes_no\tsure\tyes\teasy", "no class"),
        ("yes_no\tyes\tno\tword", "again"),
    ],
)
def test_a_malformed_row_is_seen(line: str, complaint: str) -> None:
    good = ["!list\tmenu\tcut=1|Haircut|trim\tdye=2|Colour", "yes_no\tyes\tyes\tword"]
    good += ["!pattern\tpin\t\\d{4}", "pattern:pin\t1234\t1234\tdigits"]
    good += ["options:menu\t1 2\tcut dye\tdigits", "options:menu\tnone\t-\tword"]
    good += ["options:menu\t1 9\tunknown 9\tout_of_range"]
    assert wrong_with(good) == []
    (said,) = wrong_with([*good, line])
    assert complaint in said


def test_a_malformed_list_is_seen() -> None:
    (said,) = wrong_with(["!list\tmenu\tcut=1|Haircut\tcut=2|Colour"])
    assert "list menu" in said
