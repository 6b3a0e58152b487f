"""call: an HTTP request to a system of the business's own."""

import pytest

from convo.errors import FlowErrors
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: lead
start: {words: [drive]}
answers: {day: datetime, reply: text}
steps:
  day: {ask: "When?", expect: datetime, save: day, silent: [{after: 1h, go: end}]}
  crm:
    call: https://crm.example/leads
    json: {day: day, source: "'poster'", fan: contact.fan}
    save: reply
    within: 1m
    failed: sorry
  done: {say: "Noted as {{ reply }}.", go: end}
  sorry: {say: Sorry., go: end}
"""


def called() -> Conversation:
    talk = Conversation(FLOW)
    talk.text("drive")
    talk.text("tomorrow 3pm")
    return talk


def test_a_call_posts_json_that_every_system_reads() -> None:
    errand = called().errands[0]
    assert (errand.kind, errand.name) == ("http", "https://crm.example/leads")
    # RFC 3339, without the zone's name behind it.
    assert errand.arguments == {
        "day": "2026-11-24T15:00:00+08:00",
        "source": "poster",
        "fan": None,
    }


def test_the_answer_is_kept_and_the_flow_goes_on() -> None:
    assert called().answer_errand("L1") == ["Noted as L1."]


def test_a_failure_takes_the_failed_way() -> None:
    assert called().answer_errand(failure="500") == ["Sorry."]


def test_no_answer_in_time_takes_the_failed_way() -> None:
    talk = called()
    assert talk.due_in("errand") == [1.25]
    assert talk.wait("2m") == ["Sorry."]


@pytest.mark.parametrize("url", ["crm.example", "ftp://x", "https://x/{{ day }}", "https://x y"])
def test_an_address_that_is_no_whole_one_is_refused(url: str) -> None:
    with pytest.raises(FlowErrors, match="Give a whole URL"):
        loaded(FLOW.replace("https://crm.example/leads", f'"{url}"'))
