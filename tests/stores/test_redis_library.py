"""The files of the Lua library fit together, and none comes near what Lua lets a function have."""

import re
from importlib.resources import files

import pytest

from convo.stores.redis.library import FILES

MOST = 100
"""Names of a file's own, those that it takes included. Lua ends a load at two hundred."""

_NAMED = re.compile(r"^local (?:function )?([^=(]+)", re.M)
_TAKES = re.compile(r"\bfrom\(\s*'(\w+)',([^)]*)\)")
_GIVES = re.compile(r"^return ([^;]+)\Z", re.M)


def source(name: str) -> str:
    return (files("convo.stores.redis") / "lua" / f"{name}.lua").read_text("utf-8")


def given(name: str) -> set[str]:
    """What a file returns by its names."""
    returned = _GIVES.search(source(name))
    assert returned is not None, f"{name}.lua returns nothing"
    return set(re.findall(r"(\w+) = ", returned[1]))


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_room_for_as_many_names_again(name: str) -> None:
    names = [each for line in _NAMED.findall(source(name)) for each in line.split(",")]
    assert 0 < len(names) <= MOST


@pytest.mark.parametrize("name", FILES)
def test_a_file_takes_what_stands_before_it_and_is_given(name: str) -> None:
    before = FILES[: FILES.index(name)]
    for file, names in _TAKES.findall(source(name)):
        assert file in before, f"{name}.lua comes before {file}.lua"
        wanted = set(re.findall(r"'(\w+)'", names))
        assert wanted <= given(file), f"{name}.lua wants {wanted - given(file)} of {file}.lua"
    for file in re.findall(r"\bmodules\.(\w+)", source(name)):
        assert file in before, f"{name}.lua comes before {file}.lua"


def test_there_is_room_for_as_many_files_again() -> None:
    assert len(FILES) <= MOST
