"""What a step sees of its conversation, and the only way it acts on it."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from convo.core import opt_in_links
from convo.core.contacts import ConsentState, Origin
from convo.core.effects import Errand, SetConsent, SetTimer
from convo.core.events import ErrandKind
from convo.core.languages import nearest
from convo.core.opt_in_links import Joining, request_of
from convo.core.opt_out_links import PATH, Leaving, token_of
from convo.core.saying import Purpose, Say, Unless
from convo.core.voices import Voice
from convo.errors import RenderError
from convo.language.scope import Choice, Choices, Scope, Standing
from convo.language.texts import Text
from convo.language.values import is_kept, stored
from convo.policy.frequency_cap import touch_of
from convo.steps.surroundings import AnswerBook, Surroundings, native_of

#: The contact's own link out of the flow's programme, as texts name it.
OPT_OUT_LINK = "opt_out_link"


class Scene:
    """One session in one turn. Steps read it, and say, arm, ask and save through it."""

    __slots__ = (
        "answers",
        "armed",
        "around",
        "asks",
        "brought",
        "carried",
        "channel",
        "entered",
        "errand",
        "flow",
        "generation",
        "keyed",
        "media",
        "name",
        "numbers",
        "outcome",
        "partial",
        "pushed",
        "said_at",
        "scope_kept",
        "session",
        "step",
        "trail",
        "tries",
        "unless",
        "unread",
        "version",
        "via",
        "voice",
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
        brought: Mapping[str, Any],
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
        #: Another of our channels, which the step's texts go by.
        self.via = ""
        #: Links that go with the next text that is said.
        self.media: tuple[str, ...] = ()
        self.generation = generation
        self.answers = dict(answers)
        #: What events have brought, by name; the newest over the older.
        self.brought = dict(brought)
        #: Events that make pointless what is said here and has not left yet.
        self.unless: Callable[[], tuple[Unless, ...]] = tuple[Unless, ...]
        #: The questions come by in this flow, the newest last.
        self.trail: tuple[str, ...] = ()
        #: The question was put in the words of an older version (core/sessions.py).
        self.carried = False
        self.tries = 0
        self.partial: Any = None
        self.errand: str | None = None
        #: Come to in this turn; and the question waits for the morning, unread.
        self.entered = False
        self.unread = False
        #: The numbers of the open question's options, where they are not its own ones.
        self.numbers: tuple[int, ...] = ()
        #: A flow to run on top of this one: its name and its first answers.
        self.pushed: tuple[str, dict[str, Any]] | None = None
        self.outcome = "ended"
        #: The version of the flow, kept with what is agreed to.
        self.version = ""
        #: Who it is that speaks here.
        self.voice: Callable[[], Voice] = Voice
        self.armed: list[str] = []
        self.said_at: int | None = None
        self.scope_kept: Scope | None = None

    # --- reading ------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The contact's language as far as it is known and the flow speaks any form of it, else the
        flow's first."""
        known = self.around.language or self.around.guess
        spoken = self.flow.languages
        if known and (known in spoken or nearest(spoken, known) is not None):
            return known
        return spoken[0]

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
            names["contact"] = {
                **around.fields.values(),
                "tags": tuple(around.tags),
                "language": around.language or around.guess,
                "zone": around.contact_zone,
                OPT_OUT_LINK: self._opt_out_link(),
            }
            if self.flow.brings:
                names["event"] = {
                    name: native_of(kind, self.brought.get(name), zone, around.places)
                    for name, kind in self.flow.brings.items()
                }
            names["now"] = self.around.now
            self.scope_kept = self._scope(names, zone)
        return self.scope_kept

    def _opt_out_link(self) -> str | None:
        """Where they leave the flow's programme with a click; None where nobody would find it."""
        around = self.around
        if not around.public_url or not self.flow.links_out:
            return None
        leaving = Leaving(
            contact=around.number, channel=self.channel, programme=self.flow.programme
        )
        return around.public_url.rstrip("/") + PATH + token_of(leaving, around.secret)

    def opt_in_link(self, programme: str) -> str | None:
        """Where they say yes with a click to what they are asked here; None where nobody would find
        it."""
        around = self.around
        if not around.public_url:
            return None
        joining = Joining(
            contact=around.number,
            channel=self.channel,
            programme=programme,
            request=request_of(self.session),
            language=self.language,
        )
        token = opt_in_links.token_of(joining, around.secret)
        return around.public_url.rstrip("/") + opt_in_links.PATH + token

    def nameless(self) -> Scope:
        """The scope of a text that uses no name."""
        return self._scope({}, self.around.zone)

    def _scope(self, names: Mapping[str, object], zone: ZoneInfo) -> Scope:
        around = self.around
        return Scope(
            names=names,
            language=self.language,
            zone=zone,
            now=around.now,
            country=around.country,
            currency=around.currency,
        )

    def local_scope(self) -> Scope:
        """The same scope with times read and shown by the contact's clock."""
        return self._scope(self.scope().names, self.around.find_contact_zone())

    def scope_with(self, more: Mapping[str, object]) -> Scope:
        """The same scope with more names."""
        scope = self.scope()
        return self._scope({**scope.names, **more}, scope.zone)

    def native(self, name: str, raw: object, zone: ZoneInfo) -> object:
        """A kept answer as expressions see it: an option with labels, an aware datetime, ..."""
        kind = self.flow.answers.get(name)
        if kind is None or raw is None:
            return raw
        labels = self.flow.labels.get(name, {})
        if kind == "option" and isinstance(raw, str):
            return Choice(raw, labels.get(raw, {}))
        if kind == "tally" and isinstance(raw, dict):
            votes = cast("Mapping[str, int]", raw)
            return Standing(votes, labels)
        value = native_of(kind, raw, zone, self.around.places)
        if isinstance(value, Choices):
            return Choices(Choice(str.__str__(id), labels.get(id, {})) for id in value)
        return value

    def fits(self, name: str, value: object) -> bool:
        """Whether `value` is of the kind that the answer `name` is declared as."""
        try:
            self.native(name, stored(value), self.around.zone)
        except RenderError:
            return False
        return True

    def bring(self, values: Mapping[str, Any]) -> None:
        """An event has brought these; what the flow declares of them is known from now on."""
        kinds = self.flow.brings
        self.brought |= {
            name: raw
            for name, raw in values.items()
            if name in kinds and raw is not None and is_kept(kinds[name], raw, self.around.zone)
        }
        self.scope_kept = None

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
        media, self.media = self.media, ()
        ending = (last + tail).lstrip()
        for message in before:
            self.speak(message, purpose=purpose)
        self.speak(ending, purpose=purpose, media=media)
        return "\n".join((*before, ending, *(media if ending else ())))

    def speak(
        self, message: str, *, purpose: Purpose | None = None, media: tuple[str, ...] = ()
    ) -> None:
        """Say these very words, and show with them what is at these links."""
        if not message.strip():
            return
        say = Say(
            text=message,
            channel=self.via or self.channel,
            kind=self.flow.message_class,
            purpose=purpose or self.around.purpose,
            programme=self.flow.programme,
            unless=self.unless(),
            window=self.flow.window,
            voice=self.voice(),
            touch=touch_of(self.around.event, self.session),
            media=media,
        )
        bound_to = ""
        if self.asks:
            bound_to = self.session
        self.said_at = self.around.send(say, bound_to, self.generation)
        if self.asks and self.said_at > self.now_ms:
            # Asked again in the night, it was read before; asked first, it was not.
            self.unread = self.unread or self.entered
        elif self.asks:
            # Right behind their text it is what they answer next, whoever asked for its flow.
            why = "reply" if self.around.text else self.around.purpose
            self.around.put[self.channel] = (bound_to, why)

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
        self.around.record(kind, **{"session": self.session, "step": self.step, **facts})
