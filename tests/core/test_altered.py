"""Whether a text that comes under a known id says something else."""

import pytest

from convo.core.altered import said
from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber

ANNA = PhoneNumber("+12025550111")


def heard(text: str, contact: PhoneNumber = ANNA) -> Inbound:
    return Inbound(channel="main", contact=contact, text=text)


def test_other_words_or_another_number_say_something_else() -> None:
    first = said(heard("book"))
    assert said(heard("book")) == first
    assert said(heard("stop")) != first
    assert said(heard("book", PhoneNumber("+12025550112"))) != first


def test_blanks_do_not_count() -> None:
    assert said(heard(" see  you\nthere ")) == said(heard("see you there"))


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_whose_words_a_list_has_lost_says_nothing(text: str) -> None:
    assert said(heard(text)) is None
