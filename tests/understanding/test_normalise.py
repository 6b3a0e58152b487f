"""One way of writing for all that is compared, with nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.understanding.letters import simplified
from convo.understanding.normalise import (
    MAX_TEXT,
    contains_phrase,
    fold_letters,
    match_key,
    normalise,
)
from convo.understanding.vocabulary import known_languages, vocabularies


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("  Yes!  ", "yes"),
        ("ＹＥＳ！", "yes"),
        ("１２", "12"),
        ("①", "1"),
        ("1️⃣", "1"),
        ("(1)", "1"),
        ("1、", "1"),
        ("好的。", "好的"),
        ("“好的”", "好的"),
        ("don’t", "don't"),
        ("I\u200b want\u00a0it", "i want it"),
        ("\u202eyes\u202c", "yes"),
        ("a \t b\n c", "a b c"),
        ("👍 ok 👍", "ok"),
        ("👍", "👍"),
        ("?!", "?!"),
        ("-8", "-8"),
        ("+8", "+8"),
        ("--8", "8"),
        ("- 8", "8"),
        ("−8", "-8"),
        ("$8", "8"),
        ("Straße", "strasse"),
        ("हिन्दी", "हिन्दी"),
        ("3 p.m.", "3 p.m"),
        ("3\u20145", "3-5"),
        ("x" * 2_000, "x" * MAX_TEXT),
    ],
)
def test_a_text_is_written_the_one_way(text: str, plain: str) -> None:
    assert normalise(text) == plain


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet="aA1 .!-+'①Ａ好\u0301\u200b\ufe0fİßﬁ👍\u0345ΐ", max_size=30))
def test_normalising_tricky_characters_twice_is_normalising_them_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("預約", "预约"),
        ("剪髮", "剪发"),
        ("後天下午兩點鐘", "后天下午两点钟"),
        ("週五", "周五"),
        ("禮拜六", "礼拜六"),
        ("沒問題", "没问题"),
        ("確認", "确认"),
        ("謝謝", "谢谢"),
        ("第壹號", "第壹号"),
        ("裏面", "里面"),
        ("繁體與簡體", "繁体与简体"),
        ("カット", "かっと"),
        ("أُغَيِّرُ الموعدَ إلى الأحد", "اغير الموعد الي الاحد"),
        ("मुलाक़ात", "मुलाकात"),
        ("हाँ", "हां"),
        ("hello", "hello"),
        ("明天", "明天"),
    ],
)
def test_what_is_written_in_two_ways_is_matched_as_one(written: str, plain: str) -> None:
    assert fold_letters(written) == plain


def test_the_folding_table_is_large_and_folds_once() -> None:
    pairs = simplified()
    assert len(pairs) >= 1_000
    assert not {chr(old) for old in pairs} & set(pairs.values())


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("我要试驾吧", "试驾", True),
        ("i want to book please", "book", True),
        ("booking", "book", False),
        ("facebook", "book", False),
        ("card", "car", False),
        ("my car is", "car", True),
        ("订位book", "book", True),
        ("", "book", False),
        ("book", "", False),
    ],
)
def test_a_phrase_is_found_as_whole_words(text: str, phrase: str, found: bool) -> None:
    assert contains_phrase(text, phrase) is found


def test_the_words_in_the_tables_are_written_as_replies_are_compared() -> None:
    for table in vocabularies(known_languages()):
        listed = (
            *table.yes, *table.no, *table.polite, *table.never_guessed, *table.numbers,
            *table.ordinals, *table.last, *table.before_number, *table.after_number,
            *table.before_option, *table.after_option, *table.refusing, *table.counters,
            *table.dates.days, *table.dates.day_parts, *table.dates.weekdays,
            *table.dates.months, *table.dates.parts, *table.dates.festivals,
            *table.dates.units, *table.dates.misspelt, *table.dates.fillers,
        )  # fmt: skip
        assert [word for word in listed if match_key(word) != word] == []


def test_a_regional_language_reads_the_table_of_its_language() -> None:
    assert [table.language for table in vocabularies(("zh-TW", "en_GB", "xx", "zh"))] == [
        "zh",
        "en",
    ]
