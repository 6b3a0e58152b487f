"""The gate: every text that we want to send is asked about here, and nowhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from convo.core.business import Business
from convo.core.contacts import ContactState, Pace
from convo.core.effects import Say
from convo.policy import loop_guard, quiet_hours
from convo.policy.leaving import LEAVING_RULES
from convo.policy.loop_guard import LOOP_RULES
from convo.policy.numbering import zones_of

JUST_SPOKE = 10 * 60 * 1000
"""A consent question this soon (ms) after their text answers it; later we speak first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """It may go out now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Ask again at `at` (ms since 1970)."""

    at: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """It must not go out; `why` is the rule's sentence."""

    rule: str
    why: str


Verdict = Send | Later | Never

_SEND = Send()

#: Every reason for not sending. The keys are kept in records, so they stay what they are.
RULES: Mapping[str, str] = {
    "unknown-channel": "There is no such channel in convo.toml (any more).",
    "own-number": "The contact is one of our own numbers: we would talk to ourselves.",
    "stopped": "The contact has said STOP; only START opens the conversation again.",
    "no-consent": "The contact has not agreed to this programme, or has left it.",
    "asked-before": "The contact was asked for this consent before, and did not agree.",
    "marketing-needs-programme": "Marketing goes only to those who joined a programme; "
    "name it in the flow (`programme:`).",
    **LOOP_RULES,
    **LEAVING_RULES,
    "too-late": "The time after which it would be wrong to send it is past, "
    "or will be when the quiet hours end.",
    "quiet-hours": "We do not speak first at this hour of the contact's day.",
    "never-open": "The number may be in zones that are never open together; "
    "set the contact's zone.",
}


def admit(
    say: Say, state: ContactState, business: Business, now: int, pace: Pace | None = None
) -> Verdict:
    """Whether `say` may go to the contact at `now` (ms since 1970): the first rule decides.

    `pace` is the contact's as this turn has changed it so far; None is the state's own.
    """
    for rule in _RULES_IN_ORDER:
        if verdict := rule(say, state, business, now):
            return verdict
    return _in_a_loop(say, state.pace if pace is None else pace, now) or _SEND


def counted(say: Say, pace: Pace, now: int) -> Pace:
    """The pace once `say` was let through: the loop guard counts all but answers to the law."""
    return pace if say.purpose == "law" else loop_guard.spoke(pace, now)


def _never(rule: str) -> Never:
    return Never(rule=rule, why=RULES[rule])


# --- the rules, each with the exceptions it makes -------------------------------------------------


def _to_whom(say: Say, state: ContactState, business: Business, _now: int) -> Verdict | None:
    if say.channel not in business.channels:
        return _never("unknown-channel")
    for channel in business.channels.values():
        if channel.address == state.number:
            return _never("own-number")
    return None


def _stopped(say: Say, state: ContactState, _business: Business, _now: int) -> Verdict | None:
    """The answer to a law word passes; whether there is one is the router's to say."""
    return _never("stopped") if state.stopped and say.purpose != "law" else None


def _agreed(say: Say, state: ContactState, _business: Business, _now: int) -> Verdict | None:
    """The question itself cannot need the answer: a consent question passes."""
    if say.purpose in ("law", "consent"):
        return None
    if say.programme:
        return None if state.consent_to(say.programme) == "given" else _never("no-consent")
    return _never("marketing-needs-programme") if say.kind == "marketing" else None


def _in_a_loop(say: Say, pace: Pace, now: int) -> Verdict | None:
    """Emergencies pass. One-time codes do not: pumping them is how such numbers are abused."""
    if say.purpose == "law" or say.kind == "emergency":
        return None
    rule = loop_guard.silent(pace, now)
    return _never(rule) if rule else None


def _too_late(say: Say, _state: ContactState, _business: Business, now: int) -> Verdict | None:
    return _never("too-late") if say.not_after is not None and now > say.not_after else None


def _quiet(say: Say, state: ContactState, business: Business, now: int) -> Verdict | None:
    """Only what we start ourselves waits, and neither emergencies nor one-time codes do."""
    hours = business.quiet.get(say.kind)
    if hours is None or say.kind in ("emergency", "otp") or not _speaks_first(say, state, now):
        return None
    moment = datetime.fromtimestamp(now / 1000, UTC)
    try:
        opens = quiet_hours.next_open(moment, hours, _zones(state, business))
    except quiet_hours.NeverOpen:
        return _never("never-open")
    if opens is None:
        return None
    at = int(opens.timestamp() * 1000)
    if say.not_after is not None and at > say.not_after:
        return _never("too-late")
    return Later(at=at, rule="quiet-hours")


def _speaks_first(say: Say, state: ContactState, now: int) -> bool:
    if say.purpose == "consent":
        return now - state.last_seen > JUST_SPOKE
    return say.purpose == "first"


def _zones(state: ContactState, business: Business) -> list[ZoneInfo]:
    """The contact's zone; else all that the number may be in; else the business's."""
    zone = _zone(state.zone) if state.zone else None
    if zone:
        return [zone]
    found = [zone for name in zones_of(state.number) if (zone := _zone(name))]
    return found or [ZoneInfo(business.zone)]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        # phonenumbers and tzdata are of different dates, and a contact's zone may be imported.
        return None


_RULES_IN_ORDER: tuple[
    Callable[[Say, ContactState, Business, int], Verdict | None],
    ...,
] = (_to_whom, _stopped, _agreed, _too_late, _quiet)
