"""ask: a question whose answer has a type."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from convo.language.phrases import phrase
from convo.language.texts import Text
from convo.steps.answers import AMONG, MEANT, called, make_ready, reading, understood_answer
from convo.steps.expect import Expect, Expected
from convo.steps.question import Must, Question, Understood
from convo.steps.scene import Scene
from convo.steps.step import Branch

#: The phrase that asks for the half of a date and time that is still missing.
_MISSING = {"day": "missing.time", "time": "missing.day"}

#: Questions for a number up to this leave room above it for the numbers of other lists; a score
#: goes to 10, a party has 20.
MAX_NUMBERED = 20


class Ask(Question):
    """Asks, and waits for an answer of a type.

    day:
      ask: Which day and time?
      expect: datetime
      save: when
      must:
        - {that: when > now, else: That time has passed.}
    """

    ask: Text = Field(description="The question.")
    expect: Expected = Field(
        default=Expect(kind="text"),
        description=(
            "What kind of answer is awaited: a type, such as `datetime` (below), or a list of "
            "words, such as `[red, blue]`."
        ),
    )
    save: str | None = Field(default=None, description="The answer that keeps it.")
    must: tuple[Must, ...] = Field(
        default=(), description="Conditions; the first that fails says its `else`."
    )
    zone: Literal["business", "contact"] = Field(
        default="business", description="Whose clock times in the answer are read by."
    )

    def answer_branches(self) -> Sequence[Branch]:
        return (self.onward(),)

    def put(self, scene: Scene) -> str:
        return scene.say(self.ask)

    def understand(self, scene: Scene, text: str) -> Understood | None:
        zone = scene.around.find_contact_zone() if self.zone == "contact" else scene.around.zone
        return understood_answer(self.expect, text, reading(scene, zone))

    def make_ready(self, languages: tuple[str, ...]) -> None:
        make_ready(self.expect, languages)

    def worded(self) -> Text:
        return self.ask

    def shown(self, scene: Scene) -> Collection[int]:
        return scene.numbers

    def highest(self, scene: Scene) -> int:
        if scene.numbers:
            return max(scene.numbers)
        bounds = self.expect.number
        known = None if bounds is None or bounds.min is None or bounds.min < 0 else bounds.max
        return int(known) if known is not None and known <= MAX_NUMBERED else 0

    @property
    def yields_numbers(self) -> bool:
        return self.expect.name in ("text", "name", "option", "yes_no", "email")

    @property
    def takes_anything(self) -> bool:
        return self.expect.name in ("text", "name")

    def settle(self, scene: Scene, understood: Understood) -> str | None:
        if understood.partial is not None:
            scene.partial = understood.partial
            scene.speak(self._asked_for(understood.partial, scene))
            return None
        scene.partial, scene.numbers = None, ()
        before = dict(scene.answers)
        scene.save(self.save, understood.value)
        answer: dict[str, Any] = {"answer": understood.value}
        for must in self.must:
            if not must.that.value(scene.scope_with(answer)):
                scene.answers = before
                scene.scope_kept = None
                return self.refuse(scene, must.else_, answer)
        return "next"

    def reject(self, scene: Scene) -> str | None:
        if scene.partial and (MEANT in scene.partial or AMONG in scene.partial):
            # It was none of these, so a yes or a number later on says nothing.
            scene.partial, scene.numbers = None, ()
        return super().reject(scene)

    def unclear_phrase(self) -> str:
        bounds = self.expect.number
        if bounds is None:
            return "unclear.words" if self.expect.option else f"unclear.{self.expect.name}"
        match (bounds.min, bounds.max):
            case (None, None):
                return "unclear.number_whole" if bounds.whole else "unclear.number"
            case (_, None):
                return "unclear.number_least"
            case (None, _):
                return "unclear.number_most"
            case _:
                return "unclear.number_range"

    def unclear_values(self) -> dict[str, str]:
        if self.expect.pattern is not None:
            return {"example": self.expect.pattern.example}
        bounds = self.expect.number
        if bounds is None:
            return {}
        known = {"least": bounds.min, "most": bounds.max}
        return {name: f"{bound:g}" for name, bound in known.items() if bound is not None}

    def _asked_for(self, partial: Mapping[str, str], scene: Scene) -> str:
        """The question for the rest of an answer, or for what was meant."""
        scene.numbers = ()
        if MEANT in partial:
            return phrase("near_word.asked", scene.language, word=partial[MEANT])
        if AMONG in partial:
            return self._which(partial[AMONG].split(), scene)
        return phrase(_MISSING[next(iter(partial))], scene.language)

    def _which(self, ids: Sequence[str], scene: Scene) -> str:
        """Several places of one name: with numbers that no other open question shows."""
        first = scene.around.highest_number(scene.session, scene.channel) + 1
        scene.numbers = tuple(range(first, first + len(ids)))
        places = scene.around.places[self.expect.place or ""]
        lines = (
            f"{number} {called(places[id], scene.language)}"
            for number, id in zip(scene.numbers, ids, strict=True)
        )
        return phrase("which.question", scene.language, list="\n".join(lines))
