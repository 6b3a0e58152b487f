"""The gate: every text that we want to send is asked about here, and nowhere else."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from convo.core.business import Business, Caps
from convo.core.contacts import ContactState, Heed, Pace
from convo.core.hours import Hours
from convo.core.saying import Say
from convo.policy import frequency_cap, loop_guard, opening_hours
from convo.policy.law_hours import law_hours, law_hours_rules
from convo.policy.leaving import LEAVING_RULES
from convo.policy.loop_guard import LOOP_RULES
from convo.policy.numbering import country_of, zones_of
from convo.policy.profiles import profile_of

JUST_SPOKE = 10 * 60 * 1000
"""A consent question this soon (ms) after their text answers it; later we speak first."""

LAST_MINUTE = timedelta(minutes=1)
"""Of a window nothing is put into: what is due then may leave after it has closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """It may go out now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Ask again at `at` (ms since 1970). `facts` are what else the rule has to tell."""

    at: int
    rule: str
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """It must not go out; `why` is the rule's sentence."""

    rule: str
    why: str
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


Verdict = Send | Later | Never

_SEND = Send()

#: Every reason for not sending. The keys are kept in records, so they stay what they are.
RULES: Mapping[str, str] = {
    "unknown-channel": "There is no such channel in convo.toml (any more).",
    "no-address": "The channel reaches contacts by a field that this contact does not have "
    "(`reach` in convo.toml).",
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
    **law_hours_rules(),
    "audience-window": "It is outside the hours in which this audience is spoken to "
    "(`window:` of the flow, `[windows]` in convo.toml).",
    "no-such-window": "The flow names an audience window that convo.toml does not have (any more).",
    "never-open": "There is no hour at which all rules let us speak first, in the zones that the "
    "number may be in; set the contact's zone, or the hours.",
    "frequency-cap": "So often as the contact's tier allows, marketing has begun with them "
    "already (`[caps]` in convo.toml); `next` is when it may again, `by` what put them in it.",
}


def admit(
    say: Say,
    state: ContactState,
    business: Business,
    now: int,
    pace: Pace | None = None,
) -> Verdict:
    """Whether `say` may go to the contact at `now` (ms since 1970): the first rule decides.

    `pace` is the contact's as this turn has changed it so far; None is the state's own.
    """
    for rule in _RULES_IN_ORDER:
        if verdict := rule(say, state, business, now):
            return verdict
    if verdict := _in_a_loop(say, state.pace if pace is None else pace, now):
        return verdict
    if business.caps is None or not _capped(say, state, now):
        return _SEND
    return _over_the_cap(say, state, business.caps, now) or _SEND


def counted(say: Say, pace: Pace, now: int) -> Pace:
    """The pace once `say` was let through: the loop guard counts all but answers to the law."""
    return pace if say.purpose == "law" else loop_guard.spoke(pace, now)


def remembered(say: Say, state: ContactState, business: Business, now: int) -> Heed:
    """What the caps remember once `say` was let through."""
    if business.caps is None or not _capped(say, state, now):
        return state.heed
    return frequency_cap.began(state.heed, business.caps, say.touch, now)


def passes_over(
    say: Say, state: ContactState, business: Business, now: int
) -> Mapping[str, object]:
    """What an emergency does not heed and anything else that we start would, for the records."""
    if say.kind != "emergency" or say.purpose != "first":
        return {}
    ignored: list[str] = []
    facts: dict[str, object] = {}
    hours = [each for kind, each in business.quiet.items() if kind in ("service", "marketing")]
    moment = datetime.fromtimestamp(now / 1000, UTC)
    zones = _zones(state, business)
    if hours and not opening_hours.is_open(moment, hours, zones, business.calendar):
        ignored.append("quiet-hours")
    if business.caps is not None and (verdict := _over_the_cap(say, state, business.caps, now)):
        ignored.append("frequency-cap")
        facts["cap"] = verdict.facts["cap"]
    return {"ignores": ignored, **facts} if ignored else {}


def leaves_by(say: Say, state: ContactState, business: Business, now: int) -> int | None:
    """When it is too late for `say` although it was let through at `now`: a full channel may keep
    marketing back beyond the hours in which we may begin."""
    closes = say.not_after
    if say.kind == "marketing" and (schedules := _schedules(say, state, business, now)):
        moment = datetime.fromtimestamp(now / 1000, UTC)
        found = opening_hours.open_until(
            moment, [*schedules.values()], _zones(state, business), business.calendar
        )
        if found is not None:
            ends = int(found.timestamp() * 1000) - 1
            closes = ends if closes is None else min(closes, ends)
    return closes


def _never(rule: str) -> Never:
    return Never(rule=rule, why=RULES[rule])


# --- the rules, each with the exceptions it makes -------------------------------------------------


def _to_whom(say: Say, state: ContactState, business: Business, _now: int) -> Verdict | None:
    channel = business.channels.get(say.channel)
    if channel is None:
        return _never("unknown-channel")
    if channel.reach and not channel.reaches(state.fields):
        return _never("no-address")
    for channel in business.channels.values():
        if channel.address == state.number:
            return _never("own-number")
    return None


