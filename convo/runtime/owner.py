"""The loop that owns the conversations: read events, take turns, commit, hand out the work.

One `advance` a round commits what the round before finished, takes claims and reads what is
next, so at any load there is one trip to the store for a batch.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Generic

from convo.core.codec import UnknownSchema, decode
from convo.core.contacts import ContactState
from convo.core.failures import account
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.turns import Outbound, Turn
from convo.errors import Fenced, StoreError
from convo.ports import Claim, Done, Kept, Lease, Pending, Store, Wants, Work
from convo.runtime.apologies import Apologies
from convo.runtime.hands import Hands
from convo.runtime.instruments import Instruments
from convo.runtime.mind import Mind, P
from convo.runtime.patience import Patience
from convo.runtime.sender import NO_ROOM, Room
from convo.runtime.shelf import Shelf
from convo.runtime.suspects import EndedTheProcess, key_of
from convo.runtime.traces import failure, frames

log = logging.getLogger("convo.owner")

BATCH = 50
"""Events read in one advance: more gains nothing and holds everybody else up."""

OVERDUE_POLL = 250
"""Milliseconds until we look again when something is due that cannot be taken now."""

CLOSED_POLL = 5_000
"""The same where every channel is closed, as by a day's cap: one may open before its time, for what
others were granted of a limit and did not need they give back."""

NOTHING = Kept(record=None, consents=())
NO_MORE = Wants()


class Owner(Generic[P]):
    """Owns one partition for as long as it may: until `finish`, or until it is fenced off."""

    def __init__(
        self,
        *,
        name: str,
        partition: int,
        shelf: Shelf[P],
        mind: Mind[P],
        store: Store,
        hands: Hands,
        instruments: Instruments,
    ) -> None:
        self._name = name
        self._partition = partition
        self._shelf = shelf
        self._mind = mind
        self._store = store
        self._sender = hands.sender
        self._resolver = hands.resolver
        self._errands = hands.errands
        self._results = hands.results
        self._suspects = hands.suspects
        self._clock = instruments.clock
        self._sleep = instruments.sleep
        self._patience = Patience(f"{name} {partition}", instruments.sleep)
        self._metrics = instruments.metrics
        self._winding_down = False
        self._ending = False
        #: Set while this owner asks for nothing that it would have to hand out.
        self._wound_down = asyncio.Event()
        self._wound_down.set()
        self._bell: asyncio.Task[None] | None = None
        self._bell_until: int | None = None
        self._owns = False
        self._singly = 0
        self._apologies = Apologies()

    @property
    def owns(self) -> bool:
        """Whether the partition is ours, and not only asked for."""
        return self._owns

    @property
    def trouble(self) -> str:
        """Why nothing moves at the moment; empty when all is well."""
        return self._patience.trouble

    async def wind_down(self) -> None:
        """Read and claim nothing more, but go on committing what comes to its end.

        Returns when the last of the work that was asked for before has been handed out.
        """
        self._winding_down = True
        self._results.wake()
        await self._wound_down.wait()

    def finish(self) -> None:
        """Commit what there is, give the partition back and return from `run`."""
        self._winding_down = self._ending = True
        self._results.wake()

    async def run(self) -> bool:
        """Own the partition if nobody does, until `finish` or until somebody else has it.

        Whether it was ours. Raises what cannot be put right here: a newer record, a fault of ours.
        """
        lease = await self._patience.surely(
            lambda: self._store.acquire(self._partition, self._name)
        )
        if lease is None:
            return False
        self._owns = True
        self._wound_down.clear()
        try:
            await self._own(lease)
            await self._patience.surely(lambda: self._store.release(lease))
        except Fenced:
            log.warning("Partition %d was taken over by another owner.", self._partition)
        finally:
            self._owns = False
            self._wound_down.set()
            if self._bell is not None:
                self._bell.cancel()
                self._bell = None
        return True

    async def _own(self, lease: Lease) -> None:
        if not self._winding_down:
            self._resolver.adopt(self._revealed(lease.doubts), self._sender.in_flight)
        self._suspects.adopt(lease)
        turns: Sequence[Turn] = ()
        looks = True  # for messages to send: there may be some
        while True:
            if self._results.failure is not None:
                raise self._results.failure
            finished = self._results.take()
            done: Done = replace(finished, turns=tuple(turns))
            room = await self._room() if looks or turns or done.settles else NO_ROOM
            wants = self._wants(room)
            try:
                work = await self._patience.surely(
                    lambda d=done, w=wants: self._store.advance(lease, d, w)
                )
            except Fenced:
                # The turns are another's now. What was sent stays sent, whoever hears of it.
                self._results.put_back(finished)
                self._sender.take((), room)
                raise
            except Exception as error:
                if not turns:
                    raise
                self._results.put_back(finished)
                self._sender.take((), room)
                turns = self._unwritable(turns, error)
                continue
            if turns:
                self._told(turns, work.now)
            self._sender.take(self._revealed(work.claims), room)
            self._errands.take(work.errands)
            if wants is NO_MORE:
                self._wound_down.set()
            turns = await self._turns_of(work, wants)
            if turns or not self._results.empty:
                continue
            if self._ending:
                return
            looks = _overdue(work, work.now)
            if looks and room is NO_ROOM and not self._winding_down:
                continue  # it came due without our doing
            await self._rest(lease, work)
            looks = looks or _overdue(work, self._clock())

    def _revealed(self, claims: Sequence[Claim]) -> Sequence[Claim]:
        """Claims with their messages as they leave."""
        found: list[Claim] = []
        for claim in claims:
            message = self._mind.revealed(claim.message, self._shelf.playbook)
            found.append(claim if message is claim.message else replace(claim, message=message))
        return found

    def _told(self, turns: Sequence[Turn], now: int) -> None:
        """Count what has been committed."""
        parked = 0
        for turn in turns:
            parked += turn.parked is not None
            self._metrics.observe("convo_turn_seconds", (now - turn.at) / 1_000)
        self._metrics.count("convo_turns_total", "done", by=len(turns) - parked)
        for turn in turns:
            for record in turn.records:
                if record.kind == "emitted":
                    self._metrics.count("convo_emitted_total", record.facts["event"])
        if parked:
            self._metrics.count("convo_turns_total", "parked", by=parked)

    async def _room(self) -> Room:
        return NO_ROOM if self._winding_down else await self._sender.room(self._clock())

    def _wants(self, room: Room) -> Wants:
        if self._winding_down:
            return NO_MORE
        events = BATCH
        if self._singly:
            self._singly -= 1
            events = 1
        if self._suspects.events:
            events = 1
        return Wants(
            events=events,
            messages=room.messages,
            bulk=room.bulk,
            parts=room.parts,
            limits=room.limits,
            via=room.via,
            errands=self._errands.room,
        )

    async def _rest(self, lease: Lease, work: Work) -> None:
        """Until there may be work."""
        await self._sender.settle_up()
        until = work.next_due
        if until is not None and until <= work.now:
            until = self._again(work)
        if self._bell is not None and (self._bell.done() or self._bell_until != until):
            self._bell.cancel()
            self._bell = None
        if self._bell is None:
            self._bell_until = until
            self._bell = asyncio.create_task(self._listen(lease, until))
            self._bell.add_done_callback(self._results.watch)
        await self._results.wait()

    def _again(self, work: Work) -> int:
        """When to look again for what is due and not to be had: its channel is closed or full, or
        too many errands are under way."""
        opens, other = self._sender.opens(work.now), work.next_other
        dues = [work.now + OVERDUE_POLL] if opens is None else [work.now + OVERDUE_POLL, opens]
        if self._sender.all_closed(work.now) and (other is None or other > work.now):
            dues[0] = work.now + CLOSED_POLL
            # Messages that come due behind it wait for the channels too.
            dues += [] if other is None else [other]
        return max(min(dues), work.now + 1)

    async def _listen(self, lease: Lease, until: int | None) -> None:
        try:
            await self._store.bell(lease, until)
        except StoreError:
            await self._sleep(OVERDUE_POLL / 1_000)  # the next advance says what is wrong
        self._results.wake()

    async def _turns_of(self, work: Work, wants: Wants) -> Sequence[Turn]:
        if self._suspects.events and wants is not NO_MORE:
            self._suspects.seen(len(work.events))
            return [turn for each in work.events for turn in await self._turn_alone(each, work)]
        return await self._turns(work) if work.events else ()

    async def _turn_alone(self, suspect: Pending, work: Work) -> Sequence[Turn]:
        """The turn of one that may have ended the last owner."""
        async with self._suspects.begun(key_of(suspect)) as may:
            if may:
                return await self._turns(replace(work, events=(suspect,)))
        contact = suspect.event.contact
        # Nothing of it is read: that may be what ends a process.
        unread = decode(contact, None, work.contacts.get(contact, NOTHING).consents)
        return (self._parked(suspect, unread, EndedTheProcess(), work.now),)

    async def _turns(self, work: Work) -> Sequence[Turn]:
        """One turn for each event; those of one contact build on each other."""
        states: dict[PhoneNumber, ContactState] = {}
        unreadable: dict[PhoneNumber, Exception] = {}
        missing: set[str] = set()
        started = perf_counter()
        for pending in work.events:
            contact = pending.event.contact
            if contact in states:
                continue
            kept = work.contacts.get(contact, NOTHING)
            try:
                state = decode(contact, kept.record, kept.consents)
            except UnknownSchema:
                raise
            except Exception as error:
                unreadable[contact] = error
                state = ContactState(number=contact)
            states[contact] = state
            if state.sessions:
                missing |= self._mind.missing_versions(state, self._shelf.playbook)
        if missing:
            await self._shelf.fetch(missing)
        turns: list[Turn] = []
        take_turn, playbook = self._mind.take_turn, self._shelf.playbook
        for pending in work.events:
            event = pending.event
            contact = event.contact
            state = states[contact]
            try:
                if contact in unreadable:
                    raise unreadable[contact]
                taken = take_turn(state, event, pending.source, pending.order, playbook)
            except Exception as error:
                turns.append(self._parked(pending, state, error, work.now))
            else:
                states[contact] = taken.state
                turns.append(taken.turn)
        spent = perf_counter() - started
        self._metrics.observe("convo_turn_cpu_seconds", spent / len(turns))
        return turns

    def _unwritable(self, turns: Sequence[Turn], error: Exception) -> Sequence[Turn]:
        """What to commit instead of turns that the store cannot write.

        Which one it is, is not known: all are taken again, one to a commit, and the one that
        fails alone is parked.
        """
        if len(turns) > 1:
            self._singly = BATCH
            log.error("A turn cannot be kept; they are taken one by one: %s", frames(error))
            return ()
        turn = turns[0]
        facts = {"error": type(error).__name__}
        log.error("A turn cannot be kept and is parked: %s", frames(error))
        return (
            Turn(
                source=turn.source,
                contact=turn.contact,
                at=turn.at,
                record=None,
                records=(Record(kind="parked", facts=facts),),
                parked=account(failure(error, during="writing the turn")),
            ),
        )

    def _parked(self, pending: Pending, state: ContactState, error: Exception, now: int) -> Turn:
        """The turn of an event that failed: it changes nothing, and says so if it can."""
        event = pending.event
        facts = {"event": event.id, "error": type(error).__name__}
        if state.sessions:
            frame = state.sessions[-1].frame
            facts |= {"flow": frame.flow, "version": frame.version, "step": frame.step}
        log.error("Event %s is parked (%s): %s", event.id, facts, frames(error))
        try:
            apology: Outbound | None = self._mind.apology(state, event, self._shelf.playbook)
            if apology is not None and not self._apologies.may(event.contact, now):
                apology = None
        except Exception as second:
            log.error("Nor could it be said that it failed: %s", frames(second))
            apology = None
        return Turn(
            source=pending.source,
            contact=event.contact,
            # Not now: the event's id is told by its own time.
            at=event.at,
            record=None,
            outbound=() if apology is None else (apology,),
            records=(Record(kind="parked", facts=facts),),
            parked=account(failure(error, state.sessions[-1].frame if state.sessions else None)),
        )


def _overdue(work: Work, now: int) -> bool:
    """Whether what waited longest at `work` is due at `now`."""
    return work.next_due is not None and work.next_due <= now
