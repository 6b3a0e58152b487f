"""One turn while it is being taken: the contact's sessions, and the rows it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from convo.core import codec
from convo.core.contacts import Asked, AskedBack, ContactState, Pace, Postponed
from convo.core.effects import ClearTimer, Errand, SetConsent, SetTimer, Silence
from convo.core.events import Event, Inbound, Requested
from convo.core.records import Record
from convo.core.saying import Purpose, Say
from convo.core.turns import Outbound, Source, Turn, outbound_id
from convo.engine.walk import Walk
from convo.policy.consent import yes_rule
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
from convo.policy.numbering import country_of, language_by_number, zones_of
from convo.routing.begun import still_counting
from convo.routing.consenting import consent_rows, consent_timers, overdue
from convo.routing.heeding import heeding, tier_moved
from convo.routing.leaving import what_leaves
from convo.routing.playbook import Playbook
from convo.routing.purposes import lane_of, purpose_of
from convo.routing.timers import GATE, timers_of
from convo.steps.surroundings import Fields, Surroundings

#: Conversations that one contact may have open; the oldest ends when there is one more.
MAX_SESSIONS = 8
#: Texts that wait for the end of the quiet hours: a record must stay small, and nobody wants more
#: of them in one morning.
MAX_POSTPONED = 20
#: How a conversation began that the contact asked for.
START_WORD = "start word"
NOTHING_MORE: Mapping[str, object] = {}


class Desk:
    """Sessions, effects and messages of one contact in one turn."""

    def __init__(self, state: ContactState, event: Event, playbook: Playbook) -> None:
        self.state = state
        self.event = event
        self.playbook = playbook
        self.business = playbook.business
        self.pace: Pace = state.pace
        self.heed = heeding(state, event)
        self.outbound: list[Outbound] = []
        self.postponed: list[Postponed] = list(state.postponed)
        self.asked: list[Asked] = list(state.asked)
        self.begun: dict[str, int] = dict(state.begun)
        self.asked_back: list[AskedBack] = list(state.asked_back)
        self.closed = state.closed
        self.first_seen = state.first_seen
        self.pieces = state.pieces
        self.routes = dict(state.routes)
        #: What the contact wrote is kept nowhere.
        self.confidential = False
        #: The channel on which a text of theirs was taken in this turn.
        self.heard_on = ""
        self.around = self._surroundings()
        for expired in overdue(state, self.business, event.at):
            self.around.effects.append(expired)
            self.record("consent", programme=expired.programme, state="unknown", why="expired")
        #: Newest last.
        self.walks: list[Walk] = []
        for session in state.sessions:
            frame = session.frame
            bundle = playbook.versions.get(frame.version)
            if bundle is not None:
                self.walks.append(Walk(session, bundle, self.around))
            else:
                # Nobody has what it was to say next; the contact must be able to go on.
                self.record(
                    "ended",
                    session=session.id,
                    step=frame.step,
                    flow=frame.flow,
                    version=frame.version,
                    outcome="version lost",
                    answers=dict(frame.answers),
                )

    def _surroundings(self) -> Surroundings:
        event, state, business = self.event, self.state, self.business
        zone = ZoneInfo(business.zone)
        return Surroundings(
            event=event.id,
            at=event.at,
            now=datetime.fromtimestamp(event.at / 1000, zone),
            number=state.number,
            zone=zone,
            find_contact_zone=self._contact_zone,
            country=business.country,
            language=state.language,
            guess=language_by_number(state.number, business),
            secret=self.playbook.secret,
            public_url=business.public_url,
            currency=business.currency,
            places=business.places,
            codes=list(state.codes),
            consent_to=self._consent_to,
            fields=Fields(dict(state.fields), business.contact_fields, zone, business.places),
            tags=list(state.tags),
            contact_zone=state.zone,
            emits=bool(business.events_url),
            beside=list(state.beside),
            yes_rule=yes_rule(country_of(state.number), business),
            purpose=purpose_of(event),
            text=event.text if isinstance(event, Inbound) else "",
            media=event.media if isinstance(event, Inbound) else (),
            request=event.key if isinstance(event, Requested) else "",
            send=self.send,
            highest_number=self._highest_number,
        )

    def _highest_number(self, session: str, channel: str) -> int:
        others = (
            walk.highest_number()
            for walk in self.walks
            if walk.id != session and walk.channel == channel
        )
        return max(others, default=0)

    def _contact_zone(self) -> ZoneInfo:
        known = self.around.contact_zone or next(iter(zones_of(self.state.number)), None)
        return ZoneInfo(known or self.business.zone)

    def _consent_to(self, programme: str) -> Any:
        """As the store has it, and as this turn has changed it so far."""
        for effect in reversed(self.around.effects):
            if isinstance(effect, SetConsent) and effect.programme == programme:
                return effect.state
        return self.state.consent_to(programme)

    # --- sessions ---------------------------------------------------------------------------------

    def start(self, flow: str, channel: str, values: Mapping[str, Any], by: str) -> None:
        """Begin a flow's newest version, with what it keeps or its events bring of `values`."""
        version = self.playbook.newest[flow]
        id = self.around.next_id()
        self.record("started", session=id, flow=flow, version=version, by=by)
        self.around.by_word = by == START_WORD
        keeps = self.playbook.flows[flow].answers
        if self.playbook.flows[flow].once is not None:
            self.begun[flow] = self.event.at
        walk = Walk.begin(
            id=id,
            channel=channel,
            flow=self.playbook.flows[flow],
            version=version,
            bundle=self.playbook.versions[version],
            answers={name: raw for name, raw in values.items() if name in keeps},
            brought=values,
            around=self.around,
        )
        self.join(walk)

    def join(self, walk: Walk) -> None:
        """It is among the open ones from now on, the newest."""
        self.walks.append(walk)
        for oldest in self.open_walks()[:-MAX_SESSIONS]:
            oldest.stop("crowded out")

    def open_walks(self, channel: str | None = None) -> list[Walk]:
        """Sessions that have not ended, newest last; on one channel or on all."""
        return [
            walk
            for walk in self.walks
            if not walk.ended and (channel is None or walk.channel == channel)
        ]

    def asking(self, channel: str) -> list[Walk]:
        """Sessions of a channel with an open question, newest last."""
        return [walk for walk in self.open_walks(channel) if walk.question is not None]

    def walk(self, session: str) -> Walk | None:
        """The session of this id, ended or not."""
        return next((walk for walk in self.walks if walk.id == session), None)

    @property
    def language(self) -> str:
        """The language that we speak to them outside of every flow."""
        return self.around.language or self.around.guess or self.business.languages[0]

    def speaks(self, language: str | None) -> None:
        """From now on the contact is spoken to in this language."""
        if language is not None and language != self.around.language:
            self.around.language = language
            for walk in self.walks:
                walk.scene.scope_kept = None

    # --- saying -----------------------------------------------------------------------------------

    def say(self, text: str, channel: str, purpose: Purpose) -> None:
        """Say something of our own, outside of every flow."""
        self.send(Say(text=text, channel=channel, kind="service", purpose=purpose), "", 0)

    def send(self, say: Say, session: str, generation: int) -> int:
        """Ask the gate, and queue, postpone or drop it; when it leaves, ms since 1970."""
        now = self.event.at
        state = self._at_the_gate(say)
        verdict = admit(say, state, self.business, now, self.pace)
        if isinstance(verdict, Never):
            self._refused(say, verdict.rule, verdict.facts)
            return now
        if isinstance(verdict, Later):
            if len(self.postponed) >= MAX_POSTPONED:
                self.record("ignored", why="too many texts wait for the morning", kind=say.kind)
                return now
            self._postpone(say, session, generation, verdict)
            return verdict.at
        leaves = what_leaves(
            say.text,
            media=say.media,
            kind=say.kind,
            channel=say.channel,
            business=self.business,
            contact=self.state.number,
            language=self.around.language or self.around.guess,
        )
        if isinstance(leaves, Refused):
            self._refused(say, leaves.rule)
            return now
        until = leaves_by(say, state, self.business, now)
        facts = passes_over(say, state, self.business, now)
        self.pace = counted(say, self.pace, now)
        self.heed = remembered(say, state, self.business, now)
        self.outbound.append(self._row(say, leaves, until, facts))
        return now

    def _refused(self, say: Say, rule: str, facts: Mapping[str, object] = NOTHING_MORE) -> None:
        self.record("refused", rule=rule, **_of(say), **facts)

    def _at_the_gate(self, say: Say) -> ContactState:
        """The state that the gate goes by: what this turn has changed so far counts."""
        around, state = self.around, self.state
        tags = tuple(around.tags)
        moved = self.heed is not state.heed or tags != state.tags
        if moved or around.fields.changed or around.contact_zone != state.zone:
            fields, zone = around.fields.kept, around.contact_zone
            state = replace(state, fields=fields, zone=zone, tags=tags, heed=self.heed)
        if not say.programme and say.purpose != "consent":
            return state
        changed = {row.programme: row for row in consent_rows(around.effects, self.event, 0)}
        last_seen = self.event.at if isinstance(self.event, Inbound) else self.state.last_seen
        return replace(state, consents={**state.consents, **changed}, last_seen=last_seen)

    def _row(
        self, say: Say, leaves: Leaving, until: int | None, facts: Mapping[str, object]
    ) -> Outbound:
        id = outbound_id(self.state.number, self.event.id, len(self.outbound))
        channel = self.business.channels[say.channel]
        by = self.routes.get(channel.name, "")
        self.around.sent.append(id)
        shown = {"media": len(leaves.media)} if leaves.media else {}
        self.record("said", id=id, channel=channel.name, **_of(say), **shown, **facts)
        return Outbound(
            id=id,
            contact=self.state.number,
            channel=say.channel,
            text=leaves.text,
            media=leaves.media,
            kind=say.kind,
            purpose=say.purpose,
            lane=lane_of(say),
            parts=leaves.parts.count,
            programme=say.programme,
            voice=say.voice,
            to=channel.reaches(self.around.fields.kept),
            due=self.event.at,
            not_after=until,
            # The settings may know it no more.
            by=by if by in channel.backups else "",
        )

    def _postpone(self, say: Say, session: str, generation: int, verdict: Later) -> None:
        id = self.around.next_id()
        later = Postponed(id=id, say=say, session=session, generation=generation)
        self.postponed.append(later)
        # A millisecond apart, so that they come in the order in which they were said.
        due = verdict.at + len(self.postponed) - 1
        self.around.effects.append(SetTimer(name=f"{GATE}{id}", generation=0, due=due))
        facts = {"session": say.voice.session, "rule": verdict.rule, "at": verdict.at}
        self.record("postponed", **facts, **verdict.facts)

    def release(self, name: str) -> None:
        """A postponed text's time has come: the gate is asked again."""
        id = name.removeprefix(GATE)
        later = next((each for each in self.postponed if each.id == id), None)
        if later is None:
            self.record("stale", timer=name)
            return
        self.postponed.remove(later)
        if later.session and not self._stands(later.session, later.generation):
            self.record("stale", timer=name)
            return
        at = self.send(later.say, later.session, later.generation)
        if later.session and at <= self.event.at and (walk := self.walk(later.session)):
            walk.scene.unread, walk.moved = False, True
            self.around.put[later.say.channel] = (later.session, self.around.purpose)

    def drop_postponed(self, event: str, values: Mapping[str, Any]) -> None:
        """Texts that an event makes pointless are not said any more."""
        met = [x for x in self.postponed if any(each.met(event, values) for each in x.say.unless)]
        self.drop(met, event=event)

    def drop(self, pointless: Sequence[Postponed], **facts: object) -> None:
        for later in pointless:
            self.postponed.remove(later)
            self.around.effects.append(ClearTimer(name=f"{GATE}{later.id}"))
            self.record("dropped", kind=later.say.kind, **facts)

    def _stands(self, session: str, generation: int) -> bool:
        """Whether the session still stands at the question that said the text."""
        walk = self.walk(session)
        return walk is not None and walk.scene.generation == generation

    def silence(self) -> None:
        """End everything and drop what waits: what a STOP does."""
        for walk in self.open_walks():
            walk.stop("stopped")
        for waiting in (self.postponed, self.asked, self.asked_back, self.around.beside):
            waiting.clear()
        self.closed = self.pieces = ()
        self.around.effects.append(Silence())

    def _drop_what_was_cut_off(self) -> None:
        """What a conversation was still to say when it was ended by force: by an event, by another
        flow in its place, by the same begun anew. One that came to its end may have a last word."""
        cut = {walk.id for walk in self.walks if walk.cut_off}
        pointless = [later for later in self.postponed if later.say.voice.session in cut]
        self.drop(pointless, why="its conversation was ended")

    def record(self, kind: str, /, **facts: object) -> None:
        self.around.records.append(Record(kind=kind, facts=facts))

    # --- the turn ---------------------------------------------------------------------------------

    def concluded(self, source: Source, order: int) -> tuple[Turn, ContactState]:
        """The rows of this turn, and the state that the contact's next event meets."""
        self._drop_what_was_cut_off()
        sessions = tuple(kept for walk in self.walks if (kept := walk.close()) is not None)
        around, state, event = self.around, self.state, self.event
        consents = consent_rows(around.effects, event, order)
        after = ContactState(
            number=state.number,
            fields=around.fields.kept,
            tags=tuple(around.tags),
            language=around.language,
            zone=around.contact_zone,
            consents={**state.consents, **{row.programme: row for row in consents}},
            sessions=sessions,
            postponed=tuple(self.postponed),
            asked=tuple(self.asked),
            codes=tuple(self.around.codes),
            begun=still_counting(self.begun, self.walks, event.at, self.playbook),
            asked_back=tuple(self.asked_back),
            closed=self.closed,
            first_seen=self.first_seen or event.at,
            pieces=self.pieces,
            last_seen=event.at if isinstance(event, Inbound) else state.last_seen,
            pace=self.pace,
            heed=self.heed,
            beside=tuple(around.beside),
            routes=self.routes if sessions else {},
        )
        armed = {name for walk in self.walks if not walk.ended for name in walk.scene.armed}
        effects = (*around.effects, *consent_timers(around.effects, self.business, event.at))
        timers, cleared, silence = timers_of(effects, armed)
        turn = Turn(
            source=source,
            contact=state.number,
            at=event.at,
            record=codec.encode(after),
            timers=timers,
            cleared=cleared,
            outbound=tuple(self.outbound),
            errands=tuple(each for each in around.effects if isinstance(each, Errand)),
            consents=consents,
            silence=silence,
            records=(*around.records, *tier_moved(state, after, self.business)),
            confidential=self.confidential,
        )
        return turn, after


def _of(say: Say) -> dict[str, object]:
    return {"session": say.voice.session, "kind": say.kind, "purpose": say.purpose}
