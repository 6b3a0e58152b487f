"""do: an action, Python of the business's own in keyword_handlers/."""

from pydantic import Field, model_validator

from convo.core.events import ALL_TAKEN
from convo.language.expressions import Expression
from convo.language.values import packed, plain
from convo.sentences import sentence
from convo.steps.outside import Outside, worked_out
from convo.steps.scene import Scene

#: Built in: takes one of a number of places, once for each contact.
RESERVE = "reserve"
LIMIT = "limit"
#: Built in: gives the contact a code of a pool in convo.toml, nobody else's.
CODE = "code"
POOL = "pool"

BUILT_IN = frozenset((RESERVE, CODE))


class Do(Outside):
    """Calls an action of keyword_handlers/, which may be called twice under one key.

        book:
          do: calendar.book
          with: {service: service, at: when}
          failed: front_desk

    `do: reserve` is built in: `with: {name: "'lunch'", limit: 50}` takes one of 50 places for
    this contact and answers its number; the same contact gets the same place again, and it
    fails when all are taken. All but `limit` is the name of the places: {poll: "'lunch'",
    dish: dish} counts every dish by itself.

    `do: code` is built in: `with: {pool: "'spring'"}` answers a code of `[codes.spring]` in
    convo.toml that no other contact has; the same contact gets the same code again, and it
    fails when all are given.
    """

    do: str = Field(min_length=1, description="The action's name.")
    with_: dict[str, Expression] = Field(
        default={}, alias="with", description="What it is given: names and expressions."
    )

    @model_validator(mode="after")
    def _names_its_pool(self) -> "Do":
        if self.do == CODE and self.with_.keys() != {POOL}:
            raise ValueError(
                sentence("`do: code` is given its pool: with: {{pool: \"'spring'\"}}.")
            )
        return self

    def depart(self, scene: Scene) -> None:
        given = worked_out(self.with_, scene)
        if self.do == CODE:
            scene.send_out("code", str(given[POOL]), {}, self.seconds, key=scene.contact_key)
            return
        if self.do != RESERVE:
            scene.send_out("action", self.do, packed(given), self.seconds)
            return
        said = plain(given)
        limit = {LIMIT: said.pop(LIMIT)} if LIMIT in said else {}
        name = "/".join(str(part) for part in said.values()) or scene.flow.name
        scene.send_out("reserve", name, limit, self.seconds, key=scene.contact_key)

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        taken = self.do == RESERVE and value is None and not failure
        return super().hear(scene, value, ALL_TAKEN if taken else failure)

    @property
    def seconds(self) -> float:
        return self.within.total_seconds()
