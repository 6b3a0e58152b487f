"""tally: one counted vote for each contact, and the standing of all of them."""

from typing import Any

import pytest

from convo.errors import FlowErrors
from tests.steps.conversation import ANNA, Conversation, loaded

FLOW = """
flow: lunch
start: {words: [lunch]}
languages: [en, zh]
answers: {dish: option, standing: tally}
steps:
  vote:
    choose: {en: "What?", zh: 吃什么？}
    options: {rice: {en: Fried rice, zh: 炒饭}, soup: {en: Soup, zh: 汤}, pie: {en: Pie, zh: 派}}
    save: dish
    silent: [{after: 1h, go: end}]
  count:
    tally: {poll: lunch, per: now | date, vote: dish}
    save: standing
    voted: stays
    failed: sorry
  counted: {say: {en: "So far: {{ standing }}.", zh: "目前：{{ standing }}。"}, go: end}
  stays: {say: {en: "It stays. {{ standing }}", zh: 不变。}, go: end}
  sorry: {say: {en: Sorry., zh: 抱歉。}, go: end}
"""


def at_the_count(flow: str = FLOW, vote: str = "1") -> Conversation:
    talk = Conversation(flow)
    talk.text("lunch")
    talk.text(vote)
    return talk


def test_a_vote_is_an_errand_under_the_contact_s_key() -> None:
    talk = at_the_count()
    errand = talk.errands[0]
    assert (errand.kind, errand.name) == ("tally", "lunch/2026-11-23")
    assert errand.arguments == {"vote": "rice", "change": False}
    again = at_the_count(
        FLOW.replace("vote: dish}", "vote: dish, change: true}")
        .replace("    voted: stays\n", "")
        .replace('  stays: {say: {en: "It stays. {{ standing }}", zh: 不变。}, go: end}\n', "")
    )
    assert again.errands[0].arguments == {"vote": "rice", "change": True}
    assert again.errands[0].key == errand.key
    assert ANNA.e164 not in errand.key


def test_the_standing_is_told_in_the_labels_of_the_options_the_most_voted_first() -> None:
    talk = at_the_count()
    standing = {"votes": {"soup": 2, "pie": 12}, "kept": False}
    assert talk.answer_errand(standing) == ["So far: Pie 12, Soup 2, Fried rice 0."]
    assert talk.recorded("voted")[-1]["kept"] is False
    talk.text("lunch")
    talk.text("汤")
    assert talk.recorded("ended")[-1]["answers"]["standing"] == {"soup": 2, "pie": 12}


def test_an_earlier_vote_that_stays_leads_where_the_author_says() -> None:
    talk = at_the_count()
    assert talk.answer_errand({"votes": {"pie": 1}, "kept": True}) == [
        "It stays. Pie 1, Fried rice 0, Soup 0"
    ]
    assert talk.recorded("voted")[-1]["kept"] is True


@pytest.mark.parametrize(
    "value",
    [None, 5, {}, {"votes": 3}, {"votes": {"pie": "many"}}, {"votes": {"pie": -1}},
     {"votes": {"pie": 1}, "kept": "no"}],
)  # fmt: skip
def test_what_is_no_standing_goes_the_failed_way(value: Any) -> None:
    assert at_the_count().answer_errand(value) == ["Sorry."]


def test_a_failure_goes_the_failed_way() -> None:
    assert at_the_count().answer_errand(failure="store away") == ["Sorry."]


def test_without_a_vote_the_standing_is_only_read() -> None:
    flow = (
        FLOW.replace(", vote: dish}", "}")
        .replace("    voted: stays\n", "")
        .replace('  stays: {say: {en: "It stays. {{ standing }}", zh: 不变。}, go: end}\n', "")
    )
    talk = at_the_count(flow)
    assert talk.errands[0].arguments == {"vote": None, "change": False}
    assert talk.answer_errand({"votes": {}, "kept": False}) == ["So far: 0."]
    assert not talk.recorded("voted")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("poll: lunch", "poll: my lunch", '"my lunch" is no name of a poll'),
        ("poll: lunch, ", "", '"tally" lacks "poll".'),
        ("vote: dish}", "change: true}", "`change` goes with `vote`"),
        ("vote: dish}", "vote: dish, change: true}", "`voted` goes with a `vote` that may not"),
        ("vote: dish}", "vote: dish, change: often}", '"change" must be true or false.'),
        ("    failed: sorry\n", "", 'lacks "failed"'),
    ],
)
def test_what_an_author_may_get_wrong_is_told(old: str, new: str, told: str) -> None:
    with pytest.raises(FlowErrors) as problems:
        loaded(FLOW.replace(old, new, 1))
    assert told in str(problems.value)
