"""choose: a question whose answer is one of numbered options, or several of them."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from convo.core.languages import nearest
from convo.language.texts import Text, is_language
from convo.sentences import sentence
from convo.steps.many import AnyMany
from convo.steps.question import NOTHING, Question, Understood, whole_number
from convo.steps.scene import Scene
from convo.steps.step import Branch, Form, Step, StepName
from convo.understanding.options import (
    OptionList,
    OptionWords,
    option_list,
    renumbered,
    understand_listed,
)
from convo.understanding.several import understand_several

MAX_OPTIONS = 20
MAX_NUMBER = 99
_OWN_KEYS = frozenset({"words", "go", "number"})
#: A number that stands by itself in a text, and what Jinja fills in.
_BY_HAND = re.compile(r"(?<![\d.,:])\d{1,2}(?![\d:%]|[.,]\d)")
_LIVE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


class Option(Form):
    """One option: its label (by language), more words for it, and where it leads."""

    #: By language; "" is the language of a label that was written without one.
    label: dict[str, str]
    words: tuple[str, ...] = ()
    go: StepName | None = None
    number: Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=MAX_NUMBER)] | None = None


def _option(raw: object) -> object:
    """`Haircut` or `{en: Haircut, zh: 剪发, words: [cut], go: step}`."""
    if not isinstance(raw, dict):
        return {"label": {"": raw}}
    parts: dict[str, Any] = dict(raw)  # pyright: ignore[reportUnknownArgumentType]
    own = {key: parts.pop(key) for key in _OWN_KEYS & parts.keys()}
    unknown = [key for key in parts if not is_language(key)]
    if unknown:
        raise ValueError(
            sentence(
                'An option knows languages, words, go and number, not "{unknown}".',
                unknown=unknown[0],
            )
        )
    if not parts:
        raise ValueError(sentence("An option needs its label, in at least one language."))
    return {"label": parts, **own}


AnyOption = Annotated[Option, BeforeValidator(_option)]


class Choose(Question):
    """Asks with numbered options; the answer is the option's id, with `many` the ids of several.

    menu:
      choose: What can we do for you?
      options:
        haircut: {en: Haircut, zh: 剪发}
        staff:   {en: Talk to us, zh: 人工, go: front_desk}
      save: service
    """

    choose: Text = Field(
        description="The question. `{{ options }}` places the list; else it follows on new lines."
    )
    options: dict[str, AnyOption] = Field(
        min_length=1, max_length=MAX_OPTIONS, description="Id and label, numbered as written."
    )
    many: AnyMany | None = Field(
        default=None,
        description="Several may be chosen, as in `many: true` (below). Then no option has a `go` "
        "of its own; a `branch` behind it decides.",
    )
    save: str | None = Field(
        default=None, description="The answer that keeps the option's id, or the ids."
    )

    @model_validator(mode="after")
    def _numbers_differ(self) -> "Choose":
        numbers = list(self.numbers.values())
        if len(set(numbers)) != len(numbers):
            raise ValueError(sentence("Two options have the same number; change a `number:`."))
        return self

    def unclear_phrase(self) -> str:
        return "unclear.option" if self.many is None else "unclear.options"

    @property
    def answer_kind(self) -> str:
        """The kind under which the answer is kept."""
        return "option" if self.many is None else "options"

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of every option: its own, or its place in the list."""
        return {
            id: n if option.number is None else option.number
            for n, (id, option) in enumerate(self.options.items(), start=1)
        }

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """Option id -> language -> label."""
        return {id: option.label for id, option in self.options.items()}

    def continues(self, before: Step, scene: Scene) -> bool:
        """With the very options that they have read: a number, and "the second", mean the same."""
        if not isinstance(before, Choose) or [*before.options] != [*self.options]:
            return False
        if (before.many is None) != (self.many is None):
            return False
        as_read = before.numbers == self.numbers or not self.names_its_numbers
        return as_read and super().continues(before, scene)

    def carry_on(self, before: Step, scene: Scene) -> None:
        assert isinstance(before, Choose)
        scene.carried = scene.carried or before.labels != self.labels
        if before.numbers != self.numbers:
            scene.numbers = scene.numbers or tuple(before.numbers.values())
        super().carry_on(before, scene)

    def answer_branches(self) -> Sequence[Branch]:
        if self.many is not None:
            return (self.onward(),)
        own = [
            Branch(label=f"option:{id}", to=option.go, path=("options", id, "go"))
            for id, option in self.options.items()
            if option.go is not None
        ]
        # Where every option goes its own way, nothing goes on.
        return own if len(own) == len(self.options) else (*own, self.onward())

    def enter(self, scene: Scene) -> str | None:
        highest = scene.around.highest_number(scene.session, scene.channel)
        scene.numbers = self.numbered_on(highest) if highest else ()
        return super().enter(scene)

    def numbered_on(self, highest: int) -> tuple[int, ...]:
        """Numbers above those that other open questions use; () for the list's own ones."""
        if self.names_its_numbers:
            return ()
        kept = {
            option.number
            for option in self.options.values()
            if option.number is not None and option.number > highest
        }
        free = (number for number in range(highest + 1, MAX_NUMBER + 1) if number not in kept)
        numbers = tuple(
            option.number if option.number in kept else next(free, None)
            for option in self.options.values()
        )
        known = tuple(number for number in numbers if number is not None)
        return known if len(known) == len(numbers) else ()

    @cached_property
    def names_its_numbers(self) -> bool:
        """Whether a text of the step says "reply 1 or 2" by hand: it must stay true."""
        said = [self.choose, self.unclear, *(entry.say for entry in self.silent)]
        own = {str(number) for number in self.numbers.values()}
        return any(
            own & set(_BY_HAND.findall(_LIVE.sub(" ", source)))
            for text in said
            if text is not None
            for language in text.languages or ("",)
            for source in text.sources(language)
        )

    def shown(self, scene: Scene) -> Collection[int]:
        return scene.numbers or self.numbers.values()

    def make_ready(self, languages: tuple[str, ...]) -> None:
        words = self.words(languages)
        if self.many is not None:
            understand_several(NOTHING, words)

    def worded(self) -> Text:
        return self.choose

    def put(self, scene: Scene) -> str:
        listed = self.listed(scene.language, scene.flow.languages, scene.numbers)
        if "options" in self.choose.variables:
            return scene.say(self.choose, more={"options": listed})
        return scene.say(self.choose, tail=f"\n{listed}")

    def listed(self, language: str, languages: Sequence[str], numbers: tuple[int, ...] = ()) -> str:
        """The options as the contact reads them, one on each line."""
        ready = None if numbers else self._listed.get(language)
        if ready is not None:
            return ready
        lines: list[str] = []
        for id, number in zip(self.options, numbers or self.numbers.values(), strict=True):
            labels = self.options[id].label
            known = (nearest(labels, tongue) for tongue in (language, *languages, ""))
            tongue = next((each for each in known if each is not None), None)
            lines.append(f"{number} {id if tongue is None else labels[tongue]}")
        listed = "\n".join(lines)
        return listed if numbers else self._listed.setdefault(language, listed)

    @cached_property
    def _listed(self) -> dict[str, str]:
        """Language -> the list in it, once it was asked for: it has no values to fill in."""
        return {}

    def words(self, languages: tuple[str, ...]) -> OptionList:
        """The options as replies in these languages are matched against them."""
        ready = self._words.get(languages)
        if ready is not None:
            return ready
        words = tuple(
            OptionWords(
                id=id,
                number=self.numbers[id],
                labels=tuple(option.label.values()),
                words=option.words,
            )
            for id, option in self.options.items()
        )
        return self._words.setdefault(languages, option_list(words, languages))

    @cached_property
    def _words(self) -> dict[tuple[str, ...], OptionList]:
        """Languages -> the options in them, once a reply was matched."""
        return {}

    def understand(self, scene: Scene, text: str) -> Understood | None:
        words = self.words(scene.flow.reads)
        if scene.numbers:
            words = renumbered(words, tuple(self.options), scene.numbers)
        if self.many is not None:
            several = understand_several(text, words)
            return None if several is None else Understood(value=several)
        chosen = understand_listed(text, words)
        if chosen is None:
            return None
        goes = self.options[chosen].go is not None
        return Understood(value=chosen, branch=f"option:{chosen}" if goes else "next")

    def settle(self, scene: Scene, understood: Understood) -> str | None:
        chosen = understood.value
        if self.many is None:
            scene.save(self.save, chosen)
            return understood.branch
        refusal = self.many.refusal(chosen, scene.language)
        if refusal:
            return self.refuse(scene, None, told=refusal)
        scene.save(self.save, chosen.ids)
        return "next"
