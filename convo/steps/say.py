"""say: sends a text and goes on."""

from pydantic import Field

from convo.language.texts import Text
from convo.steps.scene import Scene
from convo.steps.step import Step


class Say(Step):
    """Sends a text and goes on.

    thanks:
      say: {en: Thank you!, zh: 谢谢！}
    """

    say: Text = Field(description="The text, or one for each language.")

    def enter(self, scene: Scene) -> str | None:
        scene.say(self.say)
        return "next"
