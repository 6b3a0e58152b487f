"""A contact hears at most three apologies in ten minutes."""

from convo.core.numbers import PhoneNumber
from convo.runtime.apologies import AT_MOST, REMEMBERED, WINDOW, Apologies

ANNA = PhoneNumber("+8613800138000")
BEN = PhoneNumber("+8613800138001")


def test_each_contact_has_a_window_of_its_own() -> None:
    apologies = Apologies()
    assert [apologies.may(ANNA, n) for n in range(AT_MOST + 2)] == [True] * AT_MOST + [False] * 2
    assert apologies.may(BEN, 10)
    assert not apologies.may(ANNA, WINDOW - 1)
    assert apologies.may(ANNA, WINDOW)


def test_what_is_remembered_is_limited() -> None:
    apologies = Apologies()
    for n in range(REMEMBERED + 1):
        assert apologies.may(PhoneNumber(f"+86{13_000_000_000 + n}"), n)
    assert all(apologies.may(PhoneNumber("+8613000000000"), n) for n in range(AT_MOST))
