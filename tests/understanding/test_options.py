"""Which option was meant: by word, by number, in a sentence; and when nobody can say."""

import pytest

from convo.understanding.options import OptionWords, understand_option

BOTH = ("en", "zh")
SALON = (
    OptionWords(id="haircut", number=1, labels=("Haircut", "剪发"), words=("cut",)),
    OptionWords(id="colour", number=2, labels=("Colour", "染发"), words=("dye", "color")),
    OptionWords(id="both", number=3, labels=("Cut and colour", "剪发加染发"), words=()),
    OptionWords(id="staff", number=9, labels=("Talk to us", "人工"), words=("a human",)),
)


def rows(written: str) -> list[str]:
    return written.split("|")


WRITTEN: dict[str | None, list[str]] = {
    "haircut": rows(
        "1|１|一|壹|①|1️⃣|第一个|第一|第1个|选一|选1|选第一个|1.|1、|(1)|#1|01|one|One!|first|1st|"
        "option 1|Option one|number 1|no. 1|the first|the first one|1 please|one please|"
        "I choose 1|我选1|我要1|1号|1吧|haircut|HAIRCUT!|Ｈaircut|cut|剪发|剪髮|剪发！|1 haircut|"
        "1. Haircut|I want a haircut please|haircuts please|我要剪发|我想剪髮谢谢|剪发吧|"
        "hi, a haircut for my son|不好意思，我要剪发|对不起，改成剪发吧|剪头发|剪个发|我想剪個頭髮|"
        "帮我剪一下头发吧"
    ),
    "colour": rows(
        "2|二|两|贰|②|第二个|選二|the second|2nd|option two please|color|dye|染髮|我要染发|"
        "can you dye it|number two|第二项吧"
    ),
    "both": rows("3|第三个|cut and colour|i want a cut and colour|我想剪发加染发"),
    "staff": rows("9|九|last|the last one|最后一个|我要最后一个|ninth|人工|转人工|talk to us"),
    None: rows(
        "|0|4|5|10|11|12|99|四|十|第四个|fourth|-1|1.5|1 or 2|1 and 2|1,2|1-2|12 please|"
        "both|staff|not haircut|no haircut|I don't want a haircut|don't cut|不要剪发|不剪髮|别剪发|"
        "没有剪发|除了剪发|haircut or dye|a haircut and a dye|剪发还是染发|剪发和染发|剪发或者别的|"
        "how much is a haircut|剪发多少钱|什么是剪发|cancel my haircut|取消剪发|2 haircut|"
        "haircutting|uncut|hair|发|剪|一个|hello|yes|ok|?|不要1|not 1|no 5|maybe|"
        "anything but a haircut|haircut instead of dye|twentieth|option|第|number|"
        "1st of december|1pm|不好意思，不要剪发|不好意思|不剪个发|剪了发|剪个发多少钱|"
        "剪个发和染个发|剪头"
    ),
}


@pytest.mark.parametrize(
    ("text", "option"), [(text, option) for option, texts in WRITTEN.items() for text in texts]
)
def test_an_option_is_understood_or_left(text: str, option: str | None) -> None:
    assert understand_option(text, SALON, BOTH) == option


def test_so_many_months_are_no_month_and_the_last_lesson_is_no_wish_for_one() -> None:
    listed = (
        OptionWords(id="march", number=3, labels=("三月",), words=()),
        OptionWords(id="lesson", number=4, labels=("上课",), words=()),
    )
    assert understand_option("三月吧", listed, BOTH) == "march"
    assert understand_option("三个月", listed, BOTH) is None
    assert understand_option("上个课", listed, BOTH) == "lesson"
    assert understand_option("上次课", listed, BOTH) is None


def test_a_word_that_two_options_share_is_not_guessed() -> None:
    shared = (
        OptionWords(id="a", number=1, labels=("Morning",), words=("early",)),
        OptionWords(id="b", number=2, labels=("Evening",), words=("early",)),
    )
    assert understand_option("early", shared, BOTH) is None
    assert understand_option("as early as you can", shared, BOTH) is None
    assert understand_option("morning", shared, BOTH) == "a"


def test_labels_that_differ_by_a_mark_alone_are_told_apart() -> None:
    grades = (
        OptionWords(id="plus", number=1, labels=("A+",), words=()),
        OptionWords(id="minus", number=2, labels=("A-",), words=()),
    )
    assert understand_option("a+", grades, BOTH) == "plus"
    assert understand_option("A-", grades, BOTH) == "minus"
    assert understand_option("A", grades, BOTH) is None


def test_a_label_that_is_a_number_goes_before_the_number_in_the_list() -> None:
    sizes = (
        OptionWords(id="ten", number=1, labels=("10",), words=()),
        OptionWords(id="twenty", number=2, labels=("20",), words=()),
    )
    assert understand_option("20", sizes, BOTH) == "twenty"
    assert understand_option("2", sizes, BOTH) == "twenty"
    assert understand_option("30", sizes, BOTH) is None


def test_a_refusing_word_inside_the_label_itself_refuses_nothing() -> None:
    options = (
        OptionWords(id="none", number=1, labels=("No smoking", "不吸烟"), words=()),
        OptionWords(id="some", number=2, labels=("Smoking", "吸烟"), words=()),
    )
    assert understand_option("i'd like no smoking please", options, BOTH) == "none"
    assert understand_option("我要不吸烟的", options, BOTH) == "none"
    assert understand_option("smoking please", options, BOTH) == "some"


def test_no_options_no_answer() -> None:
    assert understand_option("1", (), BOTH) is None
    assert understand_option("last", (), BOTH) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("té", "tea"),
        ("te", "tea"),
        ("quiero té, por favor", "tea"),
        ("te quiero", None),
        ("te llamo luego", None),
        ("una infusion", "herbs"),
        ("infuisón", "herbs"),
        ("infusiones", "herbs"),
        ("té y otra cosa", None),
        ("ni té", None),
    ],
)
def test_accents_are_left_out_but_not_where_they_make_another_word(
    text: str, option: str | None
) -> None:
    drinks = (
        OptionWords(id="tea", number=1, labels=("Té",), words=()),
        OptionWords(id="herbs", number=2, labels=("Infusión",), words=()),
    )
    assert understand_option(text, drinks, ("es", "en")) == option


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("haircutt", "haircut"),
        ("hiarcut", "haircut"),
        ("hair cut", "haircut"),
        ("unhappy", None),
        ("appy", None),
        ("happpy", "happy"),
        ("no happy", None),
        ("later", None),
        ("lazer", "laser"),
    ],
)
def test_a_slip_behind_the_first_letter_is_read_in_the_whole_text_only(
    text: str, option: str | None
) -> None:
    options = (
        OptionWords(id="haircut", number=1, labels=("Haircut",), words=()),
        OptionWords(id="happy", number=2, labels=("Happy",), words=()),
        OptionWords(id="laser", number=3, labels=("Laser",), words=()),
    )
    assert understand_option(text, options, ("en",)) == option
