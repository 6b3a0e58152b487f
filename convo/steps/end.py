"""end: the conversation is over, with an outcome that is counted."""

from collections.abc import Sequence

from pydantic import Field

from convo.language.texts import Text
from convo.steps.scene import Scene
from convo.steps.step import Branch, Step

#: The state that every flow ends in; no step may be called so.
END = "end"


class End(Step):
    """Ends the flow with an outcome that is counted.

    let_go:
      end: lapsed
    """

    end: str = Field(min_length=1, description="The outcome, in one word of yours.")
    say: Text | None = Field(default=None, description="Said first.")

    def branches(self) -> Sequence[Branch]:
        return (Branch(label="next", to=END),)

    def enter(self, scene: Scene) -> str | None:
        if self.say is not None:
            scene.say(self.say)
        scene.outcome = self.end
        return "next"
