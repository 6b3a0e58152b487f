"""S14: a profile sets hours, wording, retention and consent; each refusal names its rule."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from convo.core.business import Law, MessageClass
from convo.core.contacts import Consent, ContactState
from convo.core.numbers import PhoneNumber
from convo.core.saying import Say
from convo.errors import FlowErrors
from convo.policy.gate import Later, Never, Send, admit
from convo.policy.profiles import PROFILES, profile
from convo.verification import verify
from tests.rows.acting import OFFER, acting, posted
from tests.steps.conversation import business, loaded

SALON = business()
TALLAHASSEE, LOS_ANGELES = PhoneNumber("+18505550123"), PhoneNumber("+13105550123")
BEIJING, BERLIN = PhoneNumber("+8613800138000"), PhoneNumber("+4915123456789")
GIVEN = Consent(programme="survey", state="given", at=1, event="e")


def verdict(
    number: PhoneNumber, hour: int, zone: str, day: int = 24, law: Law | None = None
) -> object:
    """What the gate says of one marketing text to this number, at this hour of a day's clock."""
    moment = datetime(2026, 11, 24, hour, 30, tzinfo=ZoneInfo(zone))
    kind: MessageClass = "marketing"
    say = Say(text="An offer.", channel="main", kind=kind, purpose="first", programme="survey")
    state = ContactState(number=number, consents={"survey": GIVEN}, zone=zone)
    shop = SALON if law is None else replace(SALON, law=law)
    return admit(say, state, shop, int(moment.timestamp() * 1_000))


def test_the_same_text_at_the_same_hour_of_the_day_goes_by_each_contact_s_own_law() -> None:
    assert verdict(BEIJING, 20, "Asia/Shanghai") == Send()
    florida = verdict(TALLAHASSEE, 20, "America/New_York")
    assert isinstance(florida, Later)
    assert "us-hours-florida" in (florida.rule, *map(str, florida.facts.values()))
    assert verdict(LOS_ANGELES, 20, "America/Los_Angeles") == Send()
    germany = verdict(BERLIN, 20, "Europe/Berlin")
    assert isinstance(germany, Later)
    assert "eu-hours-marketing" in (germany.rule, *map(str, germany.facts.values()))


def test_convo_toml_chooses_another_profile_and_the_verdict_changes() -> None:
    strict = Law(countries={"CN": "strict"})
    assert verdict(BEIJING, 19, "Asia/Shanghai") == Send()
    late = verdict(BEIJING, 19, "Asia/Shanghai", law=strict)
    assert isinstance(late, Later)
    assert "strict-hours-marketing" in (late.rule, *map(str, late.facts.values()))


@pytest.mark.parametrize(
    ("number", "rule"),
    [(BEIJING, "cn-consent-marketing"), (TALLAHASSEE, "us-consent-marketing")],
)
def test_a_text_without_consent_is_refused_by_the_rule_of_the_contact_s_law(
    number: PhoneNumber, rule: str
) -> None:
    say = Say(text="x", channel="main", kind="marketing", purpose="first", programme="survey")
    refused = admit(say, ContactState(number=number), SALON, 0)
    assert isinstance(refused, Never)
    assert (refused.rule, refused.facts["law"]) == ("no-consent", rule)


@pytest.mark.anyio
async def test_the_record_of_a_refusal_names_the_rule_too() -> None:
    async with acting(OFFER) as talk:
        event = {"event": "offer.made", "to": BEIJING.e164, "channel": "main", "key": "1"}
        await posted(talk, "/v1/events", event)
        facts = [r.facts for t in await talk.records() for r in t.records if r.kind == "refused"]
        assert facts[0]["law"] == "cn-consent-marketing"


def test_a_join_text_fails_by_the_rule_of_the_home_country_s_law() -> None:
    flow = """
flow: join
class: marketing
programme: survey
languages: [en]
start: {words: [join]}
steps:
  ask:
    consent: {ask: survey}
    confirm: "Salon Mei: offers and surveys? 2 a month."
    yes: joined
    no: end
    silent: [{after: 1d, go: end}]
  joined: {consent: {give: survey}, say: You are in., go: end}
"""
    survey = replace(SALON.programmes["survey"], about="About two survey offers a month")
    programmes = {**SALON.programmes, "survey": survey}
    flow = flow.replace("surveys?", "survey texts?")
    for country, rule in (("CN", "cn-join-opt-out"), ("DE", "eu-join-opt-out")):
        shop = replace(SALON, country=country, programmes=programmes)
        with pytest.raises(FlowErrors, match=rule):
            verify(loaded(flow, at=shop))


def test_every_profile_sets_all_four() -> None:
    for name in PROFILES:
        found = profile(name)
        assert found.windows["marketing"]
        assert {line.needs for line in found.wording if line.where == "join"} >= {
            "opt_out",
            "sender",
        }
        assert found.retention.days > 0
        assert found.consent["marketing"].kind in ("express", "double")
