"""split: shares of the contacts, by hash."""

from collections import Counter
from itertools import product

import pytest

from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from convo.steps.split import arm_of
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: remind
start: {words: [remind]}
steps:
  which:
    split: {short: 1, long: 1}
    as: wording
  short: {say: Short., go: end}
  long: {say: Long and winding., go: end}
"""
SAID = {"short": "Short.", "long": "Long and winding."}
NUMBERS = [f"+8613{n:09d}" for n in range(100_000)]
#: Five standard deviations: a fair hash is further off once in a million and more.
SIGMAS = 5.0


def far(count: int, of: int, share: float) -> float:
    """How many standard deviations a count is from what it should be."""
    return abs(count - of * share) / (of * share * (1 - share)) ** 0.5


def test_a_contact_goes_the_same_way_every_time_and_it_is_written_down() -> None:
    for number in NUMBERS[:20]:
        talk = Conversation(FLOW, contact=PhoneNumber(number))
        arm = arm_of(number, "wording", {"short": 1, "long": 1})
        assert [talk.text("remind"), talk.text("remind")] == [[SAID[arm]], [SAID[arm]]]
        assert [facts["arm"] for facts in talk.recorded("split")] == [arm, arm]
        assert talk.recorded("split")[0]["name"] == "wording"


def test_flows_whose_splits_have_one_name_send_a_contact_the_same_way() -> None:
    other = FLOW.replace("remind", "ask")
    for number in NUMBERS[:50]:
        talk = Conversation(FLOW, other, contact=PhoneNumber(number))
        assert talk.text("remind") == talk.text("ask")


@pytest.mark.parametrize(
    "shares", [{"a": 50, "b": 50}, {"a": 1, "b": 3}, {"a": 10, "b": 20, "c": 70}]
)
def test_shares_are_even_to_within_what_chance_allows(shares: dict[str, int]) -> None:
    arms = Counter(arm_of(number, "even", shares) for number in NUMBERS)
    for arm, share in shares.items():
        assert far(arms[arm], len(NUMBERS), share / sum(shares.values())) < SIGMAS, arms


def test_a_share_of_nothing_gets_nobody() -> None:
    arms = Counter(arm_of(number, "off", {"a": 0, "b": 7, "c": 0}) for number in NUMBERS[:5_000])
    assert arms == {"b": 5_000}


def test_two_splits_are_independent_of_each_other() -> None:
    half = {"a": 1, "b": 1}
    pairs = Counter((arm_of(n, "first", half), arm_of(n, "second", half)) for n in NUMBERS)
    for pair in product("ab", "ab"):
        assert far(pairs[pair], len(NUMBERS), 1 / 4) < SIGMAS, pairs


def test_the_way_of_a_number_is_the_same_in_every_version_of_convo() -> None:
    shares = {"a": 1, "b": 1, "c": 1}
    assert [arm_of(number, "kept", shares) for number in NUMBERS[:12]] == list("acbccccbaacb")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{short: 1, long: 1}", "{short: 1}", "needs two steps or more"),
        ("{short: 1, long: 1}", "{short: 0, long: 0}", "All shares are 0"),
        ("{short: 1, long: 1}", "{short: half, long: 1}", "must be a whole number"),
        ("{short: 1, long: 1}", "{shrot: 1, long: 1}", 'There is no step "shrot".'),
        ("as: wording", "go: long", "take `go` away"),
    ],
)
def test_what_an_author_may_get_wrong_is_told(old: str, new: str, told: str) -> None:
    with pytest.raises(FlowErrors) as problems:
        loaded(FLOW.replace(old, new))
    assert told in str(problems.value)
