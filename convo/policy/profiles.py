"""Law profiles: what the law of a contact's country asks of us, each line with its rule and source.

One file a profile in `profiles/`, read once; words and phrases of everywhere in `everywhere.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args

import yaml

from convo.core.business import Business, MessageClass
from convo.core.languages import nearest
from convo.core.numbers import PhoneNumber
from convo.core.written_hours import span_of, weekdays_of
from convo.errors import ConvoError
from convo.policy.numbering import REMEMBERED, area_of, country_of

Meaning = Literal["stop", "start", "help", "rejoin"]
#: `express`: they said so in a clear act; `double`: and confirmed it from the number itself.
ConsentKind = Literal["express", "double"]
Need = Literal["sender", "about", "frequency", "opt_out"]

STRICT = "strict"
#: Every profile there is; each is a file of this name.
PROFILES = ("us", "ca", "cn", "eu", STRICT)

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_FOLDER = files(__package__ or __name__) / "profiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of one meaning and of one source, in any case and width."""

    #: `rejoin`: an everyday word that is START to a withdrawn contact and nothing to others.
    means: Meaning
    words: tuple[str, ...]
    #: ISO codes of the contacts' countries; empty is everywhere.
    countries: tuple[str, ...] = ()
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours in which we may speak first on some weekdays, by the contact's wall clock."""

    rule: str
    #: Monday is 0.
    weekdays: frozenset[int]
    #: Minutes after midnight, `opens` < `closes`.
    opens: int
    closes: int
    source: str
    #: Area codes of the numbers it is for; empty is all of the profile's.
    areas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The consent that a class of message wants."""

    rule: str
    kind: ConsentKind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a text must have in it: the one that asks somebody to join, or every marketing text."""

    rule: str
    where: Literal["join", "marketing"]
    needs: Need
    source: str
    #: How it may be said, by language.
    phrases: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the proof of a consent is kept after its end."""

    rule: str
    days: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One law, as far as texting is concerned."""

    name: str
    version: str
    about: str
    countries: tuple[str, ...]
    consent: Mapping[MessageClass, Wanted]
    #: On a given day every window of that weekday must be open; a day without any is closed.
    windows: Mapping[MessageClass, tuple[Window, ...]]
    wording: tuple[Wording, ...]
    retention: Retention
    words: tuple[Words, ...]

    def phrase(self, where: Literal["join", "marketing"], needs: Need, language: str) -> str:
        """How the law's words may be put in this language or its nearest form; "" for none."""
        for line in self.wording:
            if line.where == where and line.needs == needs:
                return line.phrases.get(nearest(line.phrases, language) or "", "")
        return ""


def profile_of(country: str | None, business: Business) -> Profile:
    """The profile of a contact's country: convo.toml's choice, else its own, else the default."""
    chosen = business.law.countries.get(country or "") or _own(country)
    return profile(chosen or business.law.default)


def profile_for(number: PhoneNumber, business: Business) -> Profile:
    """The profile of a number, with only those windows that are for its area.

    A number whose area is not known gets the windows of all areas: the strictest overlap.
    """
    return _narrowed(profile_of(country_of(number), business), area_of(number))


@cache
def profile(name: str) -> Profile:
    """The profile of this name; KeyError for none."""
    if name not in PROFILES:
        raise KeyError(name)
    return _read(name)


@cache
def _own(country: str | None) -> str | None:
    return next((name for name in PROFILES if country in profile(name).countries), None)


@lru_cache(maxsize=REMEMBERED)
def _narrowed_by_name(name: str, area: str) -> Profile:
    whole = profile(name)
    windows = {
        kind: tuple(line for line in lines if not line.areas or area in line.areas)
        for kind, lines in whole.windows.items()
    }
    return replace(whole, windows=windows)


def _narrowed(whole: Profile, area: str | None) -> Profile:
    return whole if area is None else _narrowed_by_name(whole.name, area)


# --- reading the files ----------------------------------------------------------------------------


@cache
def everywhere() -> Mapping[str, Any]:
    """The shared file, as it is written."""
    return _file("everywhere")


def words_of(raw: object, countries: tuple[str, ...]) -> tuple[Words, ...]:
    """The law words of a file."""
    return tuple(
        Words(
            means=_one_of(row["means"], Meaning),
            words=tuple(row["words"]),
            countries=tuple(row.get("countries", countries)),
            source=row["source"],
        )
        for row in cast(list[dict[str, Any]], raw or [])
    )


def _file(name: str) -> dict[str, Any]:
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.load(text, Loader=_LOADER))


def _read(name: str) -> Profile:
    raw = _file(name)
    countries = tuple(raw["countries"])
    return Profile(
        name=raw["profile"],
        version=raw["version"],
        about=raw["about"],
        countries=countries,
        consent={
            _one_of(row["class"], MessageClass): Wanted(
                rule=row["rule"], kind=_one_of(row["kind"], ConsentKind), source=row["source"]
            )
            for row in raw["consent"]
        },
        windows=_windows(raw["hours"]),
        wording=tuple(
            Wording(
                rule=row["rule"],
                where=_one_of(row["where"], Literal["join", "marketing"]),
                needs=_one_of(row["needs"], Need),
                source=row["source"],
                phrases=row.get("phrases", {}),
            )
            for row in raw["wording"]
        ),
        retention=Retention(
            rule=raw["retention"][0]["rule"],
            days=int(raw["retention"][0]["days"]),
            source=raw["retention"][0]["source"],
        ),
        words=words_of(raw.get("words"), countries),
    )


def _windows(rows: list[dict[str, Any]]) -> Mapping[MessageClass, tuple[Window, ...]]:
    found: dict[MessageClass, tuple[Window, ...]] = {}
    for row in rows:
        kind = _one_of(row["class"], MessageClass)
        span = span_of(row["open"])
        window = Window(
            rule=row["rule"],
            weekdays=weekdays_of(row["days"]),
            opens=span.opens,
            closes=span.closes,
            source=row["source"],
            areas=frozenset(row.get("areas", ())),
        )
        found[kind] = (*found.get(kind, ()), window)
    return found


def _one_of(text: str, known: Any) -> Any:
    if text not in get_args(known):
        raise ConvoError(f'A law profile says "{text}", which is none of {get_args(known)}.')
    return text
