"""limit: the first so many, or until a deadline; no two contacts ever have the same place."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from convo.core.events import ALL_TAKEN
from convo.language.durations import Moment
from convo.sentences import sentence
from convo.steps.outside import Errand
from convo.steps.question import whole_number
from convo.steps.scene import Scene
from convo.steps.step import Branch, Form, StepName

MAX_PLACES = 1_000_000_000


class Places(Form):
    """How many there are, for how long, and what they are called."""

    first: Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=MAX_PLACES)] | None = Field(
        default=None, description="So many contacts get a place, one each."
    )
    of: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="What the places are called; flows that name the same share them. "
        "Left out, the flow's own.",
    )
    until: Moment | None = Field(
        default=None,
        description="The last moment, by the contact's clock: `2026-12-01 18:00`, an expression, "
        "or `18:00`, which is today's.",
    )

    @model_validator(mode="after")
    def _limits_something(self) -> "Places":
        if self.first is None and self.until is None:
            raise ValueError(
                sentence("Say how many (`first: 50`), until when (`until: ...`), or both.")
            )
        if self.first is None and self.of is not None:
            raise ValueError(sentence("`of` names places that are counted: add `first: 50`."))
        if self.until is not None and self.until.counts_from_now:
            raise ValueError(
                sentence(
                    "This `until` counts from now and is never past. Write a time such as "
                    '"2026-12-01 18:00", or `2h after` a time that was saved.'
                )
            )
        return self


class Limit(Errand):
    """Lets the first so many through, or those who come before a deadline, or both.

    places:
      limit: {first: 50, of: spring_offer, until: "2026-12-01 18:00"}
      save: place
      else: waiting

    Each contact has one place: who comes again gets the same number again. However many come at
    once, never more than `first` go on.
    """

    limit: Places = Field(description="{first: 50, of: name, until: moment}.")
    else_: StepName = Field(alias="else", description="Where it goes when it is full or too late.")
    failed: StepName | None = Field(
        default=None, description="Where it goes when nobody can say; left out, as `else`."
    )

    @model_validator(mode="after")
    def _saves_a_place(self) -> "Limit":
        if self.save is not None and self.limit.first is None:
            raise ValueError(sentence("`save` keeps the place's number, so it goes with `first`."))
        return self

    def branches(self) -> Sequence[Branch]:
        late = Branch(label="full", to=self.else_, path=("else",))
        if self.limit.first is None:
            return (self.onward(), late)
        failed = ("else",) if self.failed is None else ("failed",)
        return (
            self.onward(),
            late,
            Branch(label="failed", to=self.failed or self.else_, path=failed),
        )

    def enter(self, scene: Scene) -> str | None:
        until = self.limit.until
        if until is not None and scene.around.now > until.deadline(scene.local_scope()):
            scene.record("full", flow=scene.flow.name, why="too late")
            return "full"
        if self.limit.first is not None:
            return super().enter(scene)
        if self.say is not None:
            scene.say(self.say)
        return "next"

    def depart(self, scene: Scene) -> None:
        name, seconds = self.limit.of or scene.flow.name, self.within.total_seconds()
        limit = {"limit": self.limit.first}
        scene.send_out("reserve", name, limit, seconds, key=scene.contact_key)

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        if failure == ALL_TAKEN:
            scene.errand = None
            scene.record("full", flow=scene.flow.name, why=failure)
            return "full"
        return super().hear(scene, value, failure)
