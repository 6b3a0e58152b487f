"""Whether a sentence says something else than the plain thing that stands in it: not, or, why."""

import re
from dataclasses import dataclass
from functools import cache

from convo.understanding.normalise import LETTERS, NO_WORD_GOES_ON, either, words_of
from convo.understanding.vocabulary import vocabularies


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """The words that refuse, choose between two, or ask, and the excuses that only have them."""

    words: re.Pattern[str]
    excuses: re.Pattern[str]

    def stand_in(self, plain: str) -> bool:
        """Whether one of them is in a text as `match_key` leaves it; 不好意思 is an excuse."""
        return self.words.search(self.excuses.sub(" ", plain)) is not None


@cache
def refusals(languages: tuple[str, ...]) -> Refusals:
    """Those of these languages, made once."""
    tables = vocabularies(languages)
    harmless = {word for table in tables for word in table.not_refusing}
    joined = [word for table in tables if not table.spaced for word in table.refusing]
    spaced = [word for table in tables if table.spaced for word in table.refusing]
    spaced = [word for word in spaced if word not in harmless]
    words = re.compile(f"{either(joined)}|(?<![{LETTERS}']){either(spaced)}{NO_WORD_GOES_ON}")
    return Refusals(
        words=words,
        excuses=re.compile(
            words_of(tables, lambda t: [word for word in t.polite if words.search(word)])
        ),
    )
