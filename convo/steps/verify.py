"""verify: a one-time code is texted, and has to come back."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from convo.core.one_time_codes import LEAST_DIGITS, MOST_DIGITS, is_code, marks
from convo.language.durations import Duration
from convo.language.texts import Text
from convo.sentences import sentence
from convo.steps.question import Question, Understood, whole_number
from convo.steps.scene import Scene
from convo.steps.step import Branch, Step

CODES_AN_HOUR = 5
"""Codes that one number is sent within an hour: more is somebody who makes us pay for them."""

HOUR_MS = 60 * 60 * 1_000
WITHIN = timedelta(minutes=10)
#: The name that the code has in the step's own text.
PIN = "pin"

Digits = Annotated[int, BeforeValidator(whole_number), Field(ge=LEAST_DIGITS, le=MOST_DIGITS)]
_GAPS = re.compile(r"[\s.-]+")


class Verify(Question):
    """Texts a one-time code and waits until it comes back.

    prove:
      verify: "{{ pin }} is your code for Salon Mei. Tell it to nobody."
      within: 10m
      go: welcome
      give_up: no_entry

    The flow's class is `otp`. The code is worked out from the server's secret and kept nowhere.
    A wrong code counts as an unclear reply; who asks for more than five codes an hour, and who
    lets the time pass, goes to `give_up`.
    """

    verify: Text = Field(description="The text that tells the code; `{{ pin }}` is the code.")
    digits: Digits = Field(default=6, description=f"{LEAST_DIGITS} to {MOST_DIGITS}.")
    within: Duration = Field(default=WITHIN, description="How long the code is good for.")

    @field_validator("verify")
    @classmethod
    def _tells_it(cls, text: Text) -> Text:
        if PIN not in text.variables:
            raise ValueError(sentence("The text must tell the code: write {{{{ pin }}}} in it."))
        return text

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Verify":
        if self.give_up is None:
            raise ValueError(sentence("Say where it goes without the right code: `give_up`."))
        return self

    @property
    def keeps_secret(self) -> bool:
        return True

    def silence_ends_at(self) -> str | None:
        return self.give_up  # the code's time is the silence's

    def continues(self, before: Step, scene: Scene) -> bool:
        """A code is good for the question that it came with; another question texts another."""
        return False

    def branches(self) -> Sequence[Branch]:
        late = Branch(label="late", to=self.give_up, path=("give_up",))
        return (*super().branches(), late)

    def worded(self) -> Text | None:
        return self.verify

    def enter(self, scene: Scene) -> str | None:
        if not self.put(scene):
            return "give_up"
        self.watch(scene)
        scene.arm_after("late", 0, self.within.total_seconds())
        return None

    def put(self, scene: Scene) -> str:
        """Text a new code, which the one before is not good beside; "" where none could go."""
        around = scene.around
        around.codes[:] = [at for at in around.codes if at > scene.now_ms - HOUR_MS]
        if len(around.codes) >= CODES_AN_HOUR:
            scene.record("refused", rule="codes-hour", kind=scene.flow.message_class)
            return ""
        before = len(around.sent)
        said = scene.say(self.verify, more={PIN: marks(self.digits)})
        if len(around.sent) == before:
            return ""  # the gate has recorded why
        around.codes.append(scene.now_ms)
        scene.partial = around.sent[-1]
        return said

    def wake(self, scene: Scene, purpose: str, n: int) -> str | None:
        return "late" if purpose == "late" else super().wake(scene, purpose, n)

    def understand(self, scene: Scene, text: str) -> Understood | None:
        said = _GAPS.sub("", unicodedata.normalize("NFKC", text))
        if len(said) != self.digits or not (said.isascii() and said.isdigit()):
            return None
        right = is_code(said, scene.around.secret, str(scene.partial), self.digits)
        return Understood(value=right)

    def take(self, scene: Scene, understood: Understood) -> str | None:
        if understood.value is True:
            return super().take(scene, understood)
        return self.reject(scene)

    def reject(self, scene: Scene) -> str | None:
        """A wrong code, or no code: the time goes on, unlike that of other questions."""
        return self.refuse(scene, self.unclear)

    def unclear_phrase(self) -> str:
        return "unclear.code"
