"""set: writes answers and the contact's fields."""

from pydantic import Field

from convo.language.expressions import Expression
from convo.language.texts import Text, is_language
from convo.language.values import stored
from convo.policy.numbering import is_zone
from convo.steps.scene import Scene
from convo.steps.step import Step

CONTACT = "contact."
#: What every contact has and a flow may set, beside the fields that convo.toml declares.
SETTABLE = ("language", "zone")


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
                _set_contact(scene, name.removeprefix(CONTACT), value)
                scene.scope_kept = None
            else:
                scene.save(name, value)
        if self.say is not None:
            scene.say(self.say)
        return "next"


def _set_contact(scene: Scene, name: str, value: object) -> None:
    """A value that is no language or no zone is not taken: a wrong one would be worse than none."""
    around, kept = scene.around, stored(value)
    said = kept if isinstance(kept, str) else ""
    if name == "language" and is_language(said):
        around.language = said
    elif name == "zone" and is_zone(said):
        around.contact_zone = said
    elif name in SETTABLE:
        scene.record("ignored", why=f"this is no {name}", name=name)
    else:
        around.fields.set(name, value)
