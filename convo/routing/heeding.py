"""How a contact takes our marketing, and the tier of the caps that it moves them to."""

from convo.core.business import Business
from convo.core.contacts import ContactState, Heed
from convo.core.events import Event, Inbound
from convo.core.records import Record
from convo.policy.frequency_cap import placed, wrote_back


def heeding(state: ContactState, event: Event) -> Heed:
    """What the caps remember once the event is there. A law word is no answer to what we sent."""
    if isinstance(event, Inbound) and event.law is None:
        return wrote_back(state.heed)
    return state.heed


def tier_moved(before: ContactState, after: ContactState, business: Business) -> tuple[Record, ...]:
    """What tells of it when a turn has moved the contact to another tier."""
    if business.caps is None:
        return ()
    was, now = placed(business.caps, before), placed(business.caps, after)
    if was.tier == now.tier:
        return ()
    return (Record(kind="tier", facts={"was": was.tier, "now": now.tier, "by": now.by}),)
