"""wait: for a time, or until one."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Discriminator, Field, Tag, model_validator

from convo.language.durations import Duration, Moment
from convo.language.texts import Text
from convo.sentences import sentence
from convo.steps.scene import Scene
from convo.steps.step import Branch, Form, Step, StepName


class Until(Form):
    """`{until: moment}`."""

    until: Moment = Field(
        description="A time: an expression, `24h before when`, `9:00`, or every year "
        "`9:00 on every contact.birthday or 1 Mar` (what 29 February is else; left out, 28 Feb)."
    )


def _manner(raw: object) -> str:
    return "until" if isinstance(raw, dict | Until) else "length"


class Wait(Step):
    """Waits for a time, or until one; the contact may start other things meanwhile.

    the_day_before:
      wait: {until: 24h before when}
    """

    wait: Annotated[
        Annotated[Duration, Tag("length")] | Annotated[Until, Tag("until")],
        Discriminator(_manner),
    ] = Field(description="10m, 2h, 3 days, or {until: moment}.")
    missed: StepName | None = Field(
        default=None, description="Where it goes when the moment is past already; else onward."
    )
    say: Text | None = Field(default=None, description="Said before waiting.")

    @model_validator(mode="after")
    def _missed_needs_until(self) -> "Wait":
        if self.missed is not None and not isinstance(self.wait, Until):
            raise ValueError(
                sentence("`missed` goes with {{until: ...}}: a length of time is never missed.")
            )
        return self

    def branches(self) -> Sequence[Branch]:
        onward = (self.onward(),)
        if self.missed is None:
            return onward
        return (*onward, Branch(label="missed", to=self.missed, path=("missed",)))

    def enter(self, scene: Scene) -> str | None:
        if self.say is not None:
            scene.say(self.say)
        if not isinstance(self.wait, Until):
            scene.arm_after("wait", 0, self.wait.total_seconds())
            return None
        due = int(self.wait.until.at(scene.local_scope()).timestamp() * 1000)
        if due <= scene.now_ms:
            return "next" if self.missed is None else "missed"
        scene.arm("wait", 0, due)
        return None

    def continues(self, before: Step, scene: Scene) -> bool:
        """A wait that has begun keeps its end."""
        return isinstance(before, Wait)

    def wake(self, scene: Scene, purpose: str, n: int) -> str | None:
        return "next"
