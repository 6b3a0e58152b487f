"""Which form of a language is read in place of which, and in which script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.languages import base_of, forms_of, nearest, script_of

CHINESE = ("zh", "zh-Hans", "zh-CN", "zh-SG", "zh-Hant", "zh-TW", "zh_HK", "zh-Hant-MO")
TAGS = st.sampled_from((*CHINESE, "en", "en-US", "pt", "pt-BR", "pt-PT"))


@pytest.mark.parametrize(
    ("language", "forms", "script"),
    [
        ("zh", ("zh",), "Hans"),
        ("zh-CN", ("zh-CN", "zh"), "Hans"),
        ("zh-Hant", ("zh-Hant", "zh"), "Hant"),
        ("zh_hant", ("zh_hant", "zh-hant", "zh-Hant", "zh"), "Hant"),
        ("zh-TW", ("zh-TW", "zh-Hant", "zh"), "Hant"),
        ("zh-Hant-MO", ("zh-Hant-MO", "zh-Hant", "zh"), "Hant"),
        ("zh-Hans-HK", ("zh-Hans-HK", "zh"), "Hans"),
        ("pt-BR", ("pt-BR", "pt"), ""),
        ("en", ("en",), ""),
    ],
)
def test_a_language_has_wider_forms_and_chinese_a_script(
    language: str, forms: tuple[str, ...], script: str
) -> None:
    assert forms_of(language) == forms
    assert script_of(language) == script


@pytest.mark.parametrize(
    ("language", "known", "wanted"),
    [
        ("zh-Hant", ["en", "zh", "zh-Hant"], "zh-Hant"),
        ("zh-Hant", ["en", "zh"], "zh"),
        ("zh", ["en", "zh-Hant"], "zh-Hant"),
        ("zh", ["en", "zh-TW", "zh-CN"], "zh-CN"),
        ("zh-HK", ["zh", "zh-TW"], "zh-TW"),
        ("zh-HK", ["zh-TW", "zh-Hant"], "zh-Hant"),
        ("zh-CN", ["zh-Hant", "zh"], "zh"),
        ("pt-BR", ["en", "pt-PT"], "pt-PT"),
        ("pt-BR", ["pt-PT", "pt"], "pt"),
        ("zh", ["en", "ja"], None),
        ("en", [], None),
        ("", ["", "en"], ""),
    ],
)
def test_the_nearest_form_is_read_in_place_of_another(
    language: str, known: list[str], wanted: str | None
) -> None:
    assert nearest(known, language) == wanted


@given(TAGS, st.lists(TAGS, unique=True))
def test_no_other_language_is_ever_nearest_and_the_very_one_always(
    language: str, known: list[str]
) -> None:
    found = nearest(known, language)
    assert (found is None) == all(base_of(each) != base_of(language) for each in known)
    assert found is None or base_of(found) == base_of(language)
    if language in known:
        assert found == language
