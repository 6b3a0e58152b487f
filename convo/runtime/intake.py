"""The one way in: whatever arrives is made fit to keep, and kept, before anybody answers for it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from convo.core.business import Business
from convo.core.consent_acts import ConsentAct
from convo.core.contacts import Origin
from convo.core.decision_codec import Decided
from convo.core.events import Arriving, Confirmed, Inbound, OptedOutElsewhere, Requested
from convo.core.numbers import PhoneNumber
from convo.core.opt_in_links import Joining
from convo.core.opt_out_links import Leaving
from convo.errors import Busy, StoreError
from convo.policy.consent import consent_act
from convo.policy.law_words import law_word, rejoin_word
from convo.policy.numbering import country_of
from convo.ports import Acceptance, Arrival, Parsed, Store
from convo.runtime import backoff
from convo.runtime.flood import RULE, Flood
from convo.runtime.instruments import Instruments

log = logging.getLogger("convo.intake")

TEXT_AT_MOST = 4 * 1_600
"""Characters of an arriving text that are kept: more than any phone sends."""

LONGEST_WAIT = 5_000
"""Milliseconds between two tries to keep what we owe ourselves."""


_ALTERED = (
    "Channel %s: a text came under the id of another one, and is not taken. The provider gives "
    "an id twice, or somebody forges. `convo unanswered` shows it, and so does its conversation."
)

#: Hears of every event once it is kept.
Witness = Callable[[Arriving], None]


def unseen(_: Arriving) -> None:
    """Nobody looks on."""


class Intake:
    """In front of `Store.accept`: law words, own numbers, clean texts, counting."""

    def __init__(
        self,
        *,
        store: Store,
        business: Business,
        instruments: Instruments,
        witness: Witness = unseen,
    ) -> None:
        self._store = store
        self._witness = witness
        self._business = business
        self._sleep = instruments.sleep
        self._count = instruments.metrics.count
        self._clock = instruments.clock
        self._flood = Flood(business.texts_a_minute)
        self._own = frozenset(
            channel.address
            for channel in business.channels.values()
            if isinstance(channel.address, PhoneNumber)
        )

    async def accept(self, channel: str, parsed: Parsed) -> Sequence[Acceptance]:
        """Keep everything that `parsed` brings; once this returns, it is kept for good.

        Raises `Busy` when the inbox refused any of it and `StoreError` when nothing was kept:
        then the provider must come again, and what was kept before is known by its dedupe key.
        """
        for why in parsed.ignored:
            log.info("Channel %s: passed over: %s", channel, why)
        arrivals: list[Arrival] = []
        for arrival in parsed.arrivals:
            match arrival.event:
                case Inbound(contact=contact) if contact in self._own:
                    self._count("convo_arrivals_total", channel, "inbound", "own_number")
                case Inbound() as inbound:
                    arrivals.append(self._taken(_lawful(arrival, inbound, self._business)))
                case OptedOutElsewhere(source=source, programme=programme) if (
                    arrival.consent is None
                ):
                    act = ConsentAct(
                        act="stop",
                        programme=programme,
                        proof=f"opted out at the provider: {source}",
                        origin=Origin(how="provider", channel=channel),
                    )
                    arrivals.append(_with(arrival, arrival.event, act))
                case _:
                    arrivals.append(arrival)
        return await self._accept(channel, arrivals) if arrivals else ()

    def _taken(self, arrival: Arrival) -> Arrival:
        """With what is too much from one number set aside; law words never are."""
        contact = _counted(arrival)
        if contact is None:
            return arrival
        now = self._clock()
        if self._flood.full(contact, now):
            return replace(arrival, aside=RULE)
        self._flood.take(contact, now)
        return arrival

    async def leave(self, leaving: Leaving) -> None:
        """Keep that somebody has left by their link; by STOP's own way, and as often as they like.

        Raises `StoreError` when it is not kept.
        """
        event = OptedOutElsewhere(
            contact=leaving.contact,
            channel=leaving.channel,
            source="opt-out link",
            programme=leaving.programme,
        )
        act = ConsentAct(
            act="stop",
            programme=leaving.programme,
            proof="the button on the page of their opt-out link",
            origin=Origin(how="link", channel=leaving.channel),
        )
        await self._accept(leaving.channel, [Arrival(event=event, dedupe="", consent=act)])

    async def join(self, joining: Joining, *, link: str, shown: str, asked_by: str) -> None:
        """Keep that somebody has said yes by their one-time link, once however often they say it.

        `asked_by` is the event that asked. Raises `StoreError` when it is not kept.
        """
        event = Confirmed(
            contact=joining.contact,
            channel=joining.channel,
            programme=joining.programme,
            link=link,
            shown=shown,
        )
        await self._accept(joining.channel, [Arrival(event=event, dedupe=f"opt-in:{asked_by}")])

    async def request(
        self,
        *,
        contact: PhoneNumber,
        channel: str,
        flow: str = "",
        event: str = "",
        answers: Mapping[str, Any] | None = None,
        dedupe: str = "",
    ) -> Acceptance:
        """Ask for a flow by its name, or by an event that flows listen to. Raises `Busy`."""
        requested = Requested(
            contact=contact, channel=channel, flow=flow, event=event, answers=answers or {}
        )
        return await self.post(channel, Arrival(event=requested, dedupe=dedupe))

    async def post(self, channel: str, arrival: Arrival) -> Acceptance:
        """Keep what an own system asks for; whether it is new. Raises `Busy`."""
        return (await self._accept(channel, [arrival]))[0]

    async def decide(self, decisions: Sequence[Decided]) -> Sequence[Acceptance]:
        """Do what people have decided. Raises `StoreError`."""
        return await self._accept("", [Arrival(event=each, dedupe="") for each in decisions])

    async def keep(self, channel: str, arrival: Arrival) -> None:
        """Keep what comes from our own loops, however long the store is busy or away."""
        tries = 0
        while True:
            try:
                await self._accept(channel, [arrival])
            except StoreError as error:
                wait = backoff.wait(tries, arrival.dedupe, first=100, longest=LONGEST_WAIT)
                if tries == 0:
                    log.warning("The store does not keep an answer, tried again: %s", error)
                tries += 1
                await self._sleep(wait / 1_000)
            else:
                return

    async def _accept(self, channel: str, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        try:
            answers = await self._store.accept(arrivals)
        except StoreError:
            for arrival in arrivals:
                self._give_back(arrival)  # the provider comes again
            raise
        for arrival, answer in zip(arrivals, answers, strict=True):
            self._count("convo_arrivals_total", channel, _KINDS[type(arrival.event)], answer)
            if answer == "accepted":
                self._witness(arrival.event)
                continue
            self._give_back(arrival)
            if answer == "altered":
                log.warning(_ALTERED, channel)
        if "busy" in answers:
            raise Busy("The inbox is full: send it again later.")
        return answers

    def _give_back(self, arrival: Arrival) -> None:
        contact = _counted(arrival)
        if contact is not None and not arrival.aside:
            self._flood.give_back(contact)


def _counted(arrival: Arrival) -> PhoneNumber | None:
    """Whose flood it may be a part of; law words are no part of any."""
    event = arrival.event
    if not isinstance(event, Inbound) or event.law is not None or arrival.consent is not None:
        return None
    return event.contact


_KINDS: Mapping[type[Arriving], str] = {kind: kind.__name__.lower() for kind in Arriving.__args__}


def _lawful(arrival: Arrival, inbound: Inbound, business: Business) -> Arrival:
    """With its text cleaned, its law word found and the consent act that follows from it."""
    text = clean(inbound.text)
    part = inbound.part if inbound.part is not None and inbound.part.count > 1 else None
    # A part of a longer text is no whole message, so no law word, whatever it says.
    found = None if part is not None else law_word(text, country_of(inbound.contact))
    # YES is START to who has left and an answer to all others, whatever the provider takes it for.
    law = found if inbound.law == "start" and rejoin_word(text) else inbound.law or found
    event = Inbound(
        channel=inbound.channel,
        contact=inbound.contact,
        text=text,
        law=law,
        provider_id=inbound.provider_id,
        media=inbound.media,
        part=part,
    )
    origin = Origin(how="law", said=text, channel=inbound.channel, provider_id=inbound.provider_id)
    act = arrival.consent or consent_act(law, text, business, origin)
    return _with(arrival, event, act)


def _with(arrival: Arrival, event: Arriving, consent: ConsentAct | None) -> Arrival:
    return Arrival(event=event, dedupe=arrival.dedupe, consent=consent, raw=arrival.raw)


def clean(text: str) -> str:
    """Without what no store keeps (NUL, halves of surrogate pairs), and not longer than allowed."""
    cut = text[:TEXT_AT_MOST]
    if cut.isascii():
        return cut.replace("\0", "")
    return cut.replace("\0", "").encode("utf-8", "ignore").decode()
