"""How many options of a question may be chosen, and what is said to who chooses otherwise."""

from typing import Annotated, cast

from pydantic import BeforeValidator, Field, model_validator

from convo.language.phrases import phrase
from convo.sentences import sentence
from convo.steps.form import Form
from convo.steps.question import whole_number
from convo.understanding.several import Several

_Whole = Annotated[int, BeforeValidator(whole_number)]


class Many(Form):
    """Several options at once: `many: true`, or `many: {least: 1, most: 3}`.

    "1 3", "1和3", "first and third", "red and blue", "1-3", "all", "all but 2" and "none" are
    understood, in every language. The answer is of the kind `options`: the ids, in the order of the
    list. A text shows it as one would say it ("Red, Blue and Green"); conditions ask
    `'red' in colours` and `colours | length > 2`.
    """

    least: Annotated[_Whole, Field(ge=0)] = Field(
        default=1, description='How many at least; 0 takes "none" for an answer.'
    )
    most: Annotated[_Whole, Field(ge=1)] | None = Field(
        default=None, description="How many at most; left out, as many as there are."
    )

    @model_validator(mode="after")
    def _some_number_fits(self) -> "Many":
        if self.most is not None and self.least > self.most:
            raise ValueError(
                sentence(
                    "Nobody can choose at least {least} and at most {most}. Let `least` be no more "
                    "than `most`.",
                    least=self.least,
                    most=self.most,
                )
            )
        return self

    def refusal(self, chosen: Several, language: str) -> str:
        """What is said of a choice that cannot be taken; empty for one that can."""
        if chosen.unknown:
            return phrase("many.unknown", language, word=chosen.unknown)
        if len(chosen.ids) < self.least:
            return phrase("many.least", language, least=str(self.least))
        if self.most is not None and len(chosen.ids) > self.most:
            return phrase("many.most", language, most=str(self.most))
        return ""


def _in_short(raw: object) -> object:
    if isinstance(raw, dict | Many):
        return cast("object", raw)
    if raw is not True:
        raise ValueError(
            sentence("Write `many: true` or `many: {{least: 1, most: 3}}`, or leave it out.")
        )
    return {}


AnyMany = Annotated[Many, BeforeValidator(_in_short)]
