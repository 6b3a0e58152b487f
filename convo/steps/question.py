"""What ask, choose and confirm share: asking, understanding, asking again, and silence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from convo.core.saying import Purpose
from convo.language.durations import Duration
from convo.language.expressions import Expression
from convo.language.phrases import phrase
from convo.language.texts import Text
from convo.sentences import sentence
from convo.steps.scene import Scene
from convo.steps.step import Branch, Form, Step, StepName
from convo.understanding.yes_no import understand_yes_no

#: Unclear replies after which a question gives up, unless the step says otherwise.
TRIES = 3
MAX_TRIES = 20
#: What every reader looks at closely, and knows no word of.
NOTHING = "zzz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A reply that makes sense. `partial` holds half of an answer, whose rest is asked for."""

    value: Any = None
    partial: Any = None
    #: The branch that this very answer takes; None goes on.
    branch: str | None = None


def yes_or_no(text: str, languages: Sequence[str]) -> Understood | None:
    """A yes takes the branch `yes`, a no the branch `no`."""
    said = understand_yes_no(text, languages)
    return None if said is None else Understood(value=said, branch="yes" if said else "no")


class Silent(Form):
    """What happens when the contact says nothing for so long."""

    after: Duration = Field(description="Counted from when the question can have been read.")
    say: Text | None = Field(default=None, description="Say this and keep waiting.")
    again: Literal[True] | None = Field(default=None, description="Ask the question once more.")
    go: StepName | None = Field(default=None, description="Give up waiting and go there.")

    @model_validator(mode="after")
    def _one_deed(self) -> "Silent":
        if sum(deed is not None for deed in (self.say, self.again, self.go)) != 1:
            raise ValueError(sentence("Give each silence exactly one of say, again: true, or go."))
        return self


class Must(Form):
    """A condition that an answer has to meet."""

    that: Expression = Field(description="What must hold; `answer` is the answer itself.")
    else_: Text = Field(alias="else", description="What to say when it does not.")


def whole_number(raw: object) -> object:
    """Numbers in a flow file are texts until a field asks for a number."""
    return int(raw) if isinstance(raw, str) and raw.strip().isdigit() else raw


