"""Two reminders and a survey open at once: each of six replies, in all 720 orders, finds its own.

Every reply is written as somebody would who has read the texts: the number that stands before an
option, the option's words, or a score; and where we ask which one was meant, by its number, its
name or its place. The oracle knows whom each reply was for, and looks where it went.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests.routing.reader import KEPT, MEANS, asked_at_once
from tests.steps.conversation import Conversation

REPLIES = ("A1", "A2", "B1", "B2", "S1", "S2")
ORDERS = list(itertools.permutations(REPLIES))


def whom_in_turn(order: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Whom each reply is for, and the how manieth it is: nobody answers what was not asked yet."""
    said: Counter[str] = Counter()
    for reply in order:
        whom = reply[0]
        yield whom, said[whom]
        said[whom] += 1


def standing(talk: Conversation) -> Mapping[str, Any]:
    """Where every session stands, to see which of them a reply has moved."""
    return {s.id: (s.frame.step, dict(s.frame.answers), s.frame.tries) for s in talk.state.sessions}


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return {session for session in before if before[session] != after.get(session)}


def outcomes(talk: Conversation, sessions: Mapping[str, str]) -> Mapping[str, Any]:
    """What each of the three has kept at its end, but for what came with its event."""
    ended = {facts["session"]: facts["answers"] for facts in talk.recorded("ended")}
    return {
        whom: {name: value for name, value in ended[session].items() if name != "when"}
        for whom, session in sessions.items()
    }


def test_there_are_720_orders() -> None:
    assert len(set(ORDERS)) == 720


@pytest.mark.parametrize(
    ("language", "likes"), [("en", "numbers"), ("en", "words"), ("en", "both"), ("zh", "both")]
)
def test_each_reply_reaches_its_question_in_every_order(language: str, likes: str) -> None:
    asked_back = 0
    for n, order in enumerate(ORDERS):
        talk, phone, sessions = asked_at_once(language)
        for k, (whom, nth) in enumerate(whom_in_turn(order)):
            as_number = likes == "numbers" or (likes == "both" and (n + k) % 2 == 0)
            text = phone.worded(whom, MEANS[language][whom][nth], as_number=as_number)
            before = standing(talk)
            phone.read(talk.text(text))
            if phone.which:
                asked_back += 1
                assert standing(talk) == before, "asked back, and yet something has moved"
                phone.read(talk.text(phone.pointed(whom, (n + k) % 3)))
            assert moved(before, standing(talk)) == {sessions[whom]}, (order, text)
        assert outcomes(talk, sessions) == KEPT
        assert talk.steps == []
        assert phone.told == 0
        assert not talk.recorded("unplaced")
        assert not talk.recorded("unclear")
    # Words alone are ambiguous in most orders, and the score is where its 3 is shown elsewhere.
    assert asked_back > 300


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_never_says_which_one_is_told_and_nothing_goes_astray(language: str) -> None:
    """They go on to the next thing whenever we ask, and come back to it at the end, by number."""
    unplaced = 0
    for n, order in enumerate(ORDERS):
        talk, phone, sessions = asked_at_once(language)
        waiting = list(whom_in_turn(order))
        done: Counter[str] = Counter()
        kept, tries = "", 0
        while waiting:
            whom, nth = waiting.pop(0)
            if done[whom] != nth:
                waiting.append((whom, nth))
                continue
            tries += 1
            patient = tries > len(REPLIES)
            text = phone.worded(whom, MEANS[language][whom][nth], as_number=patient)
            before, told = standing(talk), phone.told
            talk.wait("2m")
            phone.read(talk.text(text))
            assert phone.told == told + (kept not in ("", text))
            kept = text if phone.which else ""
            if kept and not patient:
                assert standing(talk) == before
                waiting.append((whom, nth))
                continue
            if kept:
                phone.read(talk.text(phone.pointed(whom, n % 3)))
                kept = ""
            assert moved(before, standing(talk)) == {sessions[whom]}, (order, text)
            done[whom] += 1
        assert outcomes(talk, sessions) == KEPT
        assert len(talk.recorded("unplaced")) >= phone.told
        unplaced += phone.told
    assert unplaced > len(ORDERS) / 2
