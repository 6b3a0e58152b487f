"""Yes and no in every spelling, and all that only looks like it."""

import pytest

from convo.understanding.yes_no import understand_yes_no, without_no

BOTH = ("en", "zh")


def rows(written: str) -> list[str]:
    return written.split("|")


YES = rows(
    "yes|YES|Yes!|Y|y.|ＹＥＳ|yep|yeah|yup|ok|OK|okay|Ok.|k|sure|of course|yes please|Yes, please!|"
    "ok thanks|ok thank you|sure thing|yes yes|yes yes yes|yesss|yes i am|I am|i do|I will|"
    "sounds good|that works|no problem|confirm|Confirmed|correct|that's right|that’s right|"
    "hi yes please|yes 👍|👍|👍🏽|👌|✅|ok👍|👍👍|yeah sure|ok, ok|yes sir|why not|"
    "是|是的|对|好|好的|好的！|好的谢谢|好的，谢谢|好好好|好的好的|行|可以|可以的|嗯|嗯嗯|没问题|沒問題|"
    "确认|確認|確定|要|同意|对对对|當然可以|好的麻烦了|好 👌|是的没错|好的ok|ok好的|可以可以|好滴"
)
NO = rows(
    "no|NO|No.|n|N|nope|nah|no thanks|no thank you|No, thank you!|no no no|nooo|not now|not today|"
    "not ok|not good|I can't|i can’t|I can't make it|no i'm not|don't|never|no way|👎|👎🏿|❌|"
    "not interested|wrong|not really|"
    "不|不是|不要|不用|不用了|不用了谢谢|不用了，谢谢！|不行|不好|不可以|不对|不需要|不了|算了|否|没有|不要不要|"
    "不去了|没空|沒空|不確認|不同意|谢谢不用了|唔使|不方便"
)
UNCLEAR = rows(
    "|yse|yeas?|no, sorry please not|maybe|not sure|not yes|perhaps|yes and no|yes no|"
    "no yes|yes but later|"
    "yes?|ok?|no?|是吗|好吗|可以吗|好不好|是不是|行不行|可不可以|要不要|不知道|不确定|不一定|也许|可能|"
    "hello|thanks|thank you|谢谢|please|1|2|0|tomorrow|yesterday|yes 👎|no 👍|🤔|🙏|?|!|"
    "yesman|okra|nobody|know|noon|not|can't say yes|I would not say yes|好人|好久不见|不好说|"
    "行李|对不起|是谁|嗯？|没问题吗|stop|取消|y/n|是/否|yes or no|ok not|好 不"
)
NEGATED = rows(
    "not yes|not ok|not okay|not good|not fine|not sure|not really|not correct|no good|"
    "don't confirm|do not confirm|i don't agree|i do not agree|i am not|i'm not ok|isn't ok|"
    "not at all|never ok|"
    "can't confirm|cannot confirm|won't do|no ok|not right|not interested|not yet|no sure|"
    "不好|不是|不行|不可以|不对|不要|不同意|不确认|不愿意|不好的|不可以的|不是的|没有|没空|不太好|不太行|"
    "不一定|不见得|并不好|没好|别|不能可以|不OK|不ok的|未确认|不想要|不用好的|無法確認|不對|不願意"
)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("No, the other one", "the other one"),
        ("no thanks. Friday", "Friday"),
        ("不是，徐汇", "徐汇"),
        ("Yes, the other one", "Yes, the other one"),
        ("the other one", "the other one"),
        ("not Friday, Monday", "not Friday, Monday"),
        ("no", "no"),
    ],
)
def test_what_follows_a_no_is_read_without_it(text: str, rest: str) -> None:
    assert without_no(text, BOTH) == rest


@pytest.mark.parametrize("text", YES)
def test_yes_is_understood(text: str) -> None:
    assert understand_yes_no(text, BOTH) is True


@pytest.mark.parametrize("text", NO)
def test_no_is_understood(text: str) -> None:
    assert understand_yes_no(text, BOTH) is False


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_neither_is_not_guessed(text: str) -> None:
    assert understand_yes_no(text, BOTH) is None


@pytest.mark.parametrize("text", NEGATED)
def test_a_negated_phrase_is_never_yes(text: str) -> None:
    assert understand_yes_no(text, BOTH) is not True


def test_only_the_languages_asked_for_are_read() -> None:
    assert understand_yes_no("好的", ("en",)) is None
    assert understand_yes_no("yes", ("zh",)) is None
    assert understand_yes_no("yes", ("en",)) is True
    assert understand_yes_no("好的", ("zh-TW",)) is True
    assert understand_yes_no("yes", ()) is None


def test_a_long_text_is_no_answer() -> None:
    assert understand_yes_no("yes " * 100, BOTH) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("不好意思，不行", False),
        ("不好意思，好的", True),
        ("不好意思", None),
        ("对不起，没空", False),
    ],
)
def test_an_excuse_is_politeness_and_no_answer(text: str, meant: bool | None) -> None:
    assert understand_yes_no(text, BOTH) is meant


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("es", "ya", None),
        ("es", "ya no", False),
        ("es", "no está mal", None),
        ("es", "sí, pero más tarde", None),
        ("es", "SIIII, gracias!", True),
        ("fr", "pas de souci", True),
        ("fr", "oui mais non", None),
        ("de", "schon gut", None),
        ("de", "nicht schlecht", None),
        ("de", "na ja", None),
        ("de", "passt leider nicht", False),
        ("pt", "pois não", None),
        ("pt", "NAO, obrigada", False),
    ],
)
def test_what_two_words_mean_together_is_not_what_each_means(
    language: str, text: str, meant: bool | None
) -> None:
    assert understand_yes_no(text, (language, "en")) is meant
