"""One entry of a word table; a table may leave a key out: a language without ordinals has none."""

from collections.abc import Iterable
from typing import cast

Raw = dict[str, object]


def table(raw: Raw, key: str) -> Raw:
    """The lists below this key."""
    return cast("Raw", raw.get(key) or {})


def text(raw: Raw, key: str) -> str:
    """One text."""
    return cast("str", raw.get(key) or "")


def words(raw: Raw, key: str) -> tuple[str, ...]:
    """A list of words."""
    return tuple(cast("list[str]", raw.get(key) or []))


def texts(raw: Raw, key: str) -> dict[str, str]:
    """Words with a text each."""
    return cast("dict[str, str]", raw.get(key) or {})


def numbers(raw: Raw, key: str) -> dict[str, int]:
    """Words with a number each."""
    return {word: int(number) for word, number in texts(raw, key).items()}


def day_parts(dates: Raw) -> dict[str, tuple[int, str]]:
    """Words with how many days on they are, and the part of the day."""
    return {word: (int(days), part) for word, (days, part) in _pairs(dates, "day_parts")}


def number_pairs(raw: Raw, key: str) -> dict[str, tuple[int, int]]:
    """Words with two numbers each."""
    return {word: (int(first), int(second)) for word, (first, second) in _pairs(raw, key)}


def _pairs(raw: Raw, key: str) -> Iterable[tuple[str, tuple[str, str]]]:
    return cast("dict[str, tuple[str, str]]", raw.get(key) or {}).items()
