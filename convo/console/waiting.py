"""Who waits where: people counted at the steps of flows, as far as a moment suffices."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from convo.ports.ledger import Ledger

PAGE = 500
"""Contacts that are read at once."""

COUNTED_WITHIN = 0.8
"""Seconds that a page counts for: of a million contacts it then says how far it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Conversations at each step: (flow, step) -> in this version, and in all."""

    people: Mapping[tuple[str, str], int]
    #: Those of them that keep to an older version of their flow.
    older: Mapping[tuple[str, str], int]
    #: Contacts that were looked at, and whether these are all.
    contacts: int
    whole: bool

    def at(self, flow: str) -> int:
        """How many wait somewhere in this flow."""
        return sum(count for (name, _), count in self.people.items() if name == flow)


async def waiting_in(ledger: Ledger, newest: Mapping[str, str]) -> Waiting:
    """Count them; `newest` is the version of each flow that is in force."""
    until = asyncio.get_running_loop().time() + COUNTED_WITHIN
    people, older = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    contacts, mark = 0, None
    while mark != "":
        page = await ledger.contacts(mark or "", PAGE)
        contacts, mark = contacts + len(page.items), page.next
        for session in (each for contact in page.items for each in contact.sessions):
            top, first = session.frame, session.frames[0].flow
            people[top.flow, top.step] += 1
            if top.version != newest.get(first):
                older[top.flow, top.step] += 1
        if asyncio.get_running_loop().time() > until:
            break
    return Waiting(people=people, older=older, contacts=contacts, whole=not mark)
