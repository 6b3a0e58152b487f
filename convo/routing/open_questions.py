"""Which of a contact's open questions a reply is for: the one in hand, the only one, or several."""

from collections.abc import Sequence

from convo.engine.walk import Walk
from convo.routing.desk import Desk
from convo.steps.question import Understood
from convo.understanding.numerals import match_number, number_of

Able = list[tuple[Walk, Understood]]


def able_to_take(asking: Sequence[Walk], text: str, languages: Sequence[str]) -> Able:
    """The open questions that may have been meant, with what the text means to each.

    A number among them is read in any of `languages`.

    One: it is that one's. None: nobody understands it. Several: they must be asked about.
    """
    able = [
        (walk, understood) for walk in asking if (understood := walk.understand(text)) is not None
    ]
    if len(able) < 2:
        return able
    number = number_of(match_number(text), languages)
    showing = [pair for pair in able if _shows(pair[0], number)]
    if showing:
        # A number that is shown belongs to who shows it, but for questions that want a number.
        able = [pair for pair in able if pair in showing or not _yields(pair[0])]
    in_hand = [pair for pair in able if pair[0].in_hand]
    if in_hand and (not showing or in_hand[0] in showing):
        return in_hand
    return able


def _shows(walk: Walk, number: float | None) -> bool:
    question = walk.question
    return question is not None and number in question.shown(walk.scene)


def _yields(walk: Walk) -> bool:
    question = walk.question
    return question is not None and question.yields_numbers


def who_refuses(asking: Sequence[Walk]) -> Walk:
    """The question that a text which nobody understands counts as an unclear reply to."""
    return next((walk for walk in asking if walk.in_hand), asking[-1])


def keep_in_hand(desk: Desk) -> None:
    """Which question the contact is at: what answered their own text, until we ask another.

    A text that led to no question lets go of the one before, but for a law word, after which
    people go on where they were.
    """
    put = desk.around.put
    if desk.heard_on and desk.heard_on not in put:
        put[desk.heard_on] = ("", "reply")
    for walk in desk.walks:
        session, why = put.get(walk.channel, (walk.id, ""))
        if why == "reply":
            walk.in_hand = walk.id == session
        elif walk.id != session:
            walk.in_hand = False