class Question(Step):
    """The common form of the kinds that wait for a reply."""

    unclear: Text | None = Field(
        default=None, description="Said when a reply is not understood; there is a default."
    )
    tries: Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=MAX_TRIES)] = Field(
        default=TRIES, description="Unclear replies after which `give_up` is taken."
    )
    give_up: StepName | None = Field(
        default=None,
        description="Where it goes after that; left out, where silence leads in the end.",
    )
    silent: tuple[Silent, ...] = Field(
        default=(), description="What happens when no reply comes, each after its own time."
    )

    @property
    def asks(self) -> bool:
        return True

    # --- the ways out ---------------------------------------------------------------------------

    def branches(self) -> Sequence[Branch]:
        ways = [*self.answer_branches()]
        gives_up_at = self.give_up or self.silence_ends_at()
        if gives_up_at is not None:
            ways.append(Branch(label="give_up", to=gives_up_at, path=("give_up",)))
        ways += [
            Branch(label=f"silent:{n}", to=entry.go, path=("silent", n, "go"))
            for n, entry in enumerate(self.silent)
            if entry.go is not None
        ]
        return ways

    def answer_branches(self) -> Sequence[Branch]:
        """The ways that an understood reply takes."""
        return (self.onward(),)

    def silence_ends_at(self) -> str | None:
        """Where silence leads in the end; None when it only nudges."""
        return next((entry.go for entry in reversed(self.silent) if entry.go is not None), None)

    # --- the behaviours that a kind must have -----------------------------------------------------

    def put(self, scene: Scene) -> str:
        """Say the question; what was said is returned."""
        raise ValueError(f"{type(self).__name__} has no question ({scene.step})")

    def understand(self, scene: Scene, text: str) -> Understood | None:
        """What `text` means as an answer here, None when it means nothing. Changes nothing."""
        raise ValueError(f"{type(self).__name__} understands nothing ({scene.step}, {len(text)})")

    def settle(self, scene: Scene, understood: Understood) -> str | None:
        """Keep the answer; the branch to take, or None when it must be asked again."""
        return understood.branch or "next"

    def make_ready(self, languages: tuple[str, ...]) -> None:
        """Make now what replies in these languages are read by; the first would wait for it."""
        del languages

    def worded(self) -> Text | None:
        """The text that asks."""
        return None

    def shown(self, scene: Scene) -> Collection[int]:
        """The numbers that the contact sees before the options."""
        return ()

    def highest(self, scene: Scene) -> int:
        """The highest number that is an answer here, shown or not; 0 where none is bounded."""
        return max(self.shown(scene), default=0)

    @property
    def yields_numbers(self) -> bool:
        """Whether a bare number that another open question shows is not meant for this one."""
        return False

    @property
    def takes_anything(self) -> bool:
        """Whether every text is an answer here."""
        return False

    @property
    def keeps_secret(self) -> bool:
        """Whether what is replied here is not written down."""
        return False

    def unclear_phrase(self) -> str:
        """The phrase for an unclear reply when the author wrote none."""
        return "unclear.text"

    def unclear_values(self) -> dict[str, str]:
        """What that phrase wants to know."""
        return {}

    def purpose(self) -> Purpose | None:
        """Why what is said here goes out; None is what the turn is about."""
        return None

    # --- what is the same for all -----------------------------------------------------------------

    def enter(self, scene: Scene) -> str | None:
        self.put(scene)
        self.watch(scene)
        return None

    def watch(self, scene: Scene) -> None:
        """Start counting the silence."""
        for n, entry in enumerate(self.silent):
            scene.arm_after("silent", n, entry.after.total_seconds())
        if scene.flow.expires_after is not None:
            scene.arm_after("expires", 0, scene.flow.expires_after)

    def wake(self, scene: Scene, purpose: str, n: int) -> str | None:
        entry = self.silent[n]
        if entry.go is not None:
            return f"silent:{n}"
        if entry.say is not None:
            scene.say(entry.say, purpose=self.purpose())
        else:
            self.put_now(scene)
        return None

    def put_now(self, scene: Scene) -> None:
        """Say the question; from now on its own words are what they have read."""
        scene.carried = False
        self.put(scene)

    def continues(self, before: Step, scene: Scene) -> bool:
        """A question of the same kind, which they have had the time to read."""
        return self.asks and type(before) is type(self) and before.asks and not scene.unread

    def carry_on(self, before: Step, scene: Scene) -> None:
        """The silence is counted anew, and so are the tries."""
        assert isinstance(before, Question)
        scene.carried = scene.carried or before.worded() != self.worded()
        scene.tries = 0
        scene.renew()
        self.watch(scene)

    def take(self, scene: Scene, understood: Understood) -> str | None:
        """An understood reply: keep it and go on, or ask for what is missing."""
        scene.renew()
        label = self.settle(scene, understood)
        if label is None:
            self.watch(scene)
        return label

    def reject(self, scene: Scene) -> str | None:
        """A reply that was not understood: say so, or give up."""
        scene.renew()
        if scene.carried:  # they answer words that this question does not have
            self.put_now(scene)
            label = None
        else:
            label = self.refuse(scene, self.unclear)
        if label is None:
            self.watch(scene)
        return label

    def refuse(
        self,
        scene: Scene,
        text: Text | None,
        more: Mapping[str, object] | None = None,
        *,
        told: str = "",
    ) -> str | None:
        """Count an answer that cannot be taken, and say why, in `told` if no text does; or give
        up."""
        scene.tries += 1
        scene.record("unclear", flow=scene.flow.name, tries=scene.tries)
        if scene.tries >= self.tries:
            return "give_up"
        if text is not None:
            scene.say(text, more=more, purpose=self.purpose())
        else:
            usual = phrase(self.unclear_phrase(), scene.language, **self.unclear_values())
            scene.speak(told or usual, purpose=self.purpose())
        return None
