"""What every step kind is: a form that authors fill in, with ways out and two behaviours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from convo.language.expressions import Expression
from convo.steps.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A way out of a step. `to` None is the step's `go`, or the next step in the file."""

    label: str
    to: str | None = None
    #: Taken when this holds; branches of one label are tried in their order.
    condition: Expression | None = None
    #: Where `to` is written below the step, for errors.
    path: tuple[str | int, ...] = ()


def _as_text(raw: object) -> object:
    return None if raw is None else str(raw)


StepName = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]


class Form(BaseModel):
    """A piece of a flow file: frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Step(Form):
    """The base of all kinds. Kinds override what they need."""

    go: StepName | None = Field(
        default=None, description="The step that follows; left out, the next one in the file."
    )

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

    def enter(self, scene: Scene) -> str | None:
        """Arrive here: the label of the branch to take, or None to stay and wait."""
        return "next"

    def wake(self, scene: Scene, purpose: str, n: int) -> str | None:
        """A timer of this step has come due: the branch to take, or None to stay."""
        raise ValueError(f"{type(self).__name__} has no timer {purpose}/{n} ({scene.step})")

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        """An errand's answer, or a person's or a flow's return: the branch to take."""
        raise ValueError(f"{type(self).__name__} awaits no answer ({scene.step}: {failure})")
