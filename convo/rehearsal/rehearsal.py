"""The real thing on a clock of its own: the loops, the store and the gate, and a phone to hold.

Nothing is imitated but time, the provider and, where one likes, what errands answer.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from convo.core import codec, record_codec
from convo.core.contacts import Consent, ContactState
from convo.core.events import (
    Answered,
    DeliveryStatus,
    ErrandKind,
    HandedBack,
    Inbound,
    Report,
)
from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.core.sessions import Frame
from convo.errors import ConvoError
from convo.language.spelling import advice
from convo.ports import Acceptance, Arrival, ErrandClaim, HttpAnswer, Kept, Parsed, Store
from convo.rehearsal.attended_store import AttendedStore
from convo.rehearsal.loops import RehearsedLoops
from convo.rehearsal.virtual import Answer, OpenErrand, Outbox, Said, VirtualClock
from convo.routing.playbook import Playbook
from convo.routing.posted_values import concerned, read_values
from convo.runtime.calls import Calls
from convo.runtime.mind import KnownLanguages
from convo.steps.handoff import Handoff
from convo.steps.step import Step

BETWEEN_TEXTS = timedelta(seconds=30)
"""Time that passes before each text but the first, as people take it: the guard against loops
counts our replies by the minute."""

RECORDS_AT_ONCE = 1_000

Keeping = Callable[[PhoneNumber], Awaitable[Kept]]


class Rehearsal:
    """`async with Rehearsal(...)`: text, wait, ask; `said()` is what came of it.

    `real` are the kinds of errands that are run; the others wait for `pretend`, and so do those
    named in `pretended`. While one waits, time stands still.
    """

    def __init__(
        self,
        *,
        playbook: Playbook,
        store: Store,
        keeping: Keeping,
        clock: VirtualClock,
        phone: PhoneNumber,
        own_systems: Calls,
        real: Collection[ErrandKind] = ("keyword", "reserve", "code", "tally", "hand_on"),
    ) -> None:
        self.playbook = playbook
        self.clock = clock
        self.phone = phone
        self.channel = next(iter(playbook.business.channels))
        self.real = frozenset(real)
        self.pretended: frozenset[str] = frozenset()
        self._keeping = keeping
        self._own_systems = own_systems
        self._store = AttendedStore(store, self._is_pretended)
        self._outbox = Outbox()
        self._given_out = 0
        self._known_answers = 0
        self._known_turns = 0
        self._heard = 0
        self._last_text: tuple[str, Arrival] | None = None
        self._target: int | None = None
        self._languages = KnownLanguages()
        self._read_records = 0

    # --- the loops ----------------------------------------------------------------------------

    async def __aenter__(self) -> "Rehearsal":
        self._loops = self._begin()
        await self._loops.rest()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._loops.end()
        await self._store.close()

    def _begin(self) -> RehearsedLoops:
        return RehearsedLoops(
            playbook=self.playbook,
            mind=self._languages.mind,
            store=self._store,
            outbox=self._outbox,
            clock=self.clock,
            own_systems=self._own_systems,
        )

    def _is_pretended(self, claim: ErrandClaim) -> bool:
        errand = claim.errand
        return errand.kind not in self.real or errand.name in self.pretended

    # --- what may happen ----------------------------------------------------------------------

    async def text(
        self,
        text: str,
        *,
        from_: PhoneNumber | None = None,
        channel: str | None = None,
        media: tuple[str, ...] = (),
    ) -> None:
        """They write, or send pictures. Some time passes before every text but the first."""
        if self._heard and not self._store.open:
            await self.wait(BETWEEN_TEXTS)
        self._heard += 1
        where = self._known_channel(channel or self.channel)
        arrival = Arrival(
            event=Inbound(channel=where, contact=from_ or self.phone, text=text, media=media),
            dedupe=f"rehearsal:{self._heard}",
        )
        self._last_text = (where, arrival)
        await self._arrive(where, arrival)

    async def duplicate(self) -> None:
        """The last text's webhook comes once more."""
        if self._last_text is None:
            raise ConvoError("They have not written anything yet that could come twice.")
        await self._arrive(*self._last_text)

    async def report(self, status: DeliveryStatus, code: str = "") -> None:
        """The provider reports on the last message."""
        if not self._outbox.said:
            raise ConvoError("Nothing was sent yet that could be reported on.")
        last = self._outbox.said[-1]
        event = Report(channel=last.channel, outbound=last.id, status=status, code=code)
        dedupe = f"report:{last.id}:{status}:{code}"
        await self._arrive(last.channel, Arrival(event=event, dedupe=dedupe))

    async def request(
        self, name: str, answers: Mapping[str, Any] | None = None, *, channel: str | None = None
    ) -> None:
        """Our own system asks for a flow, by its name or by an event."""
        flows, events = self.playbook.flows, {*self.playbook.events, *self.playbook.heard}
        if name not in flows and name not in events:
            raise ConvoError(
                f'No flow is called "{name}" or listens to it. {advice(name, [*events, *flows])}'
            )
        # As at the door of `/v1/events`, so that a chat posts what a system may post.
        asked = concerned(self.playbook, **{"event" if name in events else "flow": name})
        read = read_values(answers or {}, asked, self.playbook.business, of=f'"{name}"')
        if wrong := (*read.complaints, *read.unfit):
            raise ConvoError("\n".join(wrong))
        await self._loops.intake.request(
            contact=self.phone,
            channel=self._known_channel(channel or self.channel),
            flow="" if name in events else name,
            event=name if name in events else "",
            answers=read.values,
        )
        await self._loops.rest()

    async def hear(self, channel: str, parsed: Parsed) -> None:
        """A webhook of a provider comes in, as it was read."""
        await self._loops.intake.accept(channel, parsed)
        await self._loops.rest()

    async def post(self, arrival: Arrival) -> Acceptance:
        """What an own system posts about a contact, whoever that is."""
        acceptance = await self._loops.intake.post("", arrival)
        await self._loops.rest()
        return acceptance

    async def acts(self, phone: PhoneNumber | None = None) -> Sequence[Consent]:
        """Every act of a contact's consent, oldest first."""
        return await self._store.acts(phone or self.phone)

    async def hand_back(self) -> None:
        """The person who took over gives the newest conversation back."""
        newest = next(
            (
                each
                for each in reversed((await self.state()).sessions)
                if isinstance(self._step_of(each.frame), Handoff)
            ),
            None,
        )
        if newest is None:
            raise ConvoError("No person has the conversation.")
        event = HandedBack(contact=self.phone, session=newest.id)
        arrival = Arrival(event=event, dedupe=f"back:{newest.id}:{newest.generation}")
        await self._loops.intake.keep(newest.channel, arrival)
        await self._loops.rest()

    async def wait(self, length: timedelta) -> None:
        """Time passes, timer by timer. It stands still while an errand is open."""
        self._target = self.clock.now + round(length.total_seconds() * 1_000)
        await self._go_on()

    def next_due(self) -> timedelta | None:
        """How long until something happens by itself; None when nothing will."""
        due = self._store.until
        if due is None or self._store.open:
            return None
        # Whole seconds, so that it can be written down.
        return timedelta(seconds=max(1, -((self.clock.now - due) // 1_000)))

    async def pretend(self, name: str, value: Any = None, failure: str = "") -> None:
        """Answer the oldest open errand of this name, as if it had been run."""
        claim = next(
            (each for each in self._store.open.values() if self._is_called(each, name)), None
        )
        if claim is None:
            names = [each.name for each in self.open_errands()]
            waiting = f"What waits: {', '.join(names)}." if names else "Nothing waits."
            raise ConvoError(f"Nobody waits for an answer of {name} here. {waiting}")
        errand = claim.errand
        if errand.kind == "keyword" and not failure:
            value = {"texts": cast(Any, value) if isinstance(value, dict) else {"": str(value)}}
        del self._store.open[errand.id]
        event = Answered(
            contact=claim.contact,
            errand=errand.id,
            kind=errand.kind,
            channel=errand.channel,
            value=value,
            failure=failure,
        )
        arrival = Arrival(event=event, dedupe=f"errand:{errand.id}")
        await self._loops.intake.keep(errand.channel, arrival)
        self._loops.results.errand(errand.id)
        await self._loops.rest()
        await self._go_on()

    async def restart(self) -> None:
        """End the loops and begin new ones: only what the store keeps lives on."""
        await self._loops.end()
        playbook = self.playbook
        for version in playbook.versions:
            source = await self._store.flow(version)
            if source is None:
                raise ConvoError(f"The store has lost the flow version {version}.")
            playbook = playbook.with_version(source)
        self.playbook = playbook
        self._loops = self._begin()
        await self._loops.rest()

    def speak(self, language: str) -> None:
        """From the next event on the contact is known to speak it."""
        if language not in self.playbook.business.languages:
            known = self.playbook.business.languages
            raise ConvoError(f'The business does not speak "{language}". {advice(language, known)}')
        self._languages.speaks(self.phone, language)

    def use_channel(self, name: str) -> None:
        """From here on they write there."""
        self.channel = self._known_channel(name)

    # --- what came of it ----------------------------------------------------------------------

    def said(self) -> Sequence[Said]:
        """What was sent since this was asked last."""
        new = self._outbox.said[self._given_out :]
        self._given_out = len(self._outbox.said)
        return tuple(new)

    def answers(self) -> Sequence[Answer]:
        """What errands came to since this was asked last."""
        new = self._store.answered[self._known_answers :]
        self._known_answers = len(self._store.answered)
        told: list[Answer] = []
        for answered in new:
            claim = self._store.errands[answered.errand]
            told.append(
                Answer(
                    kind=answered.kind,
                    name=claim.errand.name,
                    value=answered.value,
                    failure=answered.failure,
                    pretended=self._is_pretended(claim),
                )
            )
        return tuple(told)

    def parked(self) -> Sequence[str]:
        """Accounts of the turns that failed since this was asked last."""
        new = self._store.turns[self._known_turns :]
        self._known_turns = len(self._store.turns)
        return tuple(turn.parked for turn in new if turn.parked is not None)

    def open_errands(self) -> Sequence[OpenErrand]:
        """What waits for `pretend`, oldest first."""
        return tuple(
            OpenErrand(
                kind=claim.errand.kind, name=claim.errand.name, arguments=claim.errand.arguments
            )
            for claim in self._store.open.values()
        )

    async def state(self, phone: PhoneNumber | None = None) -> ContactState:
        """All that is known of a contact, as the store has it."""
        number = phone or self.phone
        kept = await self._keeping(number)
        return codec.decode(number, kept.record, kept.consents)

    async def where(self, phone: PhoneNumber | None = None) -> Sequence[tuple[str, str]]:
        """Flow and step of every open session, the newest last."""
        state = await self.state(phone)
        return tuple((each.frame.flow, each.frame.step) for each in state.sessions)

    async def records(self) -> Sequence[Recorded]:
        """What the store has told since this was asked last."""
        new: list[Recorded] = []
        while rows := await self._store.records(self._read_records, RECORDS_AT_ONCE):
            self._read_records = rows[-1][0]
            new += [record_codec.decode(body) for _, body in rows]
        return tuple(new)

    def _step_of(self, frame: Frame) -> Step:
        return self.playbook.versions[frame.version][frame.flow].steps[frame.step]

    # --- underneath ---------------------------------------------------------------------------

    async def _arrive(self, channel: str, arrival: Arrival) -> None:
        await self.hear(channel, Parsed(arrivals=(arrival,), answer=HttpAnswer()))

    async def _go_on(self) -> None:
        """Let time pass until the target, as far as no open errand holds it up."""
        while self._target is not None and not self._store.open:
            due = self._store.until
            if due is None or due > self._target:
                self.clock.now = self._target
                self._target = None
            else:
                self.clock.now = max(due, self.clock.now)
                self._store.ring()
                await self._loops.rest()

    def _is_called(self, claim: ErrandClaim, name: str) -> bool:
        errand = claim.errand
        if errand.kind == "keyword":
            return errand.name == self.keyword_named(name)
        return errand.name == name

    def keyword_named(self, word: str) -> str:
        """The name of the keyword that has this word; the word itself when there is none."""
        for name, keyword in self.playbook.keywords.items():
            if word in keyword.words:
                return name
        return word

    def _known_channel(self, name: str) -> str:
        channels = self.playbook.business.channels
        if name not in channels:
            raise ConvoError(f'There is no channel "{name}". {advice(name, channels)}')
        return name
