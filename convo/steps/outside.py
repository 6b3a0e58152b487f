"""What do, call and limit share: an errand goes out, and its answer or its failure comes back."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from convo.language.durations import Duration
from convo.language.expressions import Expression
from convo.language.texts import Text
from convo.steps.scene import Scene
from convo.steps.step import Branch, Step, StepName

#: How long an errand may take when the step does not say.
WITHIN = timedelta(seconds=30)
#: What the runtime gets beyond that to bring the answer home, in seconds.
GRACE_S = 15.0


class Errand(Step):
    """The common form of the kinds that wait for an errand's answer."""

    save: str | None = Field(default=None, description="The answer that keeps what comes back.")
    within: Duration = Field(default=WITHIN, description="How long it may take.")
    say: Text | None = Field(default=None, description="Said before it is done.")

    def depart(self, scene: Scene) -> None:
        """Send the errand out."""
        raise ValueError(f"{type(self).__name__} goes nowhere ({scene.step})")

    def enter(self, scene: Scene) -> str | None:
        if self.say is not None:
            scene.say(self.say)
        self.depart(scene)
        scene.arm_after("errand", 0, self.within.total_seconds() + GRACE_S)
        return None

    def wake(self, scene: Scene, purpose: str, n: int) -> str | None:
        scene.record("answered", id=scene.errand, failure="no answer in time")
        scene.errand = None
        return "failed"

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        scene.errand = None
        if failure:
            return "failed"
        if self.save is not None and not scene.fits(self.save, value):
            # Kept, it would fail every turn that reads the answers from here on.
            scene.record("unfit", answer=self.save)
            return "failed"
        scene.save(self.save, value)
        return "next"


class Outside(Errand):
    """The common form of the kinds that go outside."""

    failed: StepName = Field(description="Where it goes when it fails or takes too long.")

    def branches(self) -> Sequence[Branch]:
        return (self.onward(), Branch(label="failed", to=self.failed, path=("failed",)))


def worked_out(arguments: dict[str, Expression], scene: Scene) -> dict[str, object]:
    """The arguments' values as they are now."""
    return {name: expression.value(scene.scope()) for name, expression in arguments.items()}
