"""[places]: the lists of places that questions name, such as your branches or your cities."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field

from convo.core.business import Place, Places
from convo.language.texts import is_language
from convo.settings import meanings
from convo.settings.section import Section
from convo.understanding.normalise import match_key

MAX_PLACES = 500
"""Of one list: names that differ in a letter or two are told apart by nobody."""

_OWN_KEYS = frozenset({"words", "in"})


class PlaceSection(Section):
    """A place, under an id of yours. Flows ask for one of a list by `expect: {place: LIST}`."""

    labels: dict[str, Annotated[str, Field(min_length=1)]] = Field(
        alias="LANGUAGE",
        min_length=1,
        description='What it is called in this language: `pudong = {en = "Pudong New Area", zh = '
        '"浦东新区"}`. One that is called alike in all of them is a text: `xuhui = "Xuhui"`.',
    )
    words: tuple[str, ...] = Field(
        default=(),
        description="What people call it beside.",
        examples=[["Lujiazui", "陆家嘴"]],
    )
    within: Annotated[
        dict[str, str],
        BeforeValidator(meanings.by_language),
        AfterValidator(meanings.known_languages),
    ] = Field(
        default={},
        alias="in",
        description="What it lies in, by which two of one name are told apart: one text, or one "
        "for each language.",
        examples=["Illinois"],
    )


def _place(written: object) -> object:
    """`"Xuhui"`, or `{en = "Pudong", zh = "浦东", words = ["Lujiazui"], in = "Shanghai"}`."""
    if isinstance(written, str):
        return {"LANGUAGE": {"": written}}
    if not isinstance(written, dict):
        raise ValueError('it must be a name in quotes, or names by language, like {en = "Pudong"}.')
    parts = cast("dict[str, Any]", written)
    own = {key: value for key, value in parts.items() if key in _OWN_KEYS}
    names = {key: value for key, value in parts.items() if key not in _OWN_KEYS}
    for key in names:
        if not is_language(key):
            raise ValueError(f'"{key}" is no language, and a place has only words and in beside.')
    if not names:
        raise ValueError('it needs its name, in at least one language, like en = "Pudong".')
    return {"LANGUAGE": names, **own}


PlaceList = Annotated[
    dict[str, Annotated[PlaceSection, BeforeValidator(_place)]],
    Field(min_length=1, max_length=MAX_PLACES),
]


def unlike(
    lists: Mapping[str, Mapping[str, PlaceSection]],
) -> Iterator[tuple[tuple[str, ...], str]]:
    """What nobody could tell apart, each with where it stands."""
    known: dict[str, tuple[str, PlaceSection]] = {}
    for name, places in lists.items():
        for id, place in places.items():
            here = ("places", name, id)
            if not id.replace("-", "_").isidentifier():
                yield here, "an id has letters, digits, - and _ only."
            first, other = known.setdefault(id, (name, place))
            if other.labels != place.labels:
                yield (
                    here,
                    f"[places.{first}] has another place of this id. Give it one of its own.",
                )
        for (one, place), (id, other) in combinations(places.items(), 2):
            name_of_both = _shared(place, other)
            if name_of_both and not _told_apart(place, other):
                yield (
                    ("places", name, id),
                    f'"{name_of_both}" is the name of "{one}" too. Give both an `in`, such as '
                    'in = "Illinois".',
                )


def _shared(one: PlaceSection, other: PlaceSection) -> str:
    theirs = {match_key(name) for name in other.labels.values()}
    return next((name for name in one.labels.values() if match_key(name) in theirs), "")


def _told_apart(one: PlaceSection, other: PlaceSection) -> bool:
    regions = [{match_key(name) for name in place.within.values()} for place in (one, other)]
    return all(regions) and not regions[0] & regions[1]


def places_of(lists: Mapping[str, Mapping[str, PlaceSection]]) -> Places:
    """As the playbook knows them."""
    return {
        name: {
            id: Place(labels=place.labels, words=place.words, within=place.within)
            for id, place in places.items()
        }
        for name, places in lists.items()
    }
