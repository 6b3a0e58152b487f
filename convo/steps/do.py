"""do: an action, Python of the business's own in keyword_handlers/."""

from pydantic import Field

from convo.language.expressions import Expression
from convo.steps.outside import Outside, worked_out
from convo.steps.scene import Scene

#: The action that is built in: it takes one of a number of places, once for each contact.
RESERVE = "reserve"


class Do(Outside):
    """Calls an action of keyword_handlers/, which may be called twice under one key.

        book:
          do: calendar.book
          with: {service: service, at: when}
          failed: front_desk

    `do: reserve` is built in: `with: {name: "'lunch'", limit: 50}` takes one of 50 places for
    this contact and answers its number; the same contact gets the same place again, and it
    fails when all are taken.
    """

    do: str = Field(min_length=1, description="The action's name.")
    with_: dict[str, Expression] = Field(
        default={}, alias="with", description="What it is given: names and expressions."
    )

    def depart(self, scene: Scene) -> None:
        given = worked_out(self.with_, scene)
        if self.do == RESERVE:
            scene.send_out("reserve", str(given.get("name", scene.flow.name)), given, self.seconds)
        else:
            scene.send_out("action", self.do, given, self.seconds)

    @property
    def seconds(self) -> float:
        return self.within.total_seconds()
