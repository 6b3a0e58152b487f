"""split: shares of the contacts, by hash: the same contact always goes the same way."""

import hashlib
from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from convo.language.texts import Text
from convo.sentences import sentence
from convo.steps.question import whole_number
from convo.steps.scene import Scene
from convo.steps.step import Branch, Step

MAX_ARMS = 20
Share = Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=1_000_000)]

#: Bits of the hash that a contact is placed by; shares are even to within a part of 2**64.
_BITS = 64


class Split(Step):
    """Sends shares of the contacts different ways, such as two wordings to be compared.

    which_text:
      split: {short: 50, long: 50}
      as: reminder_text

    A contact always goes the same way, after a restart too, for the way hangs on the number and
    on the name in `as` alone. Flows whose splits have the same name send a contact the same way;
    two names are independent of each other. A share is a weight: {short: 1, long: 3} is a quarter.
    """

    split: dict[str, Share] = Field(max_length=MAX_ARMS, description="Steps, each with its share.")
    as_: str | None = Field(
        default=None,
        alias="as",
        min_length=1,
        max_length=100,
        description="What it is called, in records too; left out, flow and step.",
    )
    say: Text | None = Field(default=None, description="Said first.")

    @field_validator("split")
    @classmethod
    def _somebody(cls, shares: dict[str, int]) -> dict[str, int]:
        if len(shares) < 2:
            raise ValueError(sentence("A split needs two steps or more, each with its share."))
        if not sum(shares.values()):
            raise ValueError(sentence("All shares are 0, so nobody would go anywhere."))
        return shares

    @model_validator(mode="after")
    def _goes_nowhere_else(self) -> "Split":
        if self.go is not None:
            raise ValueError(sentence("A split leads to the steps that it names; take `go` away."))
        return self

    def branches(self) -> Sequence[Branch]:
        return tuple(
            Branch(label=f"arm:{step}", to=step, path=("split", step)) for step in self.split
        )

    def enter(self, scene: Scene) -> str | None:
        if self.say is not None:
            scene.say(self.say)
        name = self.as_ or f"{scene.flow.name}/{scene.step}"
        arm = arm_of(scene.around.number.e164, name, self.split)
        scene.record("split", flow=scene.flow.name, name=name, arm=arm)
        return f"arm:{arm}"


def arm_of(contact: str, name: str, shares: dict[str, int]) -> str:
    """The way of this contact in the split called `name`: the same for ever."""
    # The name's length keeps two names apart of which one ends as a number begins.
    seed = f"{len(name)}/{name}/{contact}".encode()
    place = int.from_bytes(hashlib.blake2b(seed, digest_size=_BITS // 8).digest())
    point = place * sum(shares.values()) >> _BITS
    for arm, share in shares.items():
        if point < share:
            return arm
        point -= share
    raise ValueError("a split with no shares")
