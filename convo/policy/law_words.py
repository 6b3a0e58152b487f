"""Words that the law, or a carrier's rules, give a meaning that no flow can change.

A law word is a whole message, never a part of one: "We have got to STOP this terrible bill"
is not one. The words stand in the law profiles: those of everywhere, and each country's own.
"""

from collections.abc import Iterable, Mapping

from convo.core.events import LawWord
from convo.core.folding import whole_message, without_accents
from convo.policy.profiles import PROFILES, Words, everywhere, profile, words_of

#: All of them. A country's own words are in force there whichever profile a business chooses: who
#: refuses in the way that they were told to must be heard.
LAW_WORDS: tuple[Words, ...] = (
    *words_of(everywhere()["words"], ()),
    *(row for name in PROFILES for row in profile(name).words),
)


def _plain(text: str) -> str:
    """Accents are left out on a telephone: a refusal is one without them too."""
    return without_accents(whole_message(text))


def _meanings(table: Iterable[Words]) -> dict[str, LawWord]:
    found: dict[str, LawWord] = {}
    for row in table:
        if row.means != "rejoin":
            found |= dict.fromkeys(map(_plain, row.words), row.means)
    return found


_EVERYWHERE: Mapping[str, LawWord] = _meanings(row for row in LAW_WORDS if not row.countries)
_BY_COUNTRY: Mapping[str, Mapping[str, LawWord]] = {
    country: _EVERYWHERE | _meanings(row for row in LAW_WORDS if country in row.countries)
    for country in {country for row in LAW_WORDS for country in row.countries}
}
_ANYWHERE: Mapping[str, LawWord] = _meanings(LAW_WORDS)
_ENDS_ALL = frozenset(map(_plain, everywhere()["ends_all"]))
_REJOIN = frozenset(
    _plain(word) for row in LAW_WORDS if row.means == "rejoin" for word in row.words
)


def law_word(text: str, country: str | None) -> LawWord | None:
    """What the whole of `text` is to the law where the contact lives (`numbering.country_of`)."""
    return _BY_COUNTRY.get(country or "", _EVERYWHERE).get(_plain(text))


def rejoin_word(text: str) -> bool:
    """Whether `text` is START to a withdrawn contact, while to all others it is their answer."""
    return _plain(text) in _REJOIN


def ends_all(text: str) -> bool:
    """Whether a STOP says that it means every programme."""
    return _plain(text) in _ENDS_ALL


def is_law_word(word: str, country: str | None = None) -> bool:
    """Whether a flow must not offer `word`: a law word in `country`, or with None in any."""
    return (law_word(word, country) if country else _ANYWHERE.get(_plain(word))) is not None
