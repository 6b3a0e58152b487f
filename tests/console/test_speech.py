"""The words of the pages: whatever one language says, the other does."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import get_args

import pytest

from convo.console import sayings, speech
from convo.console.frame import PAGES
from convo.console.speech.frame import FRAME, ROLE_SAYS, ROLE_WORDS
from convo.console.speech.kinds import CLASSES, EVENTS, PROCESSES
from convo.core.business import MessageClass
from convo.core.events import Event
from convo.core.people import ROLES
from convo.core.presence import Role

Table = Mapping[str, Mapping[str, str]]


def tables() -> Iterator[tuple[str, Table]]:
    rooms = [f"convo.console.speech.{each.name}" for each in pkgutil.iter_modules(speech.__path__)]
    for module in (*map(importlib.import_module, rooms), sayings):
        for name, table in vars(module).items():
            if name.isupper() and isinstance(table, dict):
                yield f"{module.__name__}.{name}", table


TABLES = dict(tables())


@pytest.mark.parametrize("name", TABLES)
def test_both_languages_say_the_same_and_fill_in_the_same(name: str) -> None:
    table = TABLES[name]
    assert set(table) == {"en", "zh"}
    assert set(table["en"]) == set(table["zh"])
    for key, words in table["en"].items():
        assert words.strip(), key
        assert table["zh"][key].strip(), key
        places = [sorted(re.findall(r"\{\w*\}", each)) for each in (words, table["zh"][key])]
        assert places[0] == places[1], key


def test_every_page_and_every_role_has_its_words() -> None:
    for said in FRAME.values():
        assert {f"page_{name}" for name in PAGES} <= set(said)
    for words in (*ROLE_WORDS.values(), *ROLE_SAYS.values()):
        assert set(words) == set(ROLES)


def test_every_kind_of_message_process_and_event_has_its_words() -> None:
    for classes in CLASSES.values():
        assert set(classes) == set(get_args(MessageClass))
    for roles in PROCESSES.values():
        assert set(roles) == set(get_args(Role))
    events = {each.__name__ for each in get_args(Event)}
    for words in EVENTS.values():
        assert events <= set(words)
