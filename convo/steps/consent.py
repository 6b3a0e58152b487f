"""consent: asks for, gives or withdraws consent to a programme; the text shown is the proof."""

from collections.abc import Sequence

from pydantic import Field, model_validator

from convo.core.saying import Purpose
from convo.language.texts import Text
from convo.policy.consent import may_ask
from convo.sentences import sentence
from convo.steps.question import NOTHING, Question, Understood, yes_or_no
from convo.steps.scene import Scene
from convo.steps.step import Branch, Form, Step, StepName

#: The contact's own link to say yes by, as the text that asks names it.
OPT_IN_LINK = "opt_in_link"


class Act(Form):
    """Exactly one of ask, give and withdraw, with a programme of convo.toml."""

    ask: str | None = Field(default=None, description="The programme to ask about.")
    give: str | None = Field(default=None, description="The programme that is joined here.")
    withdraw: str | None = Field(default=None, description="The programme that is left here.")

    @model_validator(mode="after")
    def _one_act(self) -> "Act":
        if sum(act is not None for act in (self.ask, self.give, self.withdraw)) != 1:
            raise ValueError(
                sentence("Write one of {{ask: programme}}, {{give: ...}} and {{withdraw: ...}}.")
            )
        return self

    @property
    def programme(self) -> str:
        return self.ask or self.give or self.withdraw or ""


class Consent(Question):
    """Asks for, gives or withdraws consent to a programme; the text shown is kept as proof.

    invite:
      consent: {ask: survey}
      confirm: Reply YES to get about 2 texts a month. STOP to end.
      yes: joined
      no: no_thanks
    """

    consent: Act = Field(description="{ask: programme}, {give: ...} or {withdraw: ...}.")
    confirm: Text | None = Field(
        default=None,
        description="The question, with `ask`. `{{ opt_in_link }}` in it is a link of the "
        "contact's own, whose button says yes as well, once and while the request is open.",
    )
    say: Text | None = Field(default=None, description="Said, with `give` and `withdraw`.")
    yes: StepName | None = Field(default=None, description="Where yes leads; else onward.")
    no: StepName | None = Field(default=None, description="Where no leads.")
    declined: Text | None = Field(
        default=None, description="Said to a no; like the question, it needs no consent."
    )

    @model_validator(mode="after")
    def _fits(self) -> "Consent":
        if self.consent.ask is not None and (self.confirm is None or self.no is None):
            raise ValueError(
                sentence("{{ask: ...}} needs `confirm`, the text that asks, and `no`.")
            )
        asking = (self.confirm, self.yes, self.no, self.declined, self.silent)
        if self.consent.ask is None and any(asking):
            raise ValueError(
                sentence("confirm, yes, no, declined and silent go with {{ask: ...}} only.")
            )
        return self

    @property
    def asks(self) -> bool:
        return self.consent.ask is not None

    def continues(self, before: Step, scene: Scene) -> bool:
        """Nobody agrees to a text that they have not read."""
        if not isinstance(before, Consent) or before.consent != self.consent:
            return False
        return before.confirm == self.confirm and super().continues(before, scene)

    def branches(self) -> Sequence[Branch]:
        return super().branches() if self.asks else (self.onward(),)

    def unclear_phrase(self) -> str:
        return "unclear.yes_no"

    def answer_branches(self) -> Sequence[Branch]:
        return (
            Branch(label="yes", to=self.yes or self.go, path=("yes",)),
            Branch(label="no", to=self.no, path=("no",)),
        )

    def enter(self, scene: Scene) -> str | None:
        act = self.consent
        if act.ask is not None:
            state = scene.around.consent_to(act.ask)
            if state == "given":
                return "yes"
            if not may_ask(state, scene.around.by_word):
                scene.record("refused", programme=act.ask, rule="asked-before")
                return "no"
            proof = self.put(scene)
            scene.consent(act.ask, "asked", proof)
            self.watch(scene)
            return None
        # The word that brought them here is the proof; what is said now only tells of it.
        if act.give is not None:
            around = scene.around
            if around.yes_rule and around.consent_to(act.give) not in ("asked", "given"):
                scene.record("refused", programme=act.give, rule=around.yes_rule)
                return "next"
            scene.consent(act.give, "given", around.text)
        else:
            scene.consent(act.programme, "withdrawn", scene.around.text)
        if self.say is not None:
            scene.say(self.say)
        return "next"

    def purpose(self) -> Purpose | None:
        """The question needs no consent to be asked, nor to be asked again."""
        return "consent" if self.asks else None

    def put(self, scene: Scene) -> str:
        if self.confirm is None:
            return ""
        more: dict[str, object] = {}
        if OPT_IN_LINK in self.confirm.variables:
            more[OPT_IN_LINK] = scene.opt_in_link(self.consent.programme)
        return scene.say(self.confirm, purpose=self.purpose(), more=more)

    def worded(self) -> Text | None:
        return self.confirm

    @property
    def yields_numbers(self) -> bool:
        return True

    def make_ready(self, languages: tuple[str, ...]) -> None:
        yes_or_no(NOTHING, languages)

    def understand(self, scene: Scene, text: str) -> Understood | None:
        return yes_or_no(text, scene.flow.reads)

    def settle(self, scene: Scene, understood: Understood) -> str | None:
        if understood.value is False:
            if self.declined is not None:
                scene.say(self.declined, purpose=self.purpose())
        elif scene.around.consent_to(self.consent.programme) in ("unknown", "withdrawn"):
            # The yes came when the request was not open any more: they are asked once more.
            scene.record("consent", programme=self.consent.programme, state="asked again")
            scene.consent(self.consent.programme, "asked", self.put(scene))
            return None
        return understood.branch

    def leave(self, scene: Scene, label: str) -> None:
        """An asking without a yes leaves nothing behind, whatever ends it."""
        programme = self.consent.programme
        if self.asks and label != "yes" and scene.around.consent_to(programme) == "asked":
            scene.consent(programme, "unknown", scene.around.text)
