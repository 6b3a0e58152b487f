"""One spelling for a whole message, and nothing of its words lost."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.folding import INVISIBLE, whole_message
from convo.understanding.normalise import normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Stop.", "stop"),
        ("  STOP!!\r\n", "stop"),
        ("“STOP”", "stop"),
        ("ＳＴＯＰ！", "stop"),
        ("s\u200bt\u200bop\ufeff", "stop"),
        ("\u202eSTOP\u202c", "stop"),
        ("ST\x01OP\x7f", "stop"),
        ("🛑 STOP 🛑🏽", "stop"),
        ("Stop ❤️", "stop"),
        ("opt‑out", "opt-out"),
        ("Don’t\u00a0text\tme", "don't text me"),
        ("退订。", "退订"),
        ("【退 订】", "退订"),
        ("退\u3000订", "退订"),
        ("stop 退订", "stop 退订"),
        ("ÇA VA", "ça va"),
        ("...", ""),
        ("👍", ""),
        ("", ""),
    ],
)
def test_one_spelling_for_a_message(text: str, folded: str) -> None:
    assert whole_message(text) == folded


def test_what_is_invisible_is_so_to_law_words_and_to_answers_alike() -> None:
    signs = [sign for sign in map(chr, range(sys.maxunicode + 1)) if INVISIBLE.fullmatch(sign)]
    assert {"\0", "\u200b", "\ufff9", "\U0001f3fd", "\U000e0041"} < set(signs)
    text = "".join(f"st{sign}op " for sign in signs)
    assert set(whole_message(text).split()) == {"stop"}
    assert set(normalise(text[:1_600]).split()[:-1]) == {"stop"}
    assert set(normalise(text[-1_600:]).split()[1:]) == {"stop"}


def test_letters_apart_stay_apart() -> None:
    assert whole_message("s t o p") == "s t o p"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = whole_message(text)
    assert whole_message(folded) == folded


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_texts_fold_the_same_on_both_ways(text: str) -> None:
    """A character that folds away sends the same text through the long way."""
    assert whole_message(text + "\u200b") == whole_message(text)
