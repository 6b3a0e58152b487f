"""S46: no marketing leaves outside the local hours, over both changes of the clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from convo.core.contacts import Consent, ContactState
from convo.core.hours import daily
from convo.core.numbers import PhoneNumber
from convo.core.saying import Say
from convo.policy.gate import Later, Send, admit
from tests.steps.conversation import Conversation, business

#: Contacts with their zones, the law's hours there on a weekday, and both days of the change.
CLOCKS = [
    ("+12125550100", "America/New_York", 8, 21, "us-hours-federal", (2026, 3, 8)),
    ("+12125550100", "America/New_York", 8, 21, "us-hours-federal", (2026, 11, 1)),
    ("+12145550100", "America/Chicago", 9, 21, "us-hours-texas", (2026, 3, 8)),
    ("+493012345678", "Europe/Berlin", 9, 20, "eu-hours-marketing", (2026, 3, 29)),
    ("+493012345678", "Europe/Berlin", 9, 20, "eu-hours-marketing", (2026, 10, 25)),
    ("+61212345678", "Australia/Lord_Howe", 9, 18, "strict-hours-marketing", (2026, 4, 5)),
    ("+61212345678", "Australia/Lord_Howe", 9, 18, "strict-hours-marketing", (2026, 10, 4)),
    ("+8613800138000", "Asia/Shanghai", 8, 22, "cn-hours-marketing", (2026, 3, 8)),
]
#: Sunday's hours, where they are others.
SUNDAYS = {"us-hours-texas": (12, 21), "eu-hours-marketing": (10, 18)}
OFFER = Say(text="A sale.", channel="main", kind="marketing", purpose="first", programme="survey")
SALON = business()


def joined(number: str, zone: str | None) -> ContactState:
    given = Consent(programme="survey", state="given", at=0, event="e")
    return ContactState(number=PhoneNumber(number), zone=zone, consents={"survey": given})


@pytest.mark.parametrize(("number", "name", "opens", "closes", "rule", "day"), CLOCKS)
def test_no_minute_of_the_days_around_a_change_of_clocks_lets_marketing_out_at_night(
    number: str, name: str, opens: int, closes: int, rule: str, day: tuple[int, int, int]
) -> None:
    zone, state = ZoneInfo(name), joined(number, name)
    start = datetime(*day, tzinfo=UTC) - timedelta(hours=20)
    let_out = 0
    for minute in range(0, 60 * 60, 3):
        moment = start + timedelta(minutes=minute)
        wall = moment.astimezone(zone)
        verdict = admit(OFFER, state, SALON, int(moment.timestamp() * 1_000))
        if isinstance(verdict, Later):
            assert verdict.rule.startswith(rule.rpartition("-")[0])
            then = datetime.fromtimestamp(verdict.at / 1_000, zone)
            assert admit(OFFER, state, SALON, verdict.at) == Send()
            assert then > moment
            wall = then
        else:
            assert verdict == Send()
            let_out += 1
        if wall.weekday() == 6 and rule.startswith("strict"):
            continue  # its Sunday is stricter still, and tested with the profile
        first, last = SUNDAYS.get(rule, (opens, closes)) if wall.weekday() == 6 else (opens, closes)
        if rule == "strict-hours-marketing" and wall.weekday() >= 5:
            first, last = 10, 17
        assert first <= wall.hour < last, wall
    assert let_out > 100


def test_the_stricter_of_the_law_and_the_business_counts() -> None:
    state = joined("+8613800138000", None)
    strict = replace(SALON, quiet={"marketing": daily(10 * 60, 23 * 60)})
    for hour, rule in ((7, "cn-hours-marketing"), (9, "quiet-hours"), (22, "cn-hours-marketing")):
        moment = datetime(2026, 11, 24, hour, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
        verdict = admit(OFFER, state, strict, int(moment.timestamp() * 1_000))
        assert isinstance(verdict, Later)
        assert verdict.rule == rule
        assert datetime.fromtimestamp(verdict.at / 1_000, moment.tzinfo).hour == 10


def test_an_unknown_zone_gets_the_strictest_overlap() -> None:
    # An Australian mobile may be in Perth or in Sydney.
    state = joined("+61412345678", None)
    zones = [ZoneInfo("Australia/Perth"), ZoneInfo("Australia/Sydney")]
    for minutes in range(0, 24 * 60, 10):
        moment = datetime(2026, 6, 3, tzinfo=UTC) + timedelta(minutes=minutes)
        verdict = admit(OFFER, state, SALON, int(moment.timestamp() * 1_000))
        if verdict == Send():
            assert all(9 <= moment.astimezone(zone).hour < 18 for zone in zones)


def test_answers_to_a_live_question_follow_their_own_declared_rule() -> None:
    flow = """
flow: poll
start: {words: [poll]}
steps:
  a: {ask: "Well?", silent: [{after: 2d, go: end}]}
  b: {say: "Thanks.", go: end}
"""
    anytime = Conversation(flow)
    anytime.wait("13h")
    assert anytime.text("poll") == ["Well?"]
    assert anytime.text("fine") == ["Thanks."]
    by_day = Conversation(flow, at=business(quiet={"replies": daily(7 * 60, 22 * 60)}))
    assert by_day.text("poll") == ["Well?"]
    by_day.wait("13h")
    assert by_day.text("fine") == []
    assert by_day.recorded("postponed")[-1]["rule"] == "quiet-hours"
    assert by_day.wait("8h") == ["Thanks."]
