"""One turn while it is being taken: the contact's sessions, and the rows it comes to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from convo.core import codec
from convo.core.contacts import Asked, AskedBack, ContactState
from convo.core.effects import Errand, SetConsent, Silence
from convo.core.events import Event, Inbound, Requested
from convo.core.saying import Say
from convo.core.turns import Source, Turn
from convo.engine.walk import Walk
from convo.policy.consent import yes_rule
from convo.policy.numbering import country_of, language_by_number, zones_of
from convo.routing.begun import still_counting
from convo.routing.consenting import consent_rows, consent_timers, overdue
from convo.routing.heeding import tier_moved
from convo.routing.outbox import Outbox
from convo.routing.playbook import Playbook
from convo.routing.purposes import purpose_of
from convo.routing.timers import timers_of
from convo.steps.surroundings import Fields, Surroundings

#: Conversations that one contact may have open; the oldest ends when there is one more.
MAX_SESSIONS = 8
#: How a conversation began that the contact asked for.
START_WORD = "start word"


class Desk:
    """Sessions and effects of one contact in one turn."""

    def __init__(self, state: ContactState, event: Event, playbook: Playbook) -> None:
        self.state = state
        self.event = event
        self.playbook = playbook
        self.business = playbook.business
        self.asked: list[Asked] = list(state.asked)
        self.begun: dict[str, int] = dict(state.begun)
        self.asked_back: list[AskedBack] = list(state.asked_back)
        self.closed = state.closed
        self.first_seen = state.first_seen
        self.pieces = state.pieces
        #: What the contact wrote is kept nowhere.
        self.confidential = False
        #: The channel on which a text of theirs was taken in this turn.
        self.heard_on = ""
        self.around = self._surroundings()
        self.outbox = Outbox(state, event, self.business, self.around, self.walk)
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
            send=self._send,
            highest_number=self._highest_number,
        )

    def _send(self, say: Say, session: str, generation: int) -> int:
        return self.outbox.send(say, session, generation)

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

    def silence(self) -> None:
        """End everything and drop what waits: what a STOP does."""
        for walk in self.open_walks():
            walk.stop("stopped")
        for waiting in (self.outbox.postponed, self.asked, self.asked_back, self.around.beside):
            waiting.clear()
        self.closed = self.pieces = ()
        self.around.effects.append(Silence())

    def _drop_what_was_cut_off(self) -> None:
        """What a conversation was still to say when it was ended by force: by an event, by another
        flow in its place, by the same begun anew. One that came to its end may have a last word."""
        cut = {walk.id for walk in self.walks if walk.cut_off}
        pointless = [later for later in self.outbox.postponed if later.say.voice.session in cut]
        self.outbox.drop(pointless, why="its conversation was ended")

    def record(self, kind: str, /, **facts: object) -> None:
        self.around.record(kind, **facts)

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
            postponed=tuple(self.outbox.postponed),
            asked=tuple(self.asked),
            codes=tuple(self.around.codes),
            begun=still_counting(self.begun, self.walks, event.at, self.playbook),
            asked_back=tuple(self.asked_back),
            closed=self.closed,
            first_seen=self.first_seen or event.at,
            pieces=self.pieces,
            last_seen=event.at if isinstance(event, Inbound) else state.last_seen,
            pace=self.outbox.pace,
            heed=self.outbox.heed,
            beside=tuple(around.beside),
            routes=self.outbox.routes if sessions else {},
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
            outbound=tuple(self.outbox.rows),
            errands=tuple(each for each in around.effects if isinstance(each, Errand)),
            consents=consents,
            silence=silence,
            records=(*around.records, *tier_moved(state, after, self.business)),
            confidential=self.confidential,
        )
        return turn, after
