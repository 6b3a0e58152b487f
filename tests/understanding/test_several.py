"""Several options at once: numbers, names, ranges, all, all but, none, and what is no list."""

import pytest

from convo.understanding.options import OptionWords, option_list, renumbered
from convo.understanding.several import MAX_ANSWER, Several, understand_several

READ = ("en", "zh")
IDS = ("news", "offers", "mac", "tips")
LABELS = ("News", "Offers", "Mac and cheese", "50% off")


def option(id: str, number: int, *labels: str) -> OptionWords:
    return OptionWords(id=id, number=number, labels=labels, words=())


TOPICS = option_list(
    tuple(option(id, n, label) for n, (id, label) in enumerate(zip(IDS, LABELS, strict=True), 1)),
    READ,
)


def found(text: str) -> str:
    """Ids with spaces between; what is unknown behind a question mark; a dash for nothing."""
    several = understand_several(text, TOPICS)
    if several is None:
        return "-"
    return f"? {several.unknown}" if several.unknown else " ".join(several.ids) or "none"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("1 3", "news mac"),
        ("3,1", "news mac"),
        ("13", "news mac"),
        ("31", "-"),
        ("11", "-"),
        ("1-3", "news offers mac"),
        ("3-1", "-"),
        ("1..3", "-"),
        ("the first three", "-"),
        ("1-2-4", "news offers tips"),
        ("1 - 3", "-"),
        ("- 1\n- 3", "news mac"),
        ("mac and cheese and news", "news mac"),
        ("the first one and the last one", "news tips"),
        ("1 News, 3 Mac and cheese", "news mac"),
        ("2 news", "-"),
        ("50% off", "tips"),
        ("1%", "-"),
        ("all", "news offers mac tips"),
        ("all four", "news offers mac tips"),
        ("all three", "-"),
        ("both", "-"),
        ("both 1 and 3", "news mac"),
        ("both 1, 2 and 3", "-"),
        ("all but 2", "news mac tips"),
        ("all but all", "-"),
        ("除了2，其他都要", "news mac tips"),
        ("none", "none"),
        ("neither", "-"),
        ("offfers and news", "news offers"),
        ("News and Sports", "? Sports"),
        ("News, Café Noir", "? Café Noir"),
        ("1 and 9", "? 9"),
        ("all but 9", "? 9"),
        ("9", "-"),
        ("and 1", "-"),
        ("1 or 2", "-"),
        ("1, not 2", "-"),
        ("1 ❌", "-"),
        ("1, 2?", "-"),
        ("1, thank you so much", "news"),
        ("1, maybe", "-"),
        ("1, " + "x" * 31, "-"),
        ("1 " * MAX_ANSWER, "-"),
        ("1 2 " * 45, "-"),
        ("...", "-"),
    ],
)
def test_several_options_are_understood(text: str, ids: str) -> None:
    assert found(text) == ids


def test_numbers_are_those_that_were_shown() -> None:
    shown = renumbered(TOPICS, IDS, (5, 6, 7, 8))
    assert understand_several("5 7", shown) == Several(ids=("news", "mac"))
    assert understand_several("57", shown) == Several(ids=("news", "mac"))
    assert understand_several("1 3", shown) is None
    assert understand_several("first and third", shown) == Several(ids=("news", "mac"))


def test_figures_without_spaces_are_one_number_where_a_list_is_long() -> None:
    long = option_list(tuple(option(f"o{n}", n, f"Kind {n}") for n in range(1, 14)), READ)
    assert understand_several("13", long) == Several(ids=("o13",))
    assert understand_several("123", long) is None


def test_both_and_neither_are_of_two() -> None:
    pair = option_list((option("a", 1, "Email"), option("b", 2, "Text")), READ)
    assert understand_several("both", pair) == Several(ids=("a", "b"))
    assert understand_several("两个都不要", pair) == Several(ids=())


def test_an_option_that_says_none_is_what_none_is_and_nothing_beside_it() -> None:
    pains = option_list(
        (
            option("head", 1, "Headache"),
            option("back", 2, "Back"),
            option("no", 3, "None of these"),
        ),
        READ,
    )
    assert understand_several("none", pains) == Several(ids=("no",))
    assert understand_several("3", pains) == Several(ids=("no",))
    assert understand_several("all", pains) == Several(ids=("head", "back"))
    assert understand_several("both", pains) == Several(ids=("head", "back"))
    assert understand_several("all but the first", pains) == Several(ids=("back",))
    assert understand_several("1 and 3", pains) is None
