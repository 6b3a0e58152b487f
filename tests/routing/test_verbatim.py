"""Whatever somebody writes comes out as they wrote it: in a text, their words are values."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from convo.policy.gsm_folding import PLAIN, UNSEEN
from convo.policy.law_words import law_word, rejoin_word
from convo.runtime.intake import clean
from convo.understanding.normalise import match_key
from tests.steps.conversation import Conversation, business

AT_MOST = 700
"""Characters: the texts below show it twice, and a message holds 1,600."""

FLOW = """
flow: echo
start: {words: [echo], events: [heard]}
answers: {word: text, other: text, number: number}
steps:
  which: {branch: [{if: word is none, go: say_it}, {else: show}]}
  say_it: {ask: "Well?", save: word, silent: [{after: 1d, go: end}]}
  keep: {set: {contact.city: word}}
  fetch: {do: crm.find, with: {word: word}, save: other, failed: end}
  below: {run: inner, with: {word: word}}
  show:
    say:
      - "[{{ word }}|{{ contact.city | default('-') }}|{{ other | default('-') }}]"
      - "{{ [word, number | default(7) | money, word] }}"
    go: end
"""
INNER = """
flow: inner
answers: {word: text}
steps:
  a: {say: "<{% if word == word %}{{ word }}{% endif %}>", go: end}
"""

#: What looks like something to a template, a shell, a browser, a database or a phone.
TELLING = (
    *("{{ 7*7 }}", "{% for x in y %}", "{# gone #}", "}}", "{{ contact }}", "{{ word }}", "{0} %s"),
    *("<b>&amp;</b>", "';--", "\\n\\u0041", "$(id)", "`id`", "%0a", "a\nb", "a\tb", "\u202eabc"),
    *("👩‍👩‍👧 é", "１２３", "你好，{{", "  x  ", "'", '"', "\x1b[31m", "None", "true", "0", "1e9"),
)

#: Quotes, dashes and spaces that a phone network's alphabet lacks may be folded on the way out, so
#: none of them is tried here (tests/policy says what becomes of them).
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters=f"{UNSEEN}{''.join(PLAIN)}")
WRITTEN = st.one_of(st.sampled_from(TELLING), st.text(LETTERS, min_size=1, max_size=AT_MOST))


def spoken_with() -> Conversation:
    return Conversation(FLOW, INNER, at=business(languages=("en",), currency="CNY"))


def as_kept(written: str) -> str:
    """What arrives of it (NUL and halves of pairs do not), and what is no answer is not tried."""
    kept = clean(written).strip()
    assume(kept and match_key(kept) != "echo")
    assume(law_word(kept, "CN") is None and not rejoin_word(kept))
    return kept


def answered(written: str) -> str:
    talk = spoken_with()
    talk.text("echo")
    talk.text(written)
    errand = talk.errands[-1]
    assert errand.arguments == {"word": written}
    (inner, shown, listed) = talk.answer_errand(value=written)
    assert listed == f"{written}, CN¥7.00 and {written}"
    assert inner == f"<{written}>"
    assert shown == f"[{written}|{written}|{written}]"
    return shown


def requested(written: str) -> str:
    (shown, _) = spoken_with().request(event="heard", word=written)
    assert shown == f"[{written}|-|-]"
    return shown


WAYS: Mapping[str, Callable[[str], str]] = {"answered": answered, "requested": requested}


@pytest.mark.parametrize("way", WAYS)
@given(written=WRITTEN)
@example(written="{{ word }}{{ contact.city }}{% if")
@settings(max_examples=150, deadline=None)
def test_any_text_in_any_variable_comes_out_as_it_is(way: str, written: str) -> None:
    WAYS[way](as_kept(written))


@pytest.mark.parametrize("written", TELLING)
def test_what_looks_like_a_program_is_text(written: str) -> None:
    for way in WAYS.values():
        way(written.strip())
