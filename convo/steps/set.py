"""set: writes answers and the contact's fields."""

from pydantic import Field

from convo.language.expressions import Expression
from convo.language.texts import Text
from convo.steps.scene import Scene
from convo.steps.step import Step

CONTACT = "contact."


class Set(Step):
    """Writes answers, and fields of the contact that convo.toml declares.

    promoter:
      set: {contact.fan: true}
      say: Wonderful!
    """

    set: dict[str, Expression] = Field(
        min_length=1, description="Name and value; values are expressions ('late' is a text)."
    )
    say: Text | None = Field(default=None, description="Said after setting.")

    def enter(self, scene: Scene) -> str | None:
        for name, expression in self.set.items():
            value = expression.value(scene.scope())
            if name.startswith(CONTACT):
                scene.around.fields.set(name.removeprefix(CONTACT), value)
                scene.scope_kept = None
            else:
                scene.save(name, value)
        if self.say is not None:
            scene.say(self.say)
        return "next"
