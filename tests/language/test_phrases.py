"""What Convo says by itself: the same in every language, and short."""

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convo
from convo.language.phrases import LANGUAGES, phrase, phrases
from convo.policy.law_words import law_word
from convo.policy.opt_out import promised
from convo.steps.expect import MAX_EXAMPLE, SimpleKind

UCS_2_PART = 70
CONVO = Path(convo.__file__).parent

GSM_7 = set(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà{}\n"
)


def gaps(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\{(\w+)\}", phrases("en")[name]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_phrases_with_the_same_gaps(language: str) -> None:
    table = phrases(language)
    assert table.keys() == phrases("en").keys()
    for name, text in table.items():
        filled = phrase(name, language, **dict.fromkeys(gaps(name), "x"))
        assert filled.count("x") >= len(gaps(name)), name
        assert "{" not in filled, name
        assert text == text.strip() or name == "privacy.comma", name


def test_every_phrase_is_said_somewhere() -> None:
    code = "".join(file.read_text("utf-8") for file in CONVO.rglob("*.py"))
    kinds = {f"unclear.{kind}" for kind in ("number", "pattern", "place", *get_args(SimpleKind))}
    kept = {"number", "texts", "language", "zone", "tags", "consents", "answers"}
    kinds |= {f"privacy.kinds.{kind}" for kind in kept if f'"{kind}"' in code}
    said = {name for name in phrases("en") if f'"{name}"' in code}
    assert said | kinds >= phrases("en").keys()
    assert kinds <= phrases("en").keys()


def test_english_phrases_are_one_cheap_part() -> None:
    for name, text in phrases("en").items():
        assert set(text) <= GSM_7, name
        assert len(text) <= 100, name


@pytest.mark.parametrize("language", ["es", "fr", "de", "pt"])
def test_a_letter_that_makes_a_part_short_stands_only_in_a_short_phrase(language: str) -> None:
    for name, text in phrases(language).items():
        assert len(text) <= (100 if set(text) <= GSM_7 else 70), name


@pytest.mark.parametrize("language", ["fr", "de"])
def test_french_and_german_do_with_the_letters_of_gsm_7(language: str) -> None:
    assert [name for name, text in phrases(language).items() if not set(text) <= GSM_7] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_ends_marketing_with_a_word_that_stops_it(language: str) -> None:
    for name in ("opt_out.short", "opt_out.anywhere"):
        said = phrase(name, language)
        assert promised(said, lambda word: law_word(word, "CN") == "stop")


def test_chinese_phrases_are_one_part() -> None:
    for name, text in phrases("zh").items():
        assert len(text) <= 50, name
        assert not set(text) & set(",;?!"), name


@pytest.mark.parametrize("language", ["zh-Hant", "ja", "ko", "ar", "hi"])
def test_phrases_that_are_sent_as_ucs_2_are_one_part(language: str) -> None:
    assert {name: text for name, text in phrases(language).items() if len(text) > UCS_2_PART} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pattern_s_longest_example_still_fits_one_part(language: str) -> None:
    assert len(phrase("unclear.pattern", language, example="x" * MAX_EXAMPLE)) <= UCS_2_PART or (
        set(phrases(language)["unclear.pattern"]) <= GSM_7
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_out_asks_for_a_word_that_is_heard(language: str) -> None:
    assert any(
        promised(phrase(form, language), lambda word: law_word(word, None) == "stop")
        for form in ("opt_out.short", "opt_out.anywhere")
    )


def test_the_words_of_the_examples_are_said() -> None:
    wanted = 'Sorry, I did not get the day and time. Try "Friday 3pm".'
    assert phrase("unclear.datetime", "en") == wanted
    assert phrase("unclear.yes_no", "en") == "Please reply YES or NO."
    wanted = 'Did you mean "shop"? Then reply shop.'
    assert phrase("near_word.told", "en", word="shop") == wanted


def test_an_unknown_language_hears_english_and_a_wider_one_its_own() -> None:
    assert phrase("yes", "sw") == "yes"
    assert phrase("missing.time", "zh-Hant") == "請問幾點？例如「下午三點」。"
    for form in ("zh-TW", "zh_HK", "zh-MO"):
        assert phrase("missing.time", form) == phrase("missing.time", "zh-Hant")
    assert phrase("missing.time", "zh-SG") == phrase("missing.time", "zh")
    assert phrase("yes", "fr-CA") == "oui"
    assert phrase("yes", "ko-KR") == "네"
    with pytest.raises(KeyError):
        phrase("nothing.such", "en")
    with pytest.raises(KeyError):
        phrase("help.us", "en")


@given(st.text())
def test_values_are_filled_in_once(word: str) -> None:
    told = f'Did you mean "{word}"? Then reply {word}.'
    assert phrase("near_word.told", "en", word=word) == told
    assert phrase("help.us", "en", business="{word}{business}").startswith("{word}{business}: ")
