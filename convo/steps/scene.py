"""What a step sees of its conversation, and the only way it acts on it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from convo.core.business import MessageClass
from convo.core.contacts import ConsentState, Origin
from convo.core.effects import Effect, Errand, Purpose, Say, SetConsent, SetTimer
from convo.core.events import ErrandKind
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.errors import RenderError
from convo.language.scope import Choice, Scope
from convo.language.texts import Text
from convo.language.values import restored, stored


class AnswerBook(Protocol):
    """What a step may know of the flow it stands in."""

    @property
    def name(self) -> str: ...
    @property
    def message_class(self) -> MessageClass: ...
    @property
    def programme(self) -> str: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def reads(self) -> tuple[str, ...]:
        """The languages that replies are understood in."""
        ...

    @property
    def answers(self) -> Mapping[str, str]:
        """The kind of every answer, by name."""
        ...

    @property
    def expires_after(self) -> float | None:
        """Seconds of silence at a question after which the flow lets go."""
        ...

    @property
    def reads_contact_zone(self) -> bool:
        """Times are read, and therefore shown, by the contact's clock."""
        ...

    @property
    def labels(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """Answer -> option id -> language -> label."""
        ...


class Fields:
    """The contact's fields as they are kept, with their kinds."""

    __slots__ = ("changed", "kept", "kinds", "zone")

    def __init__(self, kept: dict[str, Any], kinds: Mapping[str, str], zone: ZoneInfo) -> None:
        self.kept = kept
        self.kinds = kinds
        self.zone = zone
        self.changed = False

    def values(self) -> dict[str, Any]:
        """Native values of all that are declared; None for those never set."""
        return {
            name: None if (raw := self.kept.get(name)) is None else restored(kind, raw, self.zone)
            for name, kind in self.kinds.items()
        }

    def set(self, name: str, value: object) -> None:
        self.kept[name] = stored(value)
        self.changed = True


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What is the same for every session of one turn, and what they add to it."""

    event: str
    #: The event's time: milliseconds since 1970, UTC; and in the business's zone.
    at: int
    now: datetime
    number: PhoneNumber
    zone: ZoneInfo
    find_contact_zone: Callable[[], ZoneInfo]
    country: str
    language: str | None
    consent_to: Callable[[str], ConsentState]
    fields: Fields
    #: The contact's tags, as this turn has changed them so far.
    tags: list[str]
    #: Whether events are posted to own systems; recorded they are anyway.
    emits: bool
    #: Why a text said in this turn goes out: an answer, or something that we start.
    purpose: Purpose
    #: What the contact wrote, empty when this turn is not about a text.
    text: str = field(repr=False)
    #: Asks the gate and sends; answers when it will leave, ms since 1970. It is told the session
    #: and its generation for a text which, if it must wait, is dropped when they pass.
    send: Callable[[Say, str, int], int]
    #: The highest number that another open question of a channel takes for an answer; it is told
    #: the session that asks, and the channel.
    highest_number: Callable[[str, str], int]
    #: Channel -> the session whose question was put last in this turn, and why it was.
    put: dict[str, tuple[str, Purpose]] = field(default_factory=dict[str, tuple[str, Purpose]])
    effects: list[Effect] = field(default_factory=list[Effect])
    records: list[Record] = field(default_factory=list[Record])
    serial: int = 0
    #: The conversation now beginning was asked for by the contact's own word.
    by_word: bool = False
    #: The law's rule by which consent is given by a yes to a question only; empty without one.
    yes_rule: str = ""

    def next_id(self) -> str:
        """An id that is new in this turn and the same when the turn is run again."""
        self.serial += 1
        return hashlib.blake2b(f"{self.event}/{self.serial}".encode(), digest_size=12).hexdigest()


class Scene:
    """One session in one turn. Steps read it, and say, arm, ask and save through it."""

    __slots__ = (
        "answers",
        "armed",
        "around",
        "asks",
        "channel",
        "errand",
        "flow",
        "generation",
        "keyed",
        "name",
        "numbers",
        "outcome",
        "partial",
        "pushed",
        "said_at",
        "scope_kept",
        "session",
        "step",
        "tries",
        "version",
    )

    def __init__(
        self,
        around: Surroundings,
        flow: AnswerBook,
        *,
        session: str,
        channel: str,
        depth: int,
        generation: int,
        answers: Mapping[str, Any],
    ) -> None:
        self.around = around
        self.flow = flow
        self.session = session
        self.channel = channel
        self.name = f"{session}/{depth}"
        #: What its errands are keyed by: a flow that is run may name its steps as this one does.
        self.keyed = f"{session}/{flow.name}" if depth else session
        self.step = ""
        #: Whether the step is a question: what it says is of no use once it is left.
        self.asks = False
        self.generation = generation
        self.answers = dict(answers)
        self.tries = 0
        self.partial: Any = None
        self.errand: str | None = None
        #: The numbers of the open question's options, where they are not its own ones.
        self.numbers: tuple[int, ...] = ()
        #: A flow to run on top of this one: its name and its first answers.
        self.pushed: tuple[str, dict[str, Any]] | None = None
        self.outcome = "ended"
        #: The version of the flow, kept with what is agreed to.
        self.version = ""
        self.armed: list[str] = []
        self.said_at: int | None = None
        self.scope_kept: Scope | None = None

    # --- reading ------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The contact's language as far as it is known, else the flow's first."""
        known = self.around.language
        return known if known in self.flow.languages else self.flow.languages[0]

    @property
    def now_ms(self) -> int:
        return self.around.at

    @property
    def contact_key(self) -> str:
        """What stands for the contact, whatever the session, where more than the number is seen."""
        return hashlib.blake2b(self.around.number.e164.encode(), digest_size=16).hexdigest()

    def scope(self) -> Scope:
        """The names that texts and expressions know here."""
        if self.scope_kept is None:
            around = self.around
            zone = around.find_contact_zone() if self.flow.reads_contact_zone else around.zone
            # A declared answer that was not given yet is None; an undeclared name is unknown.
            kept = {**dict.fromkeys(self.flow.answers), **self.answers}
            names: dict[str, Any] = {
                name: self.native(name, raw, zone) for name, raw in kept.items()
            }
            names["contact"] = {**around.fields.values(), "tags": tuple(around.tags)}
            names["now"] = self.around.now
            self.scope_kept = Scope(
                names=names, language=self.language, zone=zone, now=self.around.now
            )
        return self.scope_kept

    def nameless(self) -> Scope:
        """The scope of a text that uses no name."""
        around = self.around
        return Scope(names={}, language=self.language, zone=around.zone, now=around.now)

    def local_scope(self) -> Scope:
        """The same scope with times read and shown by the contact's clock."""
        scope, zone = self.scope(), self.around.find_contact_zone()
        return Scope(names=scope.names, language=scope.language, zone=zone, now=scope.now)

    def scope_with(self, more: Mapping[str, object]) -> Scope:
        """The same scope with more names."""
        scope = self.scope()
        return Scope(
            names={**scope.names, **more}, language=scope.language, zone=scope.zone, now=scope.now
        )

    def native(self, name: str, raw: object, zone: ZoneInfo) -> object:
        """A kept answer as expressions see it: an option with labels, an aware datetime, ..."""
        kind = self.flow.answers.get(name)
        if kind is None or raw is None:
            return raw
        if kind == "option" and isinstance(raw, str):
            return Choice(raw, self.flow.labels.get(name, {}).get(raw, {}))
        return restored(kind, raw, zone)

    def fits(self, name: str, value: object) -> bool:
        """Whether `value` is of the kind that the answer `name` is declared as."""
        try:
            self.native(name, stored(value), self.around.zone)
        except RenderError:
            return False
        return True

    # --- acting -------------------------------------------------------------------------------

    def save(self, name: str | None, value: object) -> None:
        """Keep an answer; nothing when the step does not say where."""
        if name is not None:
            self.answers[name] = stored(value)
            self.scope_kept = None

    def stored(self, values: Mapping[str, object]) -> dict[str, Any]:
        """Values as a session keeps them."""
        return {name: stored(value) for name, value in values.items()}

    def say(
        self,
        text: Text,
        *,
        purpose: Purpose | None = None,
        tail: str = "",
        more: Mapping[str, object] | None = None,
    ) -> str:
        """Say an authored text, `tail` behind its last message; what was said is returned.

        `more` are names that it knows beside the scene's.
        """
        if more:
            scope = self.scope_with(more)
        elif text.uses:
            scope = self.scope()
        else:
            # Most texts name nothing, and working out every answer costs more than saying them.
            scope = self.nameless()
        messages = text.render(
            scope, chance=f"{self.session}/{self.step}", languages=self.flow.languages
        )
        # A text may come out blank, when all of it hangs on a condition.
        *before, last = messages or ("",)
        said = (*before, (last + tail).lstrip())
        for message in said:
            self.speak(message, purpose=purpose)
        return "\n".join(said)

    def speak(self, message: str, *, purpose: Purpose | None = None) -> None:
        """Say these very words."""
        if not message.strip():
            return
        say = Say(
            text=message,
            channel=self.channel,
            kind=self.flow.message_class,
            purpose=purpose or self.around.purpose,
            programme=self.flow.programme,
        )
        bound_to = ""
        if self.asks:
            bound_to = self.session
            self.around.put[self.channel] = (bound_to, self.around.purpose)
        self.said_at = self.around.send(say, bound_to, self.generation)

    def note(self, text: Text) -> None:
        """Write a text down for staff, in the flow's first language."""
        languages = self.flow.languages
        said = text.render(
            self.scope().speaking(languages[0]), chance=self.session, languages=languages
        )
        if said:
            self.record("note", flow=self.flow.name, text="\n".join(said))

    def renew(self) -> None:
        """Count anew from here: whatever was armed before is stale from now on."""
        self.generation += 1
        self.armed = []

    def arm(self, purpose: str, n: int, due: int) -> None:
        """Wake this step at `due` (ms since 1970), unless it is left or asked anew before."""
        name = f"{self.name}/{self.step}/{purpose}/{n}"
        self.around.effects.append(SetTimer(name=name, generation=self.generation, due=due))
        self.armed.append(name)

    def arm_after(self, purpose: str, n: int, seconds: float) -> None:
        """As `arm`, counted from when the contact can have read what was said."""
        since = max(self.now_ms, self.said_at or 0)
        self.arm(purpose, n, since + int(seconds * 1000))

    def send_out(
        self,
        kind: ErrandKind,
        name: str,
        arguments: Mapping[str, Any],
        within: float,
        *,
        key: str = "",
    ) -> None:
        """Ask for work outside; the answer, or `within` seconds without one, wakes this step.

        `arguments` are JSON. Without a `key` it is the session's and the step's, so that a step
        come to a second time moves its first booking.
        """
        id = self.around.next_id()
        self.errand = id
        self.around.effects.append(
            Errand(
                id=id,
                kind=kind,
                channel=self.channel,
                name=name,
                arguments=arguments,
                key=key or f"{self.keyed}/{self.step}",
                within=int(within * 1000),
            )
        )
        self.record("errand", id=id, kind=kind, name=name)

    def consent(self, programme: str, state: ConsentState, proof: str) -> None:
        """Write where the contact stands with a programme."""
        asked_at = max(self.now_ms, self.said_at or 0) if state == "asked" else None
        origin = Origin(said=self.around.text, flow=self.flow.name, version=self.version)
        self.around.effects.append(
            SetConsent(programme=programme, state=state, proof=proof, origin=origin, at=asked_at)
        )
        self.record("consent", programme=programme, state=state)

    def record(self, kind: str, /, **facts: object) -> None:
        """Keep a fact of this turn for people."""
        self.around.records.append(
            Record(kind=kind, facts={"session": self.session, "step": self.step, **facts})
        )
