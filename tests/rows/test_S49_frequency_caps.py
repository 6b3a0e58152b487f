"""S49: no contact is begun with more often than their tier allows, whoever begins and at once."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from convo.core.business import Caps
from convo.core.numbers import PhoneNumber
from convo.policy.frequency_cap import DAY
from convo.rehearsal.chat_run import local_ms
from convo.settings.speaking import cap_of
from convo.wiring.rehearsing import rehearse
from tests.steps.conversation import business, loaded

pytestmark = pytest.mark.anyio

CAPS = Caps(
    tiers={
        "high": cap_of("2 per week"),
        "normal": cap_of("1 per 10 days"),
        "dormant": cap_of("1 per month"),
    },
    field="city",
    usual="normal",
)
JOIN = """
flow: join
programme: survey
start: {words: [high, usual, dormant]}
steps:
  yes: {consent: {give: survey}}
  in: {say: In., go: end}
"""
TIER = """
flow: tier
start: {events: [tier]}
answers: {name: text}
steps:
  a: {set: {contact.city: name}, go: end}
"""
#: A campaign of one text, a drip of several, and a flow that begins behind a question.
CAMPAIGN = """
flow: %s
class: marketing
programme: survey
busy: beside
start: {events: [%s]}
steps:
  a: {say: "%s", go: end}
"""
DRIP = """
flow: drip
class: marketing
programme: survey
busy: beside
start: {events: [drip]}
steps:
  one: {say: Drip one.}
  pause: {wait: 1d}
  two: {say: Drip two.}
  again: {wait: 2d}
  three: {say: Drip three., go: end}
"""
ORDER = """
flow: order
busy: beside
start: {events: [shipped]}
steps:
  a: {say: It is sent., go: end}
"""
NAMES = [f"sale{n}" for n in range(6)]
PLAYBOOK = loaded(
    JOIN,
    TIER,
    DRIP,
    ORDER,
    *(CAMPAIGN % (name, name, f"{name} is on.") for name in NAMES),
    at=business(caps=CAPS),
).playbook
MORNING = local_ms(datetime(2026, 11, 23, 9, 0), "Asia/Shanghai")
TIERS = {"high": (2, 7), "normal": (1, 10), "dormant": (1, 31)}


async def test_many_requests_at_once_over_months_give_nobody_more_than_their_cap() -> None:
    """The real intake, loops and store; all campaigns of all contacts come at the same moment."""
    people = {PhoneNumber(f"+86138001380{n:02}"): tier for n, tier in enumerate([*TIERS] * 4)}
    async with rehearse(PLAYBOOK, start=MORNING) as rehearsal:
        for number, tier in people.items():
            await rehearsal.text("high", from_=number)
            rehearsal.phone = number
            await rehearsal.request("tier", {"name": tier})
        for day in range(40):
            intake = rehearsal._loops.intake
            events = [*NAMES, "drip", "shipped"] if day % 2 else ["shipped", *NAMES]
            await asyncio.gather(
                *(
                    intake.request(contact=number, channel="main", flow="", event=event)
                    for event in events
                    for number in people
                )
            )
            await rehearsal._loops.rest()
            await rehearsal.wait(timedelta(days=1))
        records = await rehearsal.records()
        said = rehearsal.said()
    begun: dict[PhoneNumber, list[int]] = defaultdict(list)
    service = 0
    kinds = {message.id: message for message in said}
    for recorded in records:
        for record in recorded.records:
            if record.kind != "said" or record.facts["id"] not in kinds:
                continue
            if record.facts["kind"] == "marketing":
                begun[PhoneNumber(recorded.contact)].append(recorded.at)
            elif record.facts["purpose"] == "first":
                service += 1
    assert service == 40 * len(people)
    for number, tier in people.items():
        most, days = TIERS[tier]
        times = begun[number]
        for first in times:
            assert sum(first <= at < first + days * DAY for at in times) <= most
        # And the cap is used: what it allows does go out.
        assert len(times) >= 40 * most // days
    refused = [
        record.facts
        for recorded in records
        for record in recorded.records
        if record.kind == "refused"
    ]
    assert refused
    for facts in refused:
        assert facts["rule"] == "frequency-cap"
        assert facts["cap"] in {f"{tier}: {cap.written}" for tier, cap in CAPS.tiers.items()}
        assert isinstance(facts["next"], int)
