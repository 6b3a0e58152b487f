"""The gate's rules, one by one and in their order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.business import Business, Channel, MessageClass
from convo.core.contacts import EVERYTHING, Consent, ConsentState, ContactState
from convo.core.hours import daily
from convo.core.numbers import PhoneNumber
from convo.core.saying import Purpose, Say
from convo.policy.gate import RULES, Later, Never, Send, admit, counted
from convo.policy.loop_guard import REPLIES_A_MINUTE

NEW_YORK = ZoneInfo("America/New_York")
ANN = PhoneNumber("+12025550100")
OURS = PhoneNumber("+12025550199")
SALON = Business(
    name="Salon Mei",
    zone="Asia/Shanghai",
    country="CN",
    languages=("en",),
    channels={"main": Channel(name="main", provider="console", address=OURS)},
    quiet={"marketing": daily(540, 1200)},
)
CLASSES: tuple[MessageClass, ...] = get_args(MessageClass)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def ms(*when: int, zone: ZoneInfo = NEW_YORK) -> int:
    year, month, day, hour = when
    return int(datetime(year, month, day, hour, tzinfo=zone).timestamp() * 1000)


NOON = ms(2026, 6, 1, 12)
NIGHT = ms(2026, 6, 1, 23)
MORNING = ms(2026, 6, 2, 9)


def say(
    kind: MessageClass = "service",
    purpose: Purpose = "reply",
    programme: str = "",
    *,
    channel: str = "main",
    not_after: int | None = None,
) -> Say:
    return Say(
        text="Hello",
        channel=channel,
        kind=kind,
        purpose=purpose,
        programme=programme,
        not_after=not_after,
    )


def contact(number: PhoneNumber = ANN, **consents: ConsentState) -> ContactState:
    held = {name: Consent(programme=name, state=s, at=0, event="e") for name, s in consents.items()}
    return ContactState(number=number, consents=held)


def stopped() -> ContactState:
    everything = Consent(programme=EVERYTHING, state="withdrawn", at=0, event="e")
    return replace(contact(survey="given"), consents={EVERYTHING: everything})


def refused_by(verdict: object) -> str:
    assert isinstance(verdict, Never)
    assert verdict.why == RULES[verdict.rule]
    return verdict.rule


def test_an_answer_to_a_text_goes_out_at_any_hour() -> None:
    for now in (NOON, NIGHT):
        assert admit(say(), contact(), SALON, now) == Send()


def test_a_channel_that_is_gone_and_our_own_number_are_refused() -> None:
    assert refused_by(admit(say(channel="old"), contact(), SALON, NOON)) == "unknown-channel"
    assert refused_by(admit(say(), contact(OURS), SALON, NOON)) == "own-number"


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("purpose", ["reply", "first", "consent"])
def test_after_stop_nothing_goes_out(kind: MessageClass, purpose: Purpose) -> None:
    assert refused_by(admit(say(kind, purpose, "survey"), stopped(), SALON, NOON)) == "stopped"


@pytest.mark.parametrize("kind", CLASSES)
def test_the_answer_to_a_law_word_goes_out_after_stop_at_night_and_in_a_loop(
    kind: MessageClass,
) -> None:
    state = stopped()
    for _ in range(REPLIES_A_MINUTE):
        state = replace(state, pace=counted(say(), state.pace, NIGHT))
    assert admit(say(kind, "law", "survey"), state, SALON, NIGHT) == Send()
    assert counted(say(kind, "law"), state.pace, NIGHT) == state.pace


@pytest.mark.parametrize("held", ["unknown", "asked", "withdrawn"])
def test_a_programme_needs_consent_that_is_given(held: ConsentState) -> None:
    text = say("service", "reply", "survey")
    assert refused_by(admit(text, contact(survey=held), SALON, NOON)) == "no-consent"
    assert refused_by(admit(text, contact(news="given"), SALON, NOON)) == "no-consent"
    assert admit(text, contact(survey="given"), SALON, NOON) == Send()


@pytest.mark.parametrize("held", ["unknown", "asked", "withdrawn"])
def test_the_question_for_consent_needs_none(held: ConsentState) -> None:
    text = say("marketing", "consent", "survey")
    assert admit(text, contact(survey=held), SALON, NOON) == Send()


def test_marketing_needs_a_programme() -> None:
    verdict = admit(say("marketing", "first"), contact(survey="given"), SALON, NOON)
    assert refused_by(verdict) == "marketing-needs-programme"
    assert (
        admit(say("marketing", "first", "survey"), contact(survey="given"), SALON, NOON) == Send()
    )


def test_a_loop_falls_silent_but_not_for_an_emergency() -> None:
    state = contact()
    for _ in range(REPLIES_A_MINUTE):
        assert admit(say(), state, SALON, NOON) == Send()
        state = replace(state, pace=counted(say(), state.pace, NOON))
    assert refused_by(admit(say(), state, SALON, NOON)) == "loop-minute"
    assert refused_by(admit(say("otp", "first"), state, SALON, NOON)) == "loop-minute"
    assert admit(say("emergency", "first"), state, SALON, NOON) == Send()
    assert admit(say(), state, SALON, NOON + 60_000) == Send()


def test_what_we_start_waits_for_the_contact_s_morning() -> None:
    text, state = say("marketing", "first", "survey"), contact(survey="given")
    assert admit(text, state, SALON, NIGHT) == Later(at=MORNING, rule="us-hours-federal")
    assert admit(text, state, SALON, MORNING - 1) == Later(at=MORNING, rule="quiet-hours")
    assert admit(text, state, SALON, MORNING) == Send()


@pytest.mark.parametrize(
    ("number", "zone", "opens", "rule"),
    [
        ("+12025550100", "America/New_York", (2026, 6, 7, 8), "us-hours-federal"),
        ("+13055550100", "America/New_York", (2026, 6, 7, 8), "us-hours-federal"),
        ("+12145550100", "America/Chicago", (2026, 6, 7, 12), "us-hours-texas-sunday"),
        ("+14015550100", "America/New_York", (2026, 6, 7, 10), "us-hours-rhode-island-weekend"),
        ("+8613800138000", "Asia/Shanghai", (2026, 6, 7, 8), "cn-hours-marketing"),
    ],
)
def test_the_law_s_hours_hold_without_any_of_ours_and_name_their_rule(
    number: str, zone: str, opens: tuple[int, int, int, int], rule: str
) -> None:
    text, state = say("marketing", "first", "survey"), contact(PhoneNumber(number), survey="given")
    lawful = replace(SALON, quiet={})
    at = ms(*opens, zone=ZoneInfo(zone))
    assert admit(text, state, lawful, at) == Send()
    verdict = admit(text, state, lawful, at - 1)
    assert isinstance(verdict, Later)
    assert (verdict.at, verdict.rule) == (at, rule)


def test_of_a_number_whose_state_is_not_known_the_strictest_hours_count() -> None:
    nowhere = contact(PhoneNumber("+18005550100"), survey="given")
    text = say("marketing", "first", "survey")
    known = replace(nowhere, zone="America/New_York")
    lawful = replace(SALON, quiet={})
    for hour, open_ in ((8, False), (11, True), (17, True), (18, False), (20, False)):
        verdict = admit(text, known, lawful, ms(2026, 6, 1, hour))
        assert (verdict == Send()) == open_, hour
    assert RULES["us-hours-florida"].startswith("The law profile us")


def test_the_contact_s_own_zone_outweighs_the_number_s() -> None:
    text, state = say("marketing", "first", "survey"), contact(survey="given")
    moved = replace(state, zone="Asia/Shanghai")
    assert admit(text, moved, SALON, NIGHT) == Send()
    assert admit(text, replace(state, zone="Moon/Crater"), SALON, NIGHT) == Later(
        at=MORNING, rule="us-hours-federal"
    )


def test_a_number_of_no_known_zone_is_taken_to_be_where_the_business_is() -> None:
    nowhere = contact(PhoneNumber("+80012345678"), survey="given")
    text = say("marketing", "first", "survey")
    shanghai = ZoneInfo("Asia/Shanghai")
    assert admit(text, nowhere, SALON, ms(2026, 6, 1, 3, zone=shanghai)) == Later(
        at=ms(2026, 6, 1, 9, zone=shanghai), rule="strict-hours-marketing"
    )


def test_a_number_that_may_be_anywhere_is_not_guessed_at() -> None:
    anywhere = contact(PhoneNumber("+18005550100"), survey="given")
    verdict = admit(say("marketing", "first", "survey"), anywhere, SALON, NIGHT)
    assert refused_by(verdict) == "never-open"


def test_quiet_hours_are_those_of_the_class_and_never_of_emergencies_and_codes() -> None:
    always = daily(540, 1200)
    strict = replace(SALON, quiet=dict.fromkeys(CLASSES, always))
    assert admit(say("service", "first"), contact(), SALON, NIGHT) == Send()
    assert isinstance(admit(say("service", "first"), contact(), strict, NIGHT), Later)
    assert admit(say("service", "reply"), contact(), strict, NIGHT) == Send()
    for kind in ("otp", "emergency"):
        assert admit(say(kind, "first"), contact(), strict, NIGHT) == Send()


def test_a_consent_question_answers_their_text_or_waits_like_any_first_word() -> None:
    text = say("marketing", "consent", "survey")
    joined = replace(contact(), last_seen=NIGHT - 1000)
    assert admit(text, joined, SALON, NIGHT) == Send()
    assert isinstance(admit(text, contact(), SALON, NIGHT), Later)


def test_what_is_too_late_is_never_sent() -> None:
    text = say("marketing", "first", "survey", not_after=NIGHT + 3_600_000)
    state = contact(survey="given")
    assert admit(text, state, SALON, NOON) == Send()
    assert refused_by(admit(text, state, SALON, NIGHT)) == "too-late"
    assert refused_by(admit(text, state, SALON, NIGHT + 3_600_001)) == "too-late"
    assert refused_by(admit(say(not_after=NOON - 1), contact(), SALON, NOON)) == "too-late"
    assert admit(say(not_after=NOON), contact(), SALON, NOON) == Send()


def test_every_rule_has_a_sentence() -> None:
    for rule, sentence in RULES.items():
        assert rule == rule.lower()
        assert sentence.endswith(".")


@given(
    st.sampled_from(CLASSES),
    st.sampled_from(PURPOSES),
    st.sampled_from(["", "survey"]),
    st.sampled_from(["unknown", "asked", "given", "withdrawn"]),
    st.booleans(),
    st.integers(0, 48),
)
def test_marketing_never_leaves_without_consent_or_at_night(
    kind: MessageClass,
    purpose: Purpose,
    programme: str,
    held: ConsentState,
    has_stopped: bool,
    half_hours: int,
) -> None:
    """All classes and purposes over the day on which New York's clocks go back."""
    moment = datetime(2026, 11, 1, 4, tzinfo=UTC) + timedelta(minutes=30 * half_hours)
    now = int(moment.timestamp() * 1000)
    state = contact(survey=held)
    if has_stopped:
        state = replace(state, consents={**state.consents, **stopped().consents})
    verdict = admit(say(kind, purpose, programme), state, SALON, now)
    if has_stopped and purpose != "law":
        assert refused_by(verdict) == "stopped"
    if kind == "marketing" and purpose == "first" and verdict == Send():
        assert programme
        assert held == "given"
        assert 9 <= moment.astimezone(NEW_YORK).hour < 20
    if isinstance(verdict, Later):
        assert verdict.at > now
        assert admit(say(kind, purpose, programme), state, SALON, verdict.at) == Send()
