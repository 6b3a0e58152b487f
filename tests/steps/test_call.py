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


@pytest.mark.parametrize("value", [7, {"id": 1}, ["L1"], True])
def test_an_answer_that_is_not_of_its_kind_is_a_failure(value: object) -> None:
    talk = called()
    assert talk.answer_errand(value) == ["Sorry."]
    assert talk.recorded("unfit")[-1]["answer"] == "reply"


@pytest.mark.parametrize("kind", ["number", "date", "time", "datetime", "yes_no", "option"])
@pytest.mark.parametrize("value", [{"id": 1}, ["x"], "x" * 9, {}])
def test_an_unfit_answer_never_stays_in_a_conversation(kind: str, value: object) -> None:
    talk = Conversation(FLOW.replace("reply: text", f"reply: {kind}"))
    talk.text("drive")
    talk.text("tomorrow 3pm")
    said = talk.answer_errand(value)
    assert said == (["Noted as xxxxxxxxx."] if (kind, value) == ("option", "x" * 9) else ["Sorry."])


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
