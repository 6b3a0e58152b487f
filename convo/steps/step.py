"""What every step kind is: a form that authors fill in, with ways out and two behaviours."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field, model_validator

from convo.language.expressions import Expression
from convo.language.texts import Text
from convo.sentences import sentence
from convo.steps.attributes import AnyEvent, AnyTags, Later, Link
from convo.steps.form import Form, StepName
from convo.steps.scene import Scene

__all__ = ["Branch", "Form", "Step", "StepName"]

#: Entries of one step: more is a flow of its own.
MAX_LATER = 5
#: As many as Twilio takes in one message.
MAX_MEDIA = 10
#: Characters of all links together: where they stand in the text, each is half a part and more.
LONGEST_LINKS = 600
#: Where the kinds have the text that they say when they are come to.
SPEAKING = ("say", "ask", "choose", "confirm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A way out of a step. `to` None is the step's `go`, or the next step in the file."""

    label: str
    to: str | None = None
    #: Taken when this holds; branches of one label are tried in their order.
    condition: Expression | None = None
    #: Where `to` is written below the step, for errors.
    path: tuple[str | int, ...] = ()


class Step(Form):
    """The base of all kinds. Kinds override what they need."""

    go: StepName | None = Field(
        default=None, description="The step that follows; left out, the next one in the file."
    )
    tag: AnyTags | None = Field(
        default=None,
        description="Tags the contact when the step is come to: `vip`, a list, or "
        "`{add: [..], remove: [..]}`. Conditions ask `'vip' in contact.tags`.",
    )
    note: Text | None = Field(
        default=None, description="A text for staff, never sent: `convo notes` lists them."
    )
    emit: AnyEvent | None = Field(
        default=None,
        description="An event for your own systems: `order.paid`, or "
        "`{event: order.paid, with: {amount: amount}}`. The conversation does not wait for it.",
    )
    later: tuple[Later, ...] = Field(
        default=(),
        max_length=MAX_LATER,
        description="What begins later beside this conversation, which goes on and may end: "
        "`[{at: 24h before when, go: remind}]`. STOP, and an event that the flow listens to, "
        "drop it; coming to the step again moves it.",
    )

    media: tuple[Link, ...] = Field(
        default=(),
        max_length=MAX_MEDIA,
        description="Pictures and the like by their https:// links. They travel as MMS where the "
        "channel carries it to the contact (`media` of the channel in convo.toml); elsewhere the "
        "links stand behind the step's text and are counted in its parts. Asked again, a question "
        "comes without them.",
    )
    via: str = Field(
        default="",
        description="Another of your channels, by which this step's texts go: `via: mail`. A "
        "question stays on the channel of the conversation, for there it is answered.",
    )

    @model_validator(mode="after")
    def _asks_where_it_is_answered(self) -> "Step":
        if self.via and self.asks:
            raise ValueError(
                sentence(
                    "A question is asked on the channel of the conversation, where it is answered. "
                    "Say it by `via` in a step before."
                )
            )
        return self

    @model_validator(mode="after")
    def _has_a_text_for_its_media(self) -> "Step":
        said = vars(self)
        if sum(map(len, self.media)) > LONGEST_LINKS:
            raise ValueError(
                sentence(
                    "The links of `media` have more than {longest_links} characters together, and "
                    "must fit behind the text where no MMS goes. Shorten them.",
                    longest_links=LONGEST_LINKS,
                )
            )
        if self.media and not any(isinstance(said.get(name), Text) for name in SPEAKING):
            raise ValueError(sentence("`media` goes with a text: add `say`, or take it away."))
        return self

    @property
    def asks(self) -> bool:
        """Whether an answer of the contact is awaited here."""
        return False

    def branches(self) -> Sequence[Branch]:
        """Every way out, in the order in which they are tried."""
        return (self.onward(),)

    def onward(self) -> Branch:
        """The way that `go`, or else the file's order, names."""
        return Branch(label="next", to=self.go, path=("go",))

    def arrive(self, scene: Scene) -> str | None:
        """Come to this step, with all that any step may do: what `enter` says of the way on.

        The tag counts for what is said here; note and event know what the step has set.
        """
        if self.tag is not None:
            self.tag.settle(scene)
        scene.via = self.via
        scene.media = self.media
        label = self.enter(scene)
        scene.via, scene.media = "", ()
        if self.note is not None:
            scene.note(self.note)
        if self.emit is not None:
            self.emit.settle(scene)
        for n, entry in enumerate(self.later):
            entry.settle(scene, n)
        return label

    def enter(self, scene: Scene) -> str | None:
        """Arrive here: the label of the branch to take, or None to stay and wait."""
        return "next"

    def wake(self, scene: Scene, purpose: str, n: int) -> str | None:
        """A timer of this step has come due: the branch to take, or None to stay."""
        raise ValueError(f"{type(self).__name__} has no timer {purpose}/{n} ({scene.step})")

    def leave(self, scene: Scene, label: str) -> None:
        """It has waited, and is now left by `label`, or for good without one: tidy up."""

    def is_as(self, other: "Step | None") -> bool:
        """Whether both were written alike, and in the same order: options are numbered by it."""
        if other is None or type(self) is not type(other):
            return False
        return self.model_dump_json() == other.model_dump_json()

    def continues(self, before: "Step", scene: Scene) -> bool:
        """Whether who waits at `before`, in an older version, may wait on here without a word."""
        return False

    def carry_on(self, before: "Step", scene: Scene) -> None:
        """Wait here for what was waited for at `before`, which this step continues."""

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        """An errand's answer, or a person's or a flow's return: the branch to take."""
        raise ValueError(f"{type(self).__name__} awaits no answer ({scene.step}: {failure})")
