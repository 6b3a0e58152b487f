"""What is over of a consent may be forgotten one day; what a contact stands on may not."""

import pytest

from convo.core.contacts import Consent, ConsentState
from convo.core.proof import over_since


def act(state: ConsentState, at: int, programme: str = "news", order: int | None = None) -> Consent:
    return Consent(
        programme=programme, state=state, at=at, event="", order=at if order is None else order
    )


def test_what_they_stand_on_is_never_over() -> None:
    assert over_since([]) == ()
    assert over_since([act("given", 1)]) == (None,)
    assert over_since([act("withdrawn", 1)]) == (None,)
    assert over_since([act("asked", 1)]) == (None,)


def test_a_live_yes_keeps_the_text_that_asked_and_every_other_yes() -> None:
    assert over_since([act("asked", 1), act("given", 2), act("given", 3)]) == (None, None, None)


def test_a_consent_is_over_with_the_leaving_and_the_leaving_with_the_next_yes() -> None:
    left = [act("asked", 1), act("given", 2), act("withdrawn", 5)]
    assert over_since(left) == (5, 5, None)
    assert over_since([*left, act("withdrawn", 6)]) == (5, 5, None, None)
    assert over_since([*left, act("asked", 7), act("given", 8)]) == (5, 5, 7, None, None)


@pytest.mark.parametrize("programme", ["news", ""])
def test_a_no_is_over_at_once_and_so_is_what_was_asked(programme: str) -> None:
    acts = [act("asked", 1, programme), act("unknown", 2, programme)]
    assert over_since(acts) == (2, 2)


def test_programmes_are_apart_and_a_stop_leaves_their_yes_for_a_start() -> None:
    acts = [act("given", 1, "news"), act("given", 2, "tips"), act("withdrawn", 3, "")]
    assert over_since(acts) == (None, None, None)


def test_an_act_that_came_late_undoes_nothing() -> None:
    acts = [act("withdrawn", 9, order=5), act("given", 4, order=4)]
    assert over_since(acts) == (None, 9)


def test_a_consent_from_elsewhere_does_not_end_others_before_they_were() -> None:
    acts = [act("unknown", 50, order=1), act("given", 3, order=2), act("withdrawn", 60, order=3)]
    assert over_since(acts) == (50, 60, None)
    brought = [act("withdrawn", 50, order=1), act("given", 3, order=2)]
    assert over_since(brought) == (50, None)
