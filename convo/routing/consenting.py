"""Consent in a turn: the rows that it comes to, and requests that nobody answered in time."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from convo.core.business import Business
from convo.core.contacts import Consent, ContactState, Origin
from convo.core.effects import ClearTimer, Effect, SetConsent, SetTimer
from convo.core.events import Confirmed, Event, Inbound
from convo.policy.consent import confirm_within

CONSENT = "consent/"


def overdue(state: ContactState, business: Business, now: int) -> Iterator[SetConsent]:
    """Requests whose time is up: they are as if never asked."""
    for programme, held in state.consents.items():
        if held.state == "asked" and now >= held.at + confirm_within(programme, business):
            yield SetConsent(programme=programme, state="unknown", origin=Origin(how="expired"))


def consent_rows(effects: Iterable[Effect], event: Event, order: int) -> tuple[Consent, ...]:
    """What the turn did to consents, each act with all that shows how it came about."""
    return tuple(
        Consent(
            programme=effect.programme,
            state=effect.state,
            at=event.at if effect.at is None else effect.at,
            event=event.id,
            order=order,
            proof=effect.proof,
            origin=_told(effect.origin, event),
        )
        for effect in effects
        if isinstance(effect, SetConsent)
    )


def consent_timers(
    effects: Iterable[Effect], business: Business, now: int
) -> Iterator[SetTimer | ClearTimer]:
    """A timer for the end of each request that is open now; none for those that are not."""
    last = {each.programme: each for each in effects if isinstance(each, SetConsent)}
    for programme, effect in last.items():
        name = f"{CONSENT}{programme}"
        if effect.state == "asked":
            since = now if effect.at is None else effect.at
            due = since + confirm_within(programme, business)
            yield SetTimer(name=name, generation=0, due=due)
        else:
            yield ClearTimer(name=name)


def _told(origin: Origin, event: Event) -> Origin:
    if origin.how == "expired":
        return origin
    if isinstance(event, Confirmed):
        source = "one-time link"
        return replace(
            origin, how="link", said="", channel=event.channel, source=source, evidence=event.link
        )
    if not isinstance(event, Inbound):
        return origin
    return replace(origin, channel=event.channel, provider_id=event.provider_id)


def left_by(state: ContactState, event: Inbound) -> str:
    """The one programme that this STOP ended; "" when it ended everything, or changed nothing.

    One that came twice, the first time to a full inbox, acted then, as another event.
    """
    if state.stopped or not event.acted:
        return ""
    withdrawn = [held for held in state.consents.values() if held.state == "withdrawn"]
    mine = [held for held in withdrawn if held.event == event.id]
    newest = max(mine or withdrawn, key=lambda held: held.order, default=None)
    return "" if newest is None else newest.programme
