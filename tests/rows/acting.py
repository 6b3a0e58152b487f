"""The real loops over a store in memory, for the rows about consent."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from convo.authoring import Action, Keyword
from convo.core.business import Business
from convo.core.numbers import PhoneNumber
from convo.rehearsal.rehearsal import Rehearsal
from convo.web.api import POSTS
from convo.web.posted_contacts import Rows
from convo.wiring.rehearsing import TESTED, rehearse
from tests.steps.conversation import ANNA, START, business, loaded

BEN = PhoneNumber("+8613900139000")

JOIN = """
flow: join
class: marketing
programme: survey
languages: [en]
start: {words: [join]}
steps:
  invite:
    consent: {ask: survey}
    confirm: Reply YES for 2 survey texts a month. STOP to end.
    yes: joined
    no: declined
    silent: [{after: 23h, go: declined}]
  joined:
    consent: {give: survey}
    say: You are in!
  over: {end: joined}
  declined: {end: declined}
"""
OFFER = """
flow: offer
class: marketing
programme: survey
languages: [en]
busy: beside
start: {events: [offer.made]}
steps:
  offer: {say: An offer.}
  over: {end: told}
"""


@asynccontextmanager
async def acting(
    *flows: str,
    at: Business | None = None,
    phone: PhoneNumber = ANNA,
    real: Any = TESTED,
    handlers: Sequence[Keyword | Action] = (),
) -> AsyncGenerator[Rehearsal]:
    """A rehearsal of these flows in the salon of the tests, from ten in the morning on."""
    playbook = loaded(*flows, at=at or business(), handlers=handlers).playbook
    async with rehearse(playbook, start=START, real=real) as rehearsal:
        rehearsal.phone = phone
        yield rehearsal


async def posted(rehearsal: Rehearsal, path: str, body: Mapping[str, Any]) -> Sequence[str]:
    """What an own system posts there, as the door reads it; what the store says of each arrival."""
    read = POSTS[path](json.dumps(body).encode(), rehearsal.playbook)
    arrivals = [*read.kept.values()] if isinstance(read, Rows) else [read.arrival]
    return [await rehearsal.post(arrival) for arrival in arrivals]


def words(rehearsal: Rehearsal) -> list[str]:
    """The texts that were sent since this was asked last."""
    return [said.text for said in rehearsal.said()]


async def refusals(rehearsal: Rehearsal) -> list[str]:
    """The rules that refused something since the records were read last."""
    return [
        record.facts["rule"]
        for turn in await rehearsal.records()
        for record in turn.records
        if record.kind == "refused"
    ]
