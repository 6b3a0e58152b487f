"""What a join text tells: who, what, how often and how to leave, judged in several languages."""

from dataclasses import replace

import pytest

from convo.core.business import Business, Channel
from convo.policy.join_texts import lacking, telling, wanted_of_joining

MEI = Business(
    name="Salon Mei",
    zone="Asia/Shanghai",
    country="CN",
    languages=("en", "zh"),
    channels={"main": Channel(name="main", provider="console", address=None)},
)
ABOUT = {
    "en": "About two survey texts a month",
    "zh": "每月约 2 条满意度调查短信",
    "de": "Umfragen",
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Salon Mei: reply YES for about 2 survey texts a month. STOP to end."),
        ("en", "SALON MEI: survey msgs, frequency varies. Reply STOP to opt out"),
        ("zh", "Salon Mei 邀请您参加调查，每月约 2 条短信。退订请回复“退订”。"),
        ("zh", "Salon Mei：满意度调查，每周一条，回复TD退订"),
        ("de", "Salon Mei: Umfragen, einmal im Monat. STOP beendet das."),
    ],
)
def test_a_text_that_tells_all_lacks_nothing(language: str, text: str) -> None:
    assert list(lacking(text, ABOUT[language], language, MEI)) == []


@pytest.mark.parametrize(
    ("language", "text", "lacks"),
    [
        ("en", "Reply YES for about 2 survey texts a month. STOP to end.", "sender"),
        ("en", "Salon Mei: reply YES for about 2 texts a month. STOP to end.", "about"),
        ("en", "Salon Mei: reply YES for survey texts. STOP to end.", "frequency"),
        ("en", "Salon Mei: reply YES for about 2 survey texts a month.", "opt_out"),
        ("en", "Salon Mei: 2 survey texts a month, till the end.", "opt_out"),
        ("zh", "邀请您参加调查，每月约 2 条短信。退订请回复“退订”。", "sender"),
        ("zh", "Salon Mei 每月约 2 条短信。退订请回复“退订”。", "about"),
        ("zh", "Salon Mei 邀请您参加调查。退订请回复“退订”。", "frequency"),
        ("zh", "Salon Mei 邀请您参加调查，每月约 2 条短信。", "opt_out"),
    ],
)
def test_what_a_text_does_not_tell_is_found(language: str, text: str, lacks: str) -> None:
    assert list(lacking(text, ABOUT[language], language, MEI)) == [lacks]


def test_a_signature_on_every_channel_tells_who_it_is() -> None:
    main = replace(MEI.channels["main"], signature="【梅】")
    text = "Reply YES for about 2 survey texts a month. STOP to end."
    assert list(lacking(text, ABOUT["en"], "en", replace(MEI, channels={"main": main}))) == []
    both = {"main": main, "two": MEI.channels["main"]}
    assert list(lacking(text, ABOUT["en"], "en", replace(MEI, channels=both))) == ["sender"]


def test_the_words_that_tell_the_kind_are_those_of_the_programme() -> None:
    assert telling("About two survey texts a month", "en") == ("survey",)
    assert telling("每月约 2 条调查短信", "zh") == ("调查",)
    assert telling("About two texts a month", "en") == ()


def test_the_home_law_is_named_where_it_wants_it_too() -> None:
    rules = {need: line.rule for need, line in wanted_of_joining(MEI).items()}
    assert rules["opt_out"] == "cn-join-opt-out"
    german = replace(MEI, country="DE")
    assert wanted_of_joining(german)["frequency"].rule == "strict-join-frequency"
