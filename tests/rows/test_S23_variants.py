"""S23: one message is exactly one wording for each contact, by written rules, and `why` tells."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.ledger.why import why
from convo.wiring.authored import authored, settings_in
from tests.steps.conversation import START, Conversation

ROOT = Path(__file__).parent.parent.parent
FLOW = (ROOT / "flows" / "checkup.yaml").read_text("utf-8")
PEOPLE = [PhoneNumber(f"+86138{n:08d}") for n in range(400)]
#: Tags, how the text begins, and what `why` must say of the rule.
LAYERS = [
    (("vip",), "Your stylist", "'vip' in contact.tags holds"),
    (("spring", "vip", "young"), "Your stylist", "'vip' in contact.tags holds"),
    (("dormant",), "We have missed", "'dormant' in contact.tags holds"),
    (("young", "dormant"), "We have missed", "'dormant' in contact.tags holds"),
    (("young",), "New season", "'young' in contact.tags holds"),
]


def told(contact: PhoneNumber, tags: tuple[str, ...]) -> tuple[list[str], str]:
    """What this contact is sent, and what `/why` of `convo chat` says of it."""
    talk = Conversation(FLOW, contact=contact)
    talk.state = replace(talk.state, tags=tags)
    said = talk.request(event="checkup.due", last="2026-09-01")
    records = tuple(Record(kind=kind, facts=facts) for kind, facts in talk.records)
    turn = Recorded(at=START, contact=contact.e164, event="e", records=records)
    return said, "\n".join(why([turn], ZoneInfo("Asia/Shanghai")))


@pytest.mark.parametrize(("tags", "begins", "rule"), LAYERS)
def test_a_layer_has_its_one_wording_and_why_tells_the_rule(
    tags: tuple[str, ...], begins: str, rule: str
) -> None:
    said, because = told(PEOPLE[0], tags)
    assert [text.startswith(begins) for text in said] == [True]
    assert rule in because


def test_everybody_without_a_layer_has_exactly_one_of_the_two_and_why_tells_which() -> None:
    begins = {"short": "Time for", "long": "Your last"}
    arms: Counter[str] = Counter()
    for contact in PEOPLE:
        said, because = told(contact, ())
        (arm,) = [arm for arm in begins if f"this number goes to {arm}." in because]
        assert [text.startswith(begins[arm]) for text in said] == [True]
        assert told(contact, ())[0] == said
        arms[arm] += 1
    assert min(arms[arm] for arm in begins) > len(PEOPLE) / 3


def test_no_two_rules_can_say_two_things_at_once() -> None:
    """All that lies between the event and the texts is one branch and one split."""
    flow = authored(settings_in(ROOT)).playbook.flows["checkup"]
    ways = {step: {way.to for way in flow.ways[step]} for step in flow.steps}
    texts = {"vip", "dormant", "young", "short", "long"}
    assert ways["rule"] | ways["wording"] == texts | {"wording"}
    assert all(ways[text] == {"sent"} for text in texts)
