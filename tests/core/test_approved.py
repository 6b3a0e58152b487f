"""A text is told to be one of the approved templates, with the values of its gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.approved import Gaps, Template, TouchingGaps, covering

DOLLAR = Gaps(before="${", after="}")
NUMBERED = Gaps(before="{", after="}", numbered=True)
HASHED = Gaps(before="#", after="#")


def template(wording: str, gaps: Gaps = DOLLAR, id: str = "T1") -> Template:
    return Template(id=id, wording=wording, gaps=gaps)


@pytest.mark.parametrize(
    ("gaps", "wording", "text", "values"),
    [
        (DOLLAR, "已预约${day}。", "已预约周五下午3点。", {"day": "周五下午3点"}),
        (DOLLAR, "${who}，${day}见", "王，周五见", {"who": "王", "day": "周五"}),
        (NUMBERED, "您的{1}已约在{2}。", "您的剪发已约在周五。", {"1": "剪发", "2": "周五"}),
        (HASHED, "验证码#code#", "验证码0429", {"code": "0429"}),
        (DOLLAR, "好的。", "好的。", {}),
        (DOLLAR, "${a}和${a}", "红和红", {"a": "红"}),
        (DOLLAR, "请回复：\n${list}", "请回复：\n1 剪\n2 染", {"list": "1 剪\n2 染"}),
        # A value may be the very words that follow its gap.
        (DOLLAR, "${a}。", "。。", {"a": "。"}),
        (DOLLAR, "${a}。${b}。", "。。一。", {"a": "。", "b": "一"}),
    ],
)
def test_what_stands_in_the_gaps_is_found_and_makes_the_text_again(
    gaps: Gaps, wording: str, text: str, values: dict[str, str]
) -> None:
    assert template(wording, gaps).values(text) == values
    assert template(wording, gaps).filled(values) == text


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("已预约${day}。", "已预约。"),  # nothing in the gap
        ("已预约${day}。", "已预约周五"),
        ("已预约${day}。", "您已预约周五。"),
        ("${a}和${b}", "和绿"),
        ("${a}和${b}", "红和"),
        ("${a}和${a}", "红和绿"),
        ("好的。", "好的。 "),
        ("aa${x}aa", "aaa"),  # what ends it may not be what began it
        ("${x}ab${y}b", "1ab"),
    ],
)
def test_what_is_another_text_is_not_taken_for_it(wording: str, text: str) -> None:
    assert template(wording).values(text) is None


def test_gaps_side_by_side_are_refused() -> None:
    with pytest.raises(TouchingGaps):
        template("${a}${b}好")


def test_of_several_the_one_that_says_most_itself_is_taken() -> None:
    loose, tight = template("您好，${text}", id="loose"), template("您好，${day}见。", id="tight")
    found = covering("您好，周五见。", [loose, tight])
    assert found is not None
    assert (found[0].id, found[1]) == ("tight", {"day": "周五"})
    assert covering("再见", [loose, tight]) is None


@given(st.lists(st.text("<>a", min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_template_filled_in_is_always_found_again(values: list[str]) -> None:
    """Whatever the values are, some values are found that make the same text."""
    filled = template("".join(f"<${{v{n}}}>" for n in range(len(values))))
    text = "".join(f"<{value}>" for value in values)
    found = filled.values(text)
    assert found is not None
    assert "".join(f"<{found[f'v{n}']}>" for n in range(len(values))) == text
