"""Drives the real router with flows written in a test: texts, time, errands, people."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from convo.authoring import Action, Keyword
from convo.core import codec
from convo.core.business import Business, Channel, FieldKind, MessageClass, Programme
from convo.core.contacts import EVERYTHING, Consent, ConsentState, ContactState, Origin
from convo.core.effects import Errand
from convo.core.events import (
    Answered,
    Confirmed,
    Due,
    Event,
    HandedBack,
    Inbound,
    Recalled,
    Requested,
)
from convo.core.hours import Hours, daily
from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall
from convo.core.turns import FromInbox, FromTimer, Outbound, Source, Turn
from convo.language.durations import read_duration
from convo.policy.consent import consent_act
from convo.policy.law_words import law_word
from convo.policy.numbering import country_of
from convo.routing.loading import AnytimeWords, Loaded, load
from convo.routing.playbook import Playbook
from convo.routing.router import take_turn
from convo.steps.attributes import LATER

#: Monday the 23rd of November 2026, ten in the morning in Shanghai.
START = int(datetime(2026, 11, 23, 2, tzinfo=UTC).timestamp() * 1_000)
ANNA = PhoneNumber("+8613800138000")
OURS = PhoneNumber("+12025550100")
FIELDS: Mapping[str, FieldKind] = {"fan": "yes_no", "city": "text", "since": "date"}


def business(**changes: Any) -> Business:
    """The salon of all these tests, with two channels and two programmes."""
    salon = Business(
        name="Salon Mei",
        zone="Asia/Shanghai",
        country="CN",
        languages=("en", "zh"),
        channels={
            name: Channel(name=name, provider="console", address=OURS) for name in ("main", "two")
        },
        programmes={
            name: Programme(name=name, about="About two texts a month")
            for name in ("survey", "offers")
        },
        contact_fields=FIELDS,
    )
    return replace(salon, **changes)


def quiet(kind: MessageClass, opens: int, closes: int) -> Mapping[MessageClass, Hours]:
    """Hours in which we may speak first."""
    return {kind: daily(opens * 60, closes * 60)}


def loaded(
    *flows: str,
    handlers: Sequence[Keyword | Action] = (),
    anytime: Sequence[AnytimeWords] = (),
    at: Business | None = None,
) -> Loaded:
    """Flows read as from files of their own names."""
    names = [re.search(r"(?m)^flow: *([\w-]+)", flow) for flow in flows]
    sources = {
        f"flows/{found[1] if found else n}.yaml": flow
        for n, (found, flow) in enumerate(zip(names, flows, strict=True))
    }
    return load(sources, handlers, at or business(), anytime)


class Conversation:
    """One contact and a playbook. Every act answers what was said in it, oldest first."""

    def __init__(
        self,
        *flows: str,
        handlers: Sequence[Keyword | Action] = (),
        anytime: Sequence[AnytimeWords] = (),
        at: Business | None = None,
        contact: PhoneNumber = ANNA,
    ) -> None:
        self.playbook: Playbook = loaded(*flows, handlers=handlers, anytime=anytime, at=at).playbook
        self.state = ContactState(number=contact)
        self.now = START
        #: What was said in the last act, and all that was ever said.
        self.said: list[str] = []
        self.sent: list[Outbound] = []
        self.records: list[tuple[str, Mapping[str, Any]]] = []
        self.turns: list[Turn] = []
        self.timers: dict[str, tuple[int, int]] = {}
        self.errands: list[Errand] = []
        self._events = 0

    # --- what the contact, time and others do -----------------------------------------------------

    def text(self, text: str, channel: str = "main", *, media: tuple[str, ...] = ()) -> list[str]:
        """The contact texts; a law word changes consent as the store would at once."""
        number = self.state.number
        law = law_word(text, country_of(number))
        acted = self._consented(text)
        event = Inbound(
            id=self._id(),
            at=self.now,
            channel=channel,
            contact=number,
            text=text,
            law=law,
            acted=acted,
            media=media,
        )
        return self._act(lambda: self._turn(event, FromInbox(entry=self._events)))

    def wait(self, length: str) -> list[str]:
        """Time passes, and every timer comes due at its time."""
        until = self.now + int(read_duration(length).total_seconds() * 1_000)

        def passing() -> None:
            while due := sorted((at, name) for name, (_, at) in self.timers.items() if at <= until):
                self.now, name = due[0]
                self.fire(name, self.timers.pop(name)[0])
            self.now = until

        return self._act(passing)

    def fire(self, name: str, generation: int) -> None:
        """A timer of this name and generation comes due now, stale or not."""
        event = Due(
            id=f"{name}#{generation}",
            at=self.now,
            contact=self.state.number,
            name=name,
            generation=generation,
        )
        self._turn(event, FromTimer(name=name, generation=generation))

    def answer_errand(self, value: Any = None, failure: str = "") -> list[str]:
        """The oldest errand that is out comes back."""
        return self.answer(self.errands.pop(0), value, failure)

    def answer(self, errand: Errand, value: Any = None, failure: str = "") -> list[str]:
        """This errand comes back, once more perhaps."""
        event = Answered(
            id=self._id(),
            at=self.now,
            contact=self.state.number,
            errand=errand.id,
            kind=errand.kind,
            channel=errand.channel,
            value=value,
            failure=failure,
        )
        return self._act(lambda: self._turn(event, FromInbox(entry=self._events)))

    def request(
        self,
        *,
        flow: str = "",
        event: str = "",
        channel: str = "main",
        key: str = "",
        **answers: Any,
    ) -> list[str]:
        """An own system asks for a flow, by its name or by an event."""
        asked = Requested(
            id=self._id(),
            at=self.now,
            contact=self.state.number,
            channel=channel,
            flow=flow,
            event=event,
            answers=answers,
            key=key,
        )
        return self._act(lambda: self._turn(asked, FromInbox(entry=self._events)))

    def press(self, link: str, programme: str) -> list[str]:
        """They press the button of the page behind a one-time link."""
        event = Confirmed(
            id=self._id(),
            at=self.now,
            contact=self.state.number,
            channel="main",
            programme=programme,
            link=link,
            shown="Would you like this? [Yes]",
        )
        return self._act(lambda: self._turn(event, FromInbox(entry=self._events)))

    def hand_back(self, session: str = "") -> list[str]:
        """A person gives the newest conversation back, or this one."""
        event = HandedBack(
            id=self._id(),
            at=self.now,
            contact=self.state.number,
            session=session or self.state.sessions[-1].id,
        )
        return self._act(lambda: self._turn(event, FromInbox(entry=self._events)))

    def recall(self, **meant: str) -> list[str]:
        """Somebody takes back what is meant."""
        event = Recalled(
            id=self._id(),
            at=self.now,
            contact=self.state.number,
            recall=Recall(by="mei", **meant),  # pyright: ignore[reportArgumentType]
        )
        return self._act(lambda: self._turn(event, FromInbox(entry=self._events)))

    # --- where it stands --------------------------------------------------------------------------

    @property
    def steps(self) -> list[str]:
        """Where every session stands, newest last: `flow.step`."""
        return [f"{s.frame.flow}.{s.frame.step}" for s in self.state.sessions]

    @property
    def step(self) -> str | None:
        """The step of the newest session; None when all have ended."""
        return self.state.sessions[-1].frame.step if self.state.sessions else None

    @property
    def answers(self) -> Mapping[str, Any]:
        """What the newest session has kept."""
        return self.state.sessions[-1].frame.answers

    def recorded(self, kind: str) -> list[Mapping[str, Any]]:
        """The facts of all records of one kind."""
        return [facts for each, facts in self.records if each == kind]

    def due_later(self) -> list[float]:
        """In how many minutes what was put off comes due."""
        return sorted(
            (due - self.now) / 60_000
            for name, (_, due) in self.timers.items()
            if name.startswith(LATER)
        )

    def due_in(self, purpose: str) -> list[float]:
        """In how many minutes the timers of one purpose come due."""
        return sorted(
            (due - self.now) / 60_000
            for name, (_, due) in self.timers.items()
            if f"/{purpose}/" in name
        )

    # --- the machinery ----------------------------------------------------------------------------

    def _id(self) -> str:
        self._events += 1
        return f"event-{self._events}"

    def _act(self, act: Callable[[], None]) -> list[str]:
        before = len(self.sent)
        act()
        self.said = [message.text for message in self.sent[before:]]
        return self.said

    def _turn(self, event: Event, source: Source) -> None:
        # The ids of a real store differ in every act; the same event is the same turn.
        taken = take_turn(self.state, event, source, self._events, self.playbook)
        again = take_turn(self.state, event, source, self._events, self.playbook)
        assert taken == again, "the same event made another turn"
        turn = taken.turn
        if turn.silence:
            self.timers.clear()
        for name in turn.cleared:
            self.timers.pop(name, None)
        self.timers |= {timer.name: (timer.generation, timer.due) for timer in turn.timers}
        self.turns.append(turn)
        self.errands += turn.errands
        self.sent += turn.outbound
        self.records += [(record.kind, record.facts) for record in turn.records]
        consents = {**self.state.consents, **{each.programme: each for each in turn.consents}}
        # Through its record, as it would come out of a store.
        kept = codec.decode(self.state.number, turn.record, tuple(consents.values()))
        assert kept.sessions == taken.state.sessions
        self.state = kept

    def _consented(self, text: str) -> bool:
        law = law_word(text, country_of(self.state.number))
        act = consent_act(law, text, self.playbook.business, Origin(how="law"))
        if act is None or self.state.stopped == (act.act == "stop"):
            return False
        state: ConsentState = "withdrawn" if act.act == "stop" else "given"
        everything = Consent(
            programme=EVERYTHING,
            state=state,
            at=self.now,
            event=hashlib.blake2b(text.encode(), digest_size=4).hexdigest(),
            proof=act.proof,
        )
        self.state = replace(self.state, consents={**self.state.consents, EVERYTHING: everything})
        return True
