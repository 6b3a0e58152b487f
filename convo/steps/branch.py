"""branch: goes where the first condition that holds says."""

from collections.abc import Sequence

from pydantic import Field, field_validator

from convo.language.expressions import Expression
from convo.language.texts import Text
from convo.sentences import sentence
from convo.steps.scene import Scene
from convo.steps.step import Branch as Way
from convo.steps.step import Form, Step, StepName


class Case(Form):
    """`{if: condition, go: step}`, or `{else: step}` as the last."""

    if_: Expression | None = Field(default=None, alias="if", description="The condition.")
    go: StepName | None = Field(default=None, description="Where it leads.")
    else_: StepName | None = Field(
        default=None, alias="else", description="Where it leads when nothing else held."
    )


class Branch(Step):
    """Goes where the first condition that holds says.

    which_way:
      branch:
        - {if: score >= 9, go: promoter}
        - {else: thanks}
    """

    branch: tuple[Case, ...] = Field(min_length=1, description="Cases, tried in their order.")
    say: Text | None = Field(default=None, description="Said first.")

    @field_validator("branch")
    @classmethod
    def _cases(cls, cases: tuple[Case, ...]) -> tuple[Case, ...]:
        for n, case in enumerate(cases):
            last = n == len(cases) - 1
            conditional = case.if_ is not None and case.go is not None and case.else_ is None
            otherwise = case.else_ is not None and case.if_ is None and case.go is None
            if not conditional and not otherwise:
                raise ValueError(
                    sentence("Write each case as {{if: condition, go: step}} or {{else: step}}.")
                )
            if otherwise != last:
                raise ValueError(sentence("The last case, and no other, is {{else: step}}."))
        return cases

    def branches(self) -> Sequence[Way]:
        return tuple(
            Way(
                label="decide",
                to=case.go or case.else_,
                condition=case.if_,
                path=("branch", n, "go" if case.go else "else"),
            )
            for n, case in enumerate(self.branch)
        )

    def enter(self, scene: Scene) -> str | None:
        if self.say is not None:
            scene.say(self.say)
        return "decide"
