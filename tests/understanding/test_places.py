"""Places of a list: by name, by part, in a sentence; several of one name; slips."""

import pytest

from convo.understanding.places import MAX_FOUND, PlaceNames, place_list, understand_place

READ = ("en", "zh")


def place(id: str, *names: str, within: str = "") -> PlaceNames:
    return PlaceNames(id=id, names=names, within=tuple(filter(None, within.split("|"))))


CITY = place_list(
    (
        place("pudong", "Pudong New Area", "浦东新区", "Lujiazui"),
        place("park", "Green Park"),
        place("station", "Park Station"),
        place("five", "No. 5"),
        place("paris", "Paris", within="France"),
        place("paris_tx", "Paris", within="Texas|TX"),
    ),
    READ,
)


def found(text: str) -> str:
    """The ids with spaces between, a question mark before a slip; a dash for nothing."""
    place = understand_place(text, CITY)
    return "-" if place is None else f"{'? ' * place.slip}{' '.join(place.ids)}"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Pudong", "pudong"),
        ("new area", "pudong"),
        ("新区", "pudong"),
        ("park", "park station"),
        ("Park Station", "station"),
        ("green", "park"),
        ("No. 5", "five"),
        ("no 5", "five"),
        ("I want Green Park not Pudong", "-"),
        ("Green Park, near Park Station", "-"),
        ("Pudong or Paris", "-"),
        ("paris", "paris paris_tx"),
        ("Paris TX", "paris_tx"),
        ("paris (texas)", "paris_tx"),
        ("the one in Paris, in France", "paris"),
        ("France", "-"),
        ("Pariis", "? paris paris_tx"),
        ("gren park", "? park"),
        ("Lujiazvi", "? pudong"),
        ("parc", "-"),
        ("a", "-"),
        ("...", "-"),
        ("Pudong?", "-"),
        ("Pudong " * 40, "-"),
    ],
)
def test_a_place_is_understood(text: str, ids: str) -> None:
    assert found(text) == ids


def test_more_than_can_be_asked_about_is_not_clear() -> None:
    names = [place(f"p{n}", "Hill", within=f"R{n}") for n in range(MAX_FOUND + 1)]
    many, few = place_list(tuple(names), READ), place_list(tuple(names[:-1]), READ)
    assert understand_place("Hill", many) is None
    several = understand_place("Hill", few)
    assert several is not None
    assert len(several.ids) == MAX_FOUND
    assert understand_place("Hill R3", many) is not None


def test_a_word_that_says_something_by_itself_is_no_part_of_a_name() -> None:
    listed = place_list((place("sure", "Sure Lane"), place("today", "Today Plaza")), READ)
    assert understand_place("sure", listed) is None
    assert understand_place("today", listed) is None
    assert understand_place("lane", listed) is not None


def test_an_empty_list_knows_no_place() -> None:
    assert understand_place("Pudong", place_list((), READ)) is None