def _stopped(say: Say, state: ContactState, _business: Business, _now: int) -> Verdict | None:
    """The answer to a law word passes; whether there is one is the router's to say."""
    return _never("stopped") if state.stopped and say.purpose != "law" else None


def _agreed(say: Say, state: ContactState, business: Business, _now: int) -> Verdict | None:
    """The question itself cannot need the answer: a consent question passes."""
    if say.purpose in ("law", "consent"):
        return None
    if say.programme and state.consent_to(say.programme) != "given":
        return _by_law("no-consent", say, state, business)
    if say.kind == "marketing" and not say.programme:
        return _by_law("marketing-needs-programme", say, state, business)
    return None


def _by_law(rule: str, say: Say, state: ContactState, business: Business) -> Never:
    """With the rule of the contact's law that wants a consent for such a text, if any does."""
    wanted = profile_of(country_of(state.number), business).consent.get(say.kind)
    facts = {} if wanted is None else {"law": wanted.rule}
    return Never(rule=rule, why=RULES[rule], facts=facts)


def _in_a_loop(say: Say, pace: Pace, now: int) -> Verdict | None:
    """Emergencies pass. One-time codes do not: pumping them is how such numbers are abused."""
    if say.purpose == "law" or say.kind == "emergency":
        return None
    rule = loop_guard.silent(pace, now)
    return _never(rule) if rule else None


def _too_late(say: Say, _state: ContactState, _business: Business, now: int) -> Verdict | None:
    return _never("too-late") if say.not_after is not None and now > say.not_after else None


def _hours(say: Say, state: ContactState, business: Business, now: int) -> Verdict | None:
    """Only what we start ourselves waits, and neither emergencies nor one-time codes do; answers
    go by hours of their own, where there are any."""
    missing = say.window and say.window not in business.windows
    if missing and _speaks_first(say, state, now):
        return _never("no-such-window")
    schedules = _schedules(say, state, business, now)
    if not schedules:
        return None
    moment = datetime.fromtimestamp(now / 1000, UTC)
    zones, calendar, hours = _zones(state, business), business.calendar, [*schedules.values()]
    try:
        opens = opening_hours.next_open(moment, hours, zones, calendar)
    except opening_hours.NeverOpen:
        return _never("never-open")
    if opens is None:
        return None
    shut = next(
        rule
        for rule, each in schedules.items()
        if rule == [*schedules][-1] or not opening_hours.is_open(moment, [each], zones, calendar)
    )
    if say.not_after is not None and int(opens.timestamp() * 1000) > say.not_after:
        return _never("too-late")
    if say.window:
        closes = opening_hours.open_until(opens, hours, zones, calendar)
        opens = _spread(opens, closes or opens, state, say.window)
    at = int(opens.timestamp() * 1000)
    return Later(at=at if say.not_after is None else min(at, say.not_after), rule=shut)


def _schedules(say: Say, state: ContactState, business: Business, now: int) -> Mapping[str, Hours]:
    """The hours that `say` goes by, by the rules they are of, the law's first."""
    if say.kind in ("emergency", "otp") or say.purpose == "law":
        return {}
    if not _speaks_first(say, state, now):
        replies = business.quiet.get("replies")
        return {} if replies is None else {"quiet-hours": replies}
    found: dict[str, Hours] = {**law_hours(state.number, say.kind, business)}
    if say.kind in business.quiet:
        found["quiet-hours"] = business.quiet[say.kind]
    if say.window:
        found["audience-window"] = business.windows[say.window]
    return found


def _spread(opens: datetime, closes: datetime, state: ContactState, window: str) -> datetime:
    """A moment of the open time of the contact's own: not everybody's at its first second."""
    length = max(1, int((closes - opens - LAST_MINUTE) / timedelta(milliseconds=1)))
    share = zlib.crc32(f"{state.number.e164}/{window}/{opens:%Y%m%d%H%M}".encode()) / 2**32
    return opens + timedelta(milliseconds=int(length * share))


def _capped(say: Say, state: ContactState, now: int) -> bool:
    return say.kind == "marketing" and say.purpose != "law" and _speaks_first(say, state, now)


def _over_the_cap(say: Say, state: ContactState, caps: Caps, now: int) -> Later | Never | None:
    placed = frequency_cap.placed(caps, state)
    cap = caps.tiers[placed.tier]
    facts: Mapping[str, object] = {"cap": f"{placed.tier}: {cap.written}", "by": placed.by}
    if cap.most == 0:
        return Never(rule="frequency-cap", why=RULES["frequency-cap"], facts=facts)
    free = frequency_cap.next_allowed(state.heed.touches, cap, say.touch, now)
    if free is None:
        return None
    facts = {**facts, "next": free}
    if caps.when_full == "refuse" or say.kind == "emergency":
        return Never(rule="frequency-cap", why=RULES["frequency-cap"], facts=facts)
    if say.not_after is not None and free > say.not_after:
        return _never("too-late")
    return Later(at=free, rule="frequency-cap", facts=facts)


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
] = (_to_whom, _stopped, _agreed, _too_late, _hours)
