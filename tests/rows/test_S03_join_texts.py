"""S03: a join text that lacks who, what, how often or how to leave fails, in each language."""

from dataclasses import replace
from pathlib import Path

import pytest

from convo.core.business import Business
from convo.errors import FlowErrors
from convo.routing.loading import load
from convo.verification import verify
from convo.wiring.authored import authored, settings_in

ROOT = Path(__file__).parent.parent.parent
NPS = (ROOT / "flows" / "nps.yaml").read_text("utf-8")

FAULTS = [
    ("en", "Salon Mei: reply", "Reply", "who texts them", 'Write "Salon Mei" in it'),
    ("en", "2 survey texts", "2 texts", "what kind of texts", "survey"),
    ("en", "2 survey texts a month", "survey texts", "how often", "2 texts a month"),
    ("en", "STOP to end.\n      zh", "bye.\n      zh", "how to end it", "STOP to end"),
    ("zh", "zh: Salon Mei 邀请", "zh: 邀请", "who texts them", 'Write "Salon Mei" in it'),
    ("zh", "满意度调查，每月", "活动，每月", "what kind of texts", "满意"),
    ("zh", "每月约 2 条短信", "约 2 条短信", "how often", "每月约 2 条"),
    ("zh", "，退订请回复“退订”。\n    yes", "。\n    yes", "how to end it", "退订请回复"),
]


def shop() -> Business:
    return replace(settings_in(ROOT).business, country="CN")


def checked(flow: str) -> None:
    verify(load({"flows/nps.yaml": flow}, (), shop()))


def test_the_example_tells_all_in_both_languages() -> None:
    checked(NPS)
    assert authored(settings_in(ROOT)).playbook.flows["nps"].languages == ("en", "zh")


@pytest.mark.parametrize(("language", "right", "wrong", "lacks", "mend"), FAULTS)
def test_what_a_join_text_lacks_is_told_with_the_rule_and_what_to_add(
    language: str, right: str, wrong: str, lacks: str, mend: str
) -> None:
    assert right in NPS
    with pytest.raises(FlowErrors) as raised:
        checked(NPS.replace(right, wrong, 1))
    (problem,) = raised.value.problems
    assert f"does not say in {language} {lacks}" in str(problem)
    assert "(cn-join-" in str(problem)
    assert mend in problem.mend


def test_a_programme_that_is_told_of_in_one_language_only_cannot_be_checked_in_the_other() -> None:
    told = replace(shop().programmes["survey"], abouts={"en": "About two survey texts a month"})
    business = replace(shop(), programmes={"survey": told})
    with pytest.raises(FlowErrors, match="does not say in zh what kind"):
        verify(load({"flows/nps.yaml": NPS}, (), business))
