"""tally: one counted vote for each contact, and the standing of all of them."""

import re
from collections.abc import Sequence
from typing import Any, cast

from pydantic import Field, model_validator

from convo.language.expressions import Expression
from convo.language.values import stored
from convo.sentences import sentence
from convo.steps.form import Form
from convo.steps.outside import Outside
from convo.steps.scene import Scene
from convo.steps.step import Branch, StepName

LONGEST_VOTE = 100
_NAME = re.compile(r"[^\W_][\w.-]{0,99}")


class Poll(Form):
    """What is voted on, for what, and whether a vote may be changed."""

    poll: str = Field(description="What the poll is called; flows that name the same share it.")
    per: Expression | None = Field(
        default=None, description="Counts anew for each value of this, such as `now | date`."
    )
    vote: Expression | None = Field(
        default=None,
        description="What this contact votes for; left out, the standing is only read.",
    )
    change: bool = Field(
        default=False, description="Whether a later vote takes the place of the contact's first."
    )

    @model_validator(mode="after")
    def _is_a_word(self) -> "Poll":
        if not _NAME.fullmatch(self.poll):
            raise ValueError(
                sentence('"{poll}" is no name of a poll: one word, such as lunch.', poll=self.poll)
            )
        if self.change and self.vote is None:
            raise ValueError(sentence("`change` goes with `vote`."))
        return self


class Tally(Outside):
    """Counts this contact's vote, once, and brings the standing of the poll.

    count:
      tally: {poll: lunch, per: now | date, vote: dish, change: true}
      save: standing
      failed: sorry
    counted:
      say: "Thank you! So far: {{ standing }}."

    The answer is of the kind `tally`. A text shows it with the labels of the options that were
    voted for, the most voted first: Noodles 12, Salad 7. Votes that come at the same moment add up
    exactly. Where `change` is false, a contact's first vote counts whatever comes later, and
    `voted` says where such a later one leads. When a poll closes is told by a `limit` before it.
    """

    tally: Poll = Field(description="{poll: name, per: expression, vote: expression, change: true}")
    voted: StepName | None = Field(
        default=None, description="Where it goes when an earlier vote for something else stays."
    )

    @model_validator(mode="after")
    def _can_have_voted(self) -> "Tally":
        if self.voted is not None and (self.tally.change or self.tally.vote is None):
            raise ValueError(sentence("`voted` goes with a `vote` that may not be changed."))
        return self

    def branches(self) -> Sequence[Branch]:
        ways = super().branches()
        if self.voted is None:
            return ways
        return (*ways, Branch(label="voted", to=self.voted, path=("voted",)))

    def depart(self, scene: Scene) -> None:
        poll = self.tally
        per = "" if poll.per is None else f"/{stored(poll.per.value(scene.scope()))}"
        vote = None if poll.vote is None else str(stored(poll.vote.value(scene.scope())))
        if vote is not None and len(vote) > LONGEST_VOTE:
            vote = vote[:LONGEST_VOTE]
        scene.send_out(
            "tally",
            f"{poll.poll}{per}",
            {"vote": vote, "change": poll.change},
            self.within.total_seconds(),
            key=scene.contact_key,
        )

    def hear(self, scene: Scene, value: object, failure: str) -> str | None:
        if failure:
            return super().hear(scene, None, failure)
        standing = _standing(value)
        if standing is None:
            scene.record("unfit", answer=self.save)
            return super().hear(scene, None, "no standing")
        votes, kept = standing
        label = super().hear(scene, votes, "")
        if self.tally.vote is not None:
            scene.record("voted", flow=scene.flow.name, poll=self.tally.poll, kept=kept)
        return "voted" if label == "next" and kept and self.voted is not None else label


def _standing(value: object) -> tuple[dict[str, int], bool] | None:
    """Votes by choice, and whether an earlier vote stays; None when it is something else."""
    if not isinstance(value, dict):
        return None
    said = cast(dict[str, Any], value)
    votes, kept = said.get("votes"), said.get("kept", False)
    if not isinstance(votes, dict) or not isinstance(kept, bool):
        return None
    counts = cast(dict[str, Any], votes)
    whole = all(isinstance(count, int) and count >= 0 for count in counts.values())
    return (counts, kept) if whole else None
