"""Numbers, written in digits, in words or in Chinese, and what is said around one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from convo.understanding.normalise import (
    NO_WORD_GOES_ON,
    either,
    fold_letters,
    folded,
    normalise,
    words_of,
)
from convo.understanding.vocabulary import Vocabulary, known_languages, vocabularies

_GROUPED = r"[0-9]{1,3}(?:%s[0-9]{3}){1,4}(?:%s[0-9]{1,9})?|[0-9]{1,15}(?:%s[0-9]{1,9})?"
#: The sign before the decimals -> how such figures are written: 1,000.5 and 1.000,5 or 1 000,5.
ARABIC = {
    ".": _GROUPED % (",", r"\.", r"\."),
    ",": "|".join(
        (_GROUPED % (r"\.", ",", ","), _GROUPED % (" ", ",", ","), r"[0-9]{1,15}\.[0-9]{1,2}")
    ),
}
MAX_CHINESE = 16
"""Characters of a number written in Chinese."""

_SHORTEST_DIGIT_STYLE = 3
_COMPARED = re.compile(r"[<>≤≥≦≧]|[0-9] ?\+\W*$")


def match_number(text: str) -> str:
    """The text as numbers are looked up in it, empty where it compares (">8", "8+")."""
    return "" if _COMPARED.search(folded(text)) else fold_letters(normalise(text))


def number_of(plain: str, languages: Sequence[str]) -> int | float | None:
    """The number that the whole of `plain` is in one of these languages.

    `plain` is what `match_number` leaves of a text. A whole value comes back as int ("8.0" is 8);
    "1,000" is a thousand in English and one in Spanish: for readers of both it is not clear.
    """
    if not plain:
        return None
    shape = _shape(tuple(languages))
    figures = [
        _figures(plain, sign) for sign, form in shape.arabic.items() if form.fullmatch(plain)
    ]
    if figures:
        value = figures[0]
        return None if len(set(figures)) > 1 else int(value) if value.is_integer() else value
    named = shape.names.get(plain)
    if named is not None:
        return named
    for hundreds in shape.hundreds:
        found = hundreds.fullmatch(plain)
        if found is not None:
            return shape.names[found[1]] + shape.names[found[2]]
    written = shape.chinese.fullmatch(plain)
    if written is None:
        return None
    minus, whole, decimals = written.groups()
    value = chinese_number(whole)
    if value is None:
        return None
    if decimals:
        value += float("0." + "".join(str(shape.digits[char]) for char in decimals))
    return -value if minus else value


def _figures(plain: str, sign: str) -> float:
    if sign == ".":
        return float(plain.replace(",", ""))
    # "2.5" is written too; but three figures behind the point are thousands.
    if "," not in plain and re.fullmatch(r"[+-]?[0-9]+\.[0-9]{1,2}", plain):
        return float(plain)
    return float(plain.replace(".", "").replace(" ", "").replace(",", "."))


def chinese_number(written: str) -> int | None:
    """二十三, 一百零二, 两万, and digit by digit 二〇二六. Two bare digits (七八) mean "7 or 8"."""
    shape = _signs()
    written = "".join(shape.joined.get(char, char) for char in written[:MAX_CHINESE])
    if all(char in shape.digits for char in written):
        digits = [shape.digits[char] for char in written]
        if len(digits) in {0, *range(2, _SHORTEST_DIGIT_STYLE)} and digits[:1] != [0]:
            return None
        return int("".join(map(str, digits)))
    total, last, pending, skipped = 0, 10**5, -1, False
    for char in written:
        if char in shape.digits:
            digit = shape.digits[char]
            if pending >= 0:
                return None
            pending, skipped = (digit, skipped) if digit else (-1, True)
            continue
        multiple = shape.multiples.get(char)
        if multiple is None or multiple >= last:
            return None
        if pending < 0 and (multiple > 10 or (last < 10**5 and not skipped)):
            return None
        total += max(pending, 1) * multiple
        last, pending, skipped = multiple, -1, False
    if pending < 0:
        return None if skipped else total
    # 一百二 is 120, 一百零二 is 102.
    return total + pending * (1 if skipped or last <= 10 else last // 10)


def understand_number(
    text: str,
    *,
    languages: Sequence[str],
    minimum: float | None = None,
    maximum: float | None = None,
    whole: bool = False,
) -> int | float | None:
    """The one number a reply gives, with nothing around it but "I'd say" and "points".

    Of "8/10" and "8 out of 10" it is 8 where 10 is the maximum, and nothing elsewhere. Out of
    bounds, or broken where a whole one is asked for, is None.
    """
    plain = match_number(text)
    if not plain or "?" in folded(text) or plain in _shape(tuple(languages)).not_numbers:
        return None
    value = number_of(plain, languages)
    if value is None:
        said = _shape(tuple(languages)).said.fullmatch(plain)
        if said is None:
            return None
        value = _shape(tuple(languages)).counted.get(said[1]) or number_of(said[1], languages)
        out_of = None if said[2] is None else number_of(said[2], languages)
        if said[2] is not None and (maximum is None or out_of != maximum):
            return None
    if value is None or (whole and not isinstance(value, int)):
        return None
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        return None
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """The characters that numbers are written with in any language."""

    digits: Mapping[str, int]
    multiples: Mapping[str, int]
    joined: Mapping[str, str]


@cache
def _signs() -> _Signs:
    tables = vocabularies(known_languages())
    return _Signs(
        digits={char: value for table in tables for char, value in table.digits.items()},
        multiples={char: value for table in tables for char, value in table.multiples.items()},
        joined={char: both for table in tables for char, both in table.joined.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    arabic: Mapping[str, re.Pattern[str]]
    names: Mapping[str, int]
    hundreds: tuple[re.Pattern[str], ...]
    counted: Mapping[str, int]
    not_numbers: frozenset[str]
    chinese: re.Pattern[str]
    said: re.Pattern[str]
    digits: Mapping[str, int]


@cache
def _shape(languages: tuple[str, ...]) -> _Shape:
    tables = vocabularies(languages)
    names = {name: value for table in tables for name, value in spelt_numbers(table).items()}
    minus = [word for table in tables for word in table.minus]
    names |= {name: value for table in tables for name, value in table.hundreds.items()}
    hundreds = [_hundreds(table) for table in tables if table.hundreds]
    spelt = f"(?:{'|'.join([*map(''.join, hundreds), either(names)])})"
    for name, value in list(names.items()):
        names |= {f"{word} {name}": -value for word in minus}
    digits = {char: value for table in tables for char, value in table.digits.items()}
    multiples = {char: value for table in tables for char, value in table.multiples.items()}
    joined = {char: both for table in tables for char, both in table.joined.items()}
    chars = either([*digits, *multiples, *joined])
    chinese = rf"({either(w for w in minus if not w.isascii())})?({chars}+)" + (
        rf"(?:点({either(digits)}+))?"
    )
    signs = dict.fromkeys(table.decimal for table in tables) or {".": None}
    arabic = "|".join(ARABIC[sign] for sign in signs)
    signed = rf"(?:[+-]|{either(minus)} ?)?(?:{arabic})(?![0-9])"
    counted = {name: value for table in tables for name, value in counted_numbers(table).items()}
    something = either(word for t in tables if t.counted for word in t.after_number)
    number = "|".join(
        (
            f"{either(counted)}(?! ?{either(counted)} ?{something})(?= ?{something})",
            f"(?:{either(minus)} )?{spelt}{NO_WORD_GOES_ON}",
            signed,
            re.sub(r"[(](?![?])", "(?:", chinese),
        )
    )
    before = words_of(tables, lambda table: table.before_number)
    after = words_of(tables, lambda table: table.after_number)
    out_of = either(word for table in tables for word in table.out_of)
    return _Shape(
        arabic={sign: re.compile(rf"[+-]?(?:{ARABIC[sign]})") for sign in signs},
        names=names,
        hundreds=tuple(
            re.compile(f"({hundred}){between}({rest})") for hundred, between, rest in hundreds
        ),
        counted=counted,
        not_numbers=frozenset(word for table in tables for word in table.not_numbers),
        chinese=re.compile(chinese),
        said=re.compile(
            rf"(?>(?:{before}[ ,:]*)*)({number})"
            rf"(?>(?: ?/ ?| {out_of} )({number}))?+(?>(?:[ ,!.]*{after})*)"
        ),
        digits=digits,
    )


def _hundreds(table: Vocabulary) -> tuple[str, str, str]:
    """The pieces of "ciento veinte" and "hundertfünfunddreißig"."""
    between = either(table.hundreds_then_rest)
    return either(table.hundreds), between, either(spelt_numbers(table))


def spelt_numbers(table: Vocabulary) -> dict[str, int]:
    """Every number word up to 99: "twenty-three", "soixante-dix-huit", "fünfunddreißig"."""
    names = {**table.numbers, **table.tens}
    for tens, ten in table.tens.items():
        last = 19 if tens in table.to_nineteen else 9
        for ones, one in table.numbers.items():
            if 0 < one <= last:
                written = [f"{tens}{between}{ones}" for between in table.tens_then_ones]
                written += [f"{ones}{between}{tens}" for between in table.ones_then_tens]
                names |= dict.fromkeys(written, ten + one)
    return names


def counted_numbers(table: Vocabulary) -> dict[str, int]:
    """Numbers that are said only in front of what they count: 네 (명), 스물두 (살)."""
    names = dict(table.counted)
    for tens, ten in table.tens.items():
        for ones, one in table.counted.items():
            if one < 10:
                names |= {f"{tens}{between}{ones}": ten + one for between in table.tens_then_ones}
    return names


def spelt_ordinals(table: Vocabulary) -> dict[str, int]:
    """Every ordinal word up to 31 ("second", "twenty-first", 두번째)."""
    names = dict(table.ordinals)
    for counted, value in counted_numbers(table).items():
        names |= {f"{counted}{ending}": value for ending in table.ordinal_endings}
    for tens, ten in table.tens.items():
        for ones, one in table.ordinals.items():
            if one < 10 and ten < 40:
                written = (f"{tens}{between}{ones}" for between in table.tens_then_ones)
                names |= dict.fromkeys(written, ten + one)
    return names
