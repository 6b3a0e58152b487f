"""What a contact is sent in one turn: the gate is asked, and it is queued, put off or dropped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from convo.core.business import Business
from convo.core.contacts import ContactState, Pace, Postponed
from convo.core.effects import ClearTimer, SetTimer
from convo.core.events import Event, Inbound
from convo.core.saying import Purpose, Say
from convo.core.turns import Outbound, outbound_id
from convo.engine.walk import Walk
from convo.policy.gate import (
    Later,
    Never,
    admit,
    counted,
    leaves_by,
    passes_over,
    remembered,
)
from convo.policy.leaving import Leaving, Refused
from convo.routing.consenting import consent_rows
from convo.routing.heeding import heeding
from convo.routing.leaving import what_leaves
from convo.routing.purposes import lane_of
from convo.routing.timers import GATE
from convo.steps.surroundings import Surroundings

#: Texts that wait for the end of the quiet hours: a record must stay small, and nobody wants more
#: of them in one morning.
MAX_POSTPONED = 20
NOTHING_MORE: Mapping[str, object] = {}


class Outbox:
    """The messages of one turn, and those that wait for their hour."""

    def __init__(
        self,
        state: ContactState,
        event: Event,
        business: Business,
        around: Surroundings,
        walk: Callable[[str], Walk | None],
    ) -> None:
        """`walk` finds a session of this turn by its id."""
        self._state = state
        self._event = event
        self._business = business
        self._around = around
        self._walk = walk
        self.pace: Pace = state.pace
        self.heed = heeding(state, event)
        self.routes = dict(state.routes)
        self.postponed: list[Postponed] = list(state.postponed)
        #: As the store takes them.
        self.rows: list[Outbound] = []

    def say(self, text: str, channel: str, purpose: Purpose) -> None:
        """Say something of our own, outside of every flow."""
        self.send(Say(text=text, channel=channel, kind="service", purpose=purpose), "", 0)

    def send(self, say: Say, session: str, generation: int) -> int:
        """Ask the gate, and queue, postpone or drop it; when it leaves, ms since 1970."""
        now = self._event.at
        state = self._at_the_gate(say)
        verdict = admit(say, state, self._business, now, self.pace)
        if isinstance(verdict, Never):
            self._refused(say, verdict.rule, verdict.facts)
            return now
        if isinstance(verdict, Later):
            if len(self.postponed) >= MAX_POSTPONED:
                self._around.record(
                    "ignored", why="too many texts wait for the morning", kind=say.kind
                )
                return now
            self._postpone(say, session, generation, verdict)
            return verdict.at
        leaves = what_leaves(
            say.text,
            media=say.media,
            kind=say.kind,
            channel=say.channel,
            business=self._business,
            contact=self._state.number,
            language=self._around.language or self._around.guess,
        )
        if isinstance(leaves, Refused):
            self._refused(say, leaves.rule)
            return now
        until = leaves_by(say, state, self._business, now)
        facts = passes_over(say, state, self._business, now)
        self.pace = counted(say, self.pace, now)
        self.heed = remembered(say, state, self._business, now)
        self.rows.append(self._row(say, leaves, until, facts))
        return now

    def _refused(self, say: Say, rule: str, facts: Mapping[str, object] = NOTHING_MORE) -> None:
        self._around.record("refused", rule=rule, **_of(say), **facts)

    def _at_the_gate(self, say: Say) -> ContactState:
        """The state that the gate goes by: what this turn has changed so far counts."""
        around, state = self._around, self._state
        tags = tuple(around.tags)
        moved = self.heed is not state.heed or tags != state.tags
        if moved or around.fields.changed or around.contact_zone != state.zone:
            fields, zone = around.fields.kept, around.contact_zone
            state = replace(state, fields=fields, zone=zone, tags=tags, heed=self.heed)
        if not say.programme and say.purpose != "consent":
            return state
        changed = {row.programme: row for row in consent_rows(around.effects, self._event, 0)}
        last_seen = self._event.at if isinstance(self._event, Inbound) else self._state.last_seen
        return replace(state, consents={**state.consents, **changed}, last_seen=last_seen)

    def _row(
        self, say: Say, leaves: Leaving, until: int | None, facts: Mapping[str, object]
    ) -> Outbound:
        id = outbound_id(self._state.number, self._event.id, len(self.rows))
        channel = self._business.channels[say.channel]
        by = self.routes.get(channel.name, "")
        self._around.sent.append(id)
        shown = {"media": len(leaves.media)} if leaves.media else {}
        self._around.record("said", id=id, channel=channel.name, **_of(say), **shown, **facts)
        return Outbound(
            id=id,
            contact=self._state.number,
            channel=say.channel,
            text=leaves.text,
            media=leaves.media,
            kind=say.kind,
            purpose=say.purpose,
            lane=lane_of(say),
            parts=leaves.parts.count,
            programme=say.programme,
            voice=say.voice,
            to=channel.reaches(self._around.fields.kept),
            due=self._event.at,
            not_after=until,
            # The settings may know it no more.
            by=by if by in channel.backups else "",
        )

    def _postpone(self, say: Say, session: str, generation: int, verdict: Later) -> None:
        id = self._around.next_id()
        later = Postponed(id=id, say=say, session=session, generation=generation)
        self.postponed.append(later)
        # A millisecond apart, so that they come in the order in which they were said.
        due = verdict.at + len(self.postponed) - 1
        self._around.effects.append(SetTimer(name=f"{GATE}{id}", generation=0, due=due))
        facts = {"session": say.voice.session, "rule": verdict.rule, "at": verdict.at}
        self._around.record("postponed", **facts, **verdict.facts)

    def release(self, name: str) -> None:
        """A postponed text's time has come: the gate is asked again."""
        id = name.removeprefix(GATE)
        later = next((each for each in self.postponed if each.id == id), None)
        if later is None:
            self._around.record("stale", timer=name)
            return
        self.postponed.remove(later)
        if later.session and not self._stands(later.session, later.generation):
            self._around.record("stale", timer=name)
            return
        at = self.send(later.say, later.session, later.generation)
        if later.session and at <= self._event.at and (walk := self._walk(later.session)):
            walk.scene.unread, walk.moved = False, True
            self._around.put[later.say.channel] = (later.session, self._around.purpose)

    def drop_postponed(self, event: str, values: Mapping[str, Any]) -> None:
        """Texts that an event makes pointless are not said any more."""
        met = [x for x in self.postponed if any(each.met(event, values) for each in x.say.unless)]
        self.drop(met, event=event)

    def drop(self, pointless: Sequence[Postponed], **facts: object) -> None:
        for later in pointless:
            self.postponed.remove(later)
            self._around.effects.append(ClearTimer(name=f"{GATE}{later.id}"))
            self._around.record("dropped", kind=later.say.kind, **facts)

    def _stands(self, session: str, generation: int) -> bool:
        """Whether the session still stands at the question that said the text."""
        walk = self._walk(session)
        return walk is not None and walk.scene.generation == generation


def _of(say: Say) -> dict[str, object]:
    return {"session": say.voice.session, "kind": say.kind, "purpose": say.purpose}
