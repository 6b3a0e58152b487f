"""confirm: yes or no, in every spelling of the language."""

from collections.abc import Sequence

from pydantic import Field

from convo.language.texts import Text
from convo.steps.question import NOTHING, Question, Understood, yes_or_no
from convo.steps.scene import Scene
from convo.steps.step import Branch, StepName


class Confirm(Question):
    """Asks for yes or no.

    sure:
      confirm: "Tuesday at three. Reply YES to confirm or NO to change it."
      yes: book
      no: day
    """

    confirm: Text = Field(description="The question.")
    yes: StepName | None = Field(default=None, description="Where yes leads; else onward.")
    no: StepName = Field(description="Where no leads.")

    def unclear_phrase(self) -> str:
        return "unclear.yes_no"

    def answer_branches(self) -> Sequence[Branch]:
        return (
            Branch(label="yes", to=self.yes or self.go, path=("yes",)),
            Branch(label="no", to=self.no, path=("no",)),
        )

    def put(self, scene: Scene) -> str:
        return scene.say(self.confirm)

    def make_ready(self, languages: tuple[str, ...]) -> None:
        yes_or_no(NOTHING, languages)

    def worded(self) -> Text:
        return self.confirm

    @property
    def yields_numbers(self) -> bool:
        return True

    def understand(self, scene: Scene, text: str) -> Understood | None:
        return yes_or_no(text, scene.flow.reads)
