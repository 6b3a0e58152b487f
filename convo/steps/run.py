"""run: another flow, then back here."""

from pydantic import Field

from convo.language.expressions import Expression
from convo.language.texts import Text
from convo.steps.outside import worked_out
from convo.steps.scene import Scene
from convo.steps.step import Step


class Run(Step):
    """Runs another flow and comes back when it has ended.

    ask_address:
      run: address
      with: {name: name}
      save: how_it_went
    """

    run: str = Field(min_length=1, description="The flow's name.")
    with_: dict[str, Expression] = Field(
        default={}, alias="with", description="Its first answers: names and expressions."
    )
    save: str | None = Field(default=None, description="The answer that keeps its outcome.")
    say: Text | None = Field(default=None, description="Said first.")

    def enter(self, scene: Scene) -> str | None:
        if self.say is not None:
            scene.say(self.say)
        scene.pushed = (self.run, worked_out(self.with_, scene))
        return None

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        scene.save(self.save, value)
        return "next"
