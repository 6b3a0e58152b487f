"""The open table of replies, and how well each is understood: right, asked again, or wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from convo.policy.law_words import law_word
from convo.understanding.dates import understand_date, understand_time, understand_when
from convo.understanding.emails import understand_email
from convo.understanding.names import understand_name
from convo.understanding.numerals import understand_number
from convo.understanding.options import OptionWords, option_list, understand_option
from convo.understanding.patterns import compiled, understand_pattern
from convo.understanding.places import PlaceNames, place_list, understand_place
from convo.understanding.several import understand_several
from convo.understanding.yes_no import understand_yes_no

FOLDER = Path(__file__).parent / "replies"
NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
UNCLEAR = "unclear"
NO_WORD = "none"
#: Behind it what was asked about again, where several options may be chosen.
UNKNOWN = "unknown"
#: Languages whose rows are read month first (12/5 is in December): by a US and a Chinese business.
MONTH_FIRST = frozenset({"en", "zh"})
#: What a reader of all rows speaks beside their own language.
BESIDE: Mapping[str, tuple[str, ...]] = {"en": ("zh",)}

#: `right`; `again`: a clerk would have understood, we ask again; `wrong`: we would act on what was
#: not said. To overlook a STOP is to act on it wrongly.
Verdict = Literal["right", "again", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One reply: to which question, and what a careful clerk makes of it."""

    language: str
    line: int
    question: str
    reply: str = field(repr=False)
    expected: str
    kind: str
    options: tuple[OptionWords, ...] = ()
    pattern: str = ""
    places: tuple[PlaceNames, ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether it must not be understood as anything."""
        return self.expected in (UNCLEAR, NO_WORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row with what was understood."""

    row: Row
    found: str
    verdict: Verdict


def read_rows(folder: Path = FOLDER) -> tuple[Row, ...]:
    """Every row of every language, in the order of the files."""
    return tuple(row for file in sorted(folder.glob("*.tsv")) for row in _rows_of(file))


def _rows_of(file: Path) -> Iterable[Row]:
    lists: dict[str, tuple[OptionWords, ...]] = {}
    patterns: dict[str, str] = {}
    places: dict[str, tuple[PlaceNames, ...]] = {}
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if cells[0] == "!list":
            lists[cells[1]] = tuple(map(_option, cells[2:]))
            continue
        if cells[0] == "!pattern":
            patterns[cells[1]] = cells[2]
            continue
        if cells[0] == "!places":
            places[cells[1]] = tuple(map(_place, cells[2:]))
            continue
        question, reply, expected, kind = cells
        about, _, name = question.partition(":")
        yield Row(
            language=file.stem,
            line=number,
            question=question,
            reply=_unescaped(reply),
            expected=expected,
            kind=kind,
            options=lists[name] if about in ("choose", "options") else (),
            pattern=patterns[name] if about == "pattern" else "",
            places=places[name] if about == "place" else (),
        )


def _option(cell: str) -> OptionWords:
    """`haircut=1|Haircut|cut,trim`."""
    id, _, rest = cell.partition("=")
    number, label, *words = rest.split("|")
    said = tuple(filter(None, words[0].split(","))) if words else ()
    return OptionWords(id=id, number=int(number), labels=(label,), words=said)


def _place(cell: str) -> PlaceNames:
    """`spr_il=Springfield|the Springs@Illinois,IL`."""
    id, _, rest = cell.partition("=")
    names, _, within = rest.partition("@")
    return PlaceNames(
        id=id, names=tuple(names.split("|")), within=tuple(filter(None, within.split(",")))
    )


def _unescaped(written: str) -> str:
    return (
        written.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace("\0", "\\")
    )


# --- what is understood ---------------------------------------------------------------------------


def understood(row: Row) -> str:
    """What Convo makes of the reply, in the table's own words."""
    question, _, more = row.question.partition(":")
    return _READERS[question](row, more)


def _languages(row: Row) -> tuple[str, ...]:
    return tuple(dict.fromkeys((row.language, "en", *BESIDE.get(row.language, ()))))


def _yes_no(row: Row, _more: str) -> str:
    said = understand_yes_no(row.reply, _languages(row))
    return UNCLEAR if said is None else ("yes" if said else "no")


def _choose(row: Row, _more: str) -> str:
    return understand_option(row.reply, row.options, _languages(row)) or UNCLEAR


def _options(row: Row, _more: str) -> str:
    found = understand_several(row.reply, option_list(row.options, _languages(row)))
    if found is None:
        return UNCLEAR
    return f"{UNKNOWN} {found.unknown.lower()}" if found.unknown else " ".join(found.ids) or "-"


def _number(row: Row, more: str) -> str:
    least, _, most = more.partition("-")
    value = understand_number(
        row.reply,
        minimum=float(least) if least else None,
        maximum=float(most) if most else None,
        whole=bool(more),
        languages=_languages(row),
    )
    return UNCLEAR if value is None else f"{value:g}"


def _date(row: Row, _more: str) -> str:
    day = understand_date(
        row.reply, now=NOW, languages=_languages(row), day_first=row.language not in MONTH_FIRST
    )
    return UNCLEAR if day is None else day.isoformat()


def _time(row: Row, _more: str) -> str:
    hour = understand_time(row.reply, now=NOW, languages=_languages(row))
    return UNCLEAR if hour is None else _clock(hour)


def _datetime(row: Row, _more: str) -> str:
    when = understand_when(
        row.reply, now=NOW, languages=_languages(row), day_first=row.language not in MONTH_FIRST
    )
    if when is None or (when.day is None and when.time is None):
        return UNCLEAR
    day = "?" if when.day is None else when.day.isoformat()
    return f"{day} {'?' if when.time is None else _clock(when.time)}"


def _name(row: Row, _more: str) -> str:
    return understand_name(row.reply, _languages(row)) or UNCLEAR


def _email(row: Row, _more: str) -> str:
    found = understand_email(row.reply, _languages(row))
    if found is None:
        return UNCLEAR
    return found.address if found.meant is None else f"? {found.meant}"


def _where(row: Row, _more: str) -> str:
    found = understand_place(row.reply, place_list(row.places, _languages(row)))
    if found is None:
        return UNCLEAR
    ids = " ".join(found.ids)
    if len(found.ids) > 1:
        return f"which {ids}"
    return f"? {ids}" if found.slip else ids


def _pattern(row: Row, _more: str) -> str:
    return understand_pattern(row.reply, compiled(row.pattern), _languages(row)) or UNCLEAR


def _law(row: Row, country: str) -> str:
    return law_word(row.reply, country) or NO_WORD


def _clock(hour: time) -> str:
    return hour.isoformat("minutes")


_READERS: Mapping[str, Callable[[Row, str], str]] = {
    "yes_no": _yes_no,
    "choose": _choose,
    "options": _options,
    "number": _number,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "name": _name,
    "email": _email,
    "pattern": _pattern,
    "place": _where,
    "law": _law,
}
#: Questions at which not one wrong action is allowed.
NEVER_WRONG = frozenset({"yes_no", "law"})


# --- how well -------------------------------------------------------------------------------------


def judged(row: Row) -> Judged:
    found = understood(row)
    if found == row.expected:
        return Judged(row=row, found=found, verdict="right")
    law = row.question.startswith("law:")
    asked_again = found.startswith((UNCLEAR, UNKNOWN)) or _is_half_of(found, row.expected)
    return Judged(row=row, found=found, verdict="again" if asked_again and not law else "wrong")


def _is_half_of(found: str, expected: str) -> bool:
    """A day without its hour leads to a question for the hour, and is nothing wrong."""
    halves = list(zip(found.split(" "), expected.split(" "), strict=False))
    return len(halves) == 2 and all(mine in ("?", theirs) for mine, theirs in halves)


def summed(rows: Sequence[Judged], group: Callable[[Row], str]) -> Mapping[str, Counter[str]]:
    """How many rows of each group came to each verdict; `noise` are those that say nothing."""
    found: dict[str, Counter[str]] = {}
    for each in rows:
        counts = found.setdefault(group(each.row), Counter())
        counts["rows"] += 1
        counts[each.verdict] += 1
        counts["noise"] += each.row.says_nothing
    return dict(sorted(found.items()))


def question_of(row: Row) -> str:
    return row.question.partition(":")[0]
