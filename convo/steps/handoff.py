"""handoff: a person takes over; the bot is silent until it is given back."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from convo.language.durations import Duration
from convo.language.texts import Text
from convo.steps.scene import Scene
from convo.steps.step import Branch, Step, StepName

#: A person's hold ends by itself, or a forgotten one would silence the bot for good.
HOLD = timedelta(hours=24)


class Handoff(Step):
    """A person takes over. Texts are kept for them, and the bot is silent meanwhile.

    front_desk:
      handoff: front-desk
      say: One moment, a person will answer you here.
      go: end
    """

    handoff: str = Field(min_length=1, description="Who takes over: a name of yours.")
    say: Text | None = Field(default=None, description="Said first.")
    back: StepName | None = Field(
        default=None, description="Where it goes on when given back; else onward."
    )
    within: Duration = Field(default=HOLD, description="The hold ends by itself after this.")

    def branches(self) -> Sequence[Branch]:
        return (self.onward(), Branch(label="back", to=self.back or self.go, path=("back",)))

    def enter(self, scene: Scene) -> str | None:
        if self.say is not None:
            scene.say(self.say)
        scene.record("handed_over", flow=scene.flow.name, to=self.handoff)
        scene.arm_after("handoff", 0, self.within.total_seconds())
        return None

    def continues(self, before: Step, scene: Scene) -> bool:
        """The person who has the conversation keeps it, for as long as was said then."""
        return isinstance(before, Handoff)

    def wake(self, scene: Scene, purpose: str, n: int) -> str | None:
        return "next"

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        return "back"
