"""The lists of places of convo.toml, and what nobody could tell apart in them."""

from pathlib import Path

import pytest

from convo.core.business import Place
from tests.test_settings_of_speaking import complaint, settings

BRANCHES = """
[places.branches]
pudong = {en = "Pudong New Area", zh = "浦东新区", words = ["Lujiazui", "陆家嘴"]}
xuhui = "Xuhui"
spr_il = {en = "Springfield", in = "Illinois"}
spr_ma = {en = "Springfield", in = {en = "Massachusetts", zh = "马萨诸塞"}}

[places.cities]
xuhui = "Xuhui"
"""

MISTAKES: tuple[tuple[str, str, str], ...] = (
    ('xuhui = "Xuhui"', "xuhui = 7", "it must be a name in quotes, or names by language"),
    ('xuhui = "Xuhui"', 'xuhui = ""', "places.branches.xuhui"),
    ('xuhui = "Xuhui"', 'xuhui = {words = ["x"]}', "it needs its name, in at least one language"),
    ('{en = "Pudong', '{english = "Pudong', '"english" is no language, and a place has only words'),
    ('in = "Illinois"', 'in = {zzz9 = "x"}', '"zzz9" is no language'),
    ('in = "Illinois"', 'words = ["x"]', '"Springfield" is the name of "spr_il" too. Give both an'),
    ('in = "Illinois"', 'in = "massachusetts"', '"Springfield" is the name of "spr_il" too.'),
    ("spr_il", '"spr il"', "an id has letters, digits, - and _ only."),
    (
        '[places.cities]\nxuhui = "Xuhui"',
        '[places.cities]\nxuhui = "Xuhui City"',
        "[places.branches] has another place of this id.",
    ),
    ('[places.cities]\nxuhui = "Xuhui"', "[places.cities]", "places.cities"),
)


def test_a_list_of_places_is_read_as_it_is_written(tmp_path: Path) -> None:
    lists = settings(tmp_path, BRANCHES).business.places
    assert list(lists) == ["branches", "cities"]
    assert lists["branches"]["pudong"] == Place(
        labels={"en": "Pudong New Area", "zh": "浦东新区"}, words=("Lujiazui", "陆家嘴")
    )
    assert lists["branches"]["xuhui"] == lists["cities"]["xuhui"] == Place(labels={"": "Xuhui"})
    assert lists["branches"]["spr_il"].within == {"": "Illinois"}


@pytest.mark.parametrize(("written", "instead", "told"), MISTAKES)
def test_a_mistake_in_it_is_told_with_its_key(
    tmp_path: Path, written: str, instead: str, told: str
) -> None:
    mistaken = BRANCHES.replace(written, instead, 1)
    assert mistaken != BRANCHES
    said = complaint(tmp_path, mistaken)
    assert "places." in said
    assert told in said
