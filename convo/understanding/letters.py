"""One spelling for the words of a table, so that an author of tables may write as people do."""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import cast

from convo.core.folding import one_spelling, without_accents

_SIMPLIFIED = files(__package__ or __name__) / "simplified.txt"


def as_compared(read: object, respelt: Mapping[str, str]) -> object:
    """Without accents, and `respelt` as they are written without the letter (ü, ue)."""
    match read:
        case dict():
            table = cast("dict[str, object]", read)
            return {
                spelling: as_compared(value, respelt)
                for key, value in table.items()
                for spelling in _spellings(key, respelt)
            }
        case list():
            words = cast("list[str]", read)
            return [spelling for word in words for spelling in _spellings(word, respelt)]
        case _:
            return without_accents(cast("str", read))


def _spellings(word: str, respelt: Mapping[str, str]) -> Iterable[str]:
    word = unicodedata.normalize("NFKC", word).casefold()
    word = one_spelling(word.translate(simplified()))
    written_out = word.translate(str.maketrans(dict(respelt)))
    return dict.fromkeys((without_accents(word), without_accents(written_out)))


@cache
def simplified() -> Mapping[int, str]:
    """Traditional characters, and those of Japan, with the simplified ones they are matched as."""
    pairs = _SIMPLIFIED.read_text(encoding="utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs if len(pair) == 2}
