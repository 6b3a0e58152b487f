"""A slip of the finger on a start word: asked back, and acted on with a yes only."""

import pytest

from convo.policy.law_words import LAW_WORDS
from convo.routing.levels import ASKED_FROM
from convo.understanding.near_misses import near_miss
from convo.understanding.vocabulary import vocabularies
from tests.routing.talks import BOOK, MENU, SCORE, talk


def test_a_near_word_is_asked_back_and_started_with_a_yes() -> None:
    conversation = talk()
    assert conversation.text("survay") == ["Did you mean SURVEY? Reply YES."]
    assert conversation.steps == []
    assert conversation.text("Yes please") == ["0 to 10?"]
    assert conversation.recorded("routed")[-1]["starts"] == "score"


def test_it_is_asked_and_answered_in_their_language() -> None:
    conversation = talk()
    conversation.text("什么呀")
    assert conversation.text("survay") == ["您是想说“SURVEY”吗？是的话请回复“是”。"]
    assert conversation.text("是的") == ["0 to 10?"]


@pytest.mark.parametrize("answer", ["no", "blah blah"])
def test_whatever_is_no_yes_is_routed_as_usual(answer: str) -> None:
    conversation = talk()
    conversation.text("survay")
    assert conversation.text(answer) == ["Sorry, I did not understand. Reply HELP for help."]
    assert conversation.state.asked_back == ()
    # It has been answered: a later yes starts nothing.
    conversation.text("yes")
    assert conversation.steps == []


def test_the_word_itself_and_every_other_word_start_what_they_start() -> None:
    conversation = talk(BOOK, SCORE, MENU)
    conversation.text("survay")
    assert conversation.text("survey") == ["0 to 10?"]
    other = talk(BOOK, SCORE, MENU)
    other.text("survay")
    assert other.text("menu") == ["The menu."]


def test_a_yes_that_comes_too_late_starts_nothing() -> None:
    conversation = talk()
    conversation.text("survay")
    conversation.wait("31m")
    conversation.text("yes")
    assert conversation.steps == []


def test_four_letters_are_told_only_for_they_are_another_word_too_easily() -> None:
    conversation = talk()
    assert conversation.text("bock") == ['Did you mean "BOOK"? Then reply BOOK.']
    conversation.text("yes")
    assert conversation.steps == []
    assert conversation.text("boook") == ["Did you mean BOOK? Reply YES."]


@pytest.mark.parametrize("text", ["stopp", "yess", "cancle", "unsubscribbe", "helpp", "stopall1"])
def test_no_near_word_is_guessed_into_stop_or_yes(text: str) -> None:
    conversation = talk()
    conversation.text(text)
    assert not conversation.state.stopped
    assert conversation.state.asked_back == ()
    assert conversation.steps == []


def test_no_word_of_the_law_and_no_yes_or_no_is_ever_a_near_miss() -> None:
    spelt = {word.lower() for row in LAW_WORDS for word in row.words if word.isascii()}
    spelt = {word for word in spelt if len(word) >= ASKED_FROM and " " not in word}
    for table in vocabularies(("en", "zh")):
        spelt |= {word for word in (*table.yes, *table.no) if word.isascii() and len(word) > 4}
    assert len(spelt) > 40
    for word in spelt:
        # A slip of it, and a start word that is as near to the slip.
        slip, near = f"{word[:-1]}q{word[-1]}", f"{word[:-1]}w{word[-1]}"
        assert near_miss(slip, [near, word]) is None, word
