"""What a card says of its step, as it stands in the file."""

from collections.abc import Callable, Mapping
from typing import Any

from convo.core.languages import nearest
from convo.language.texts import Text
from convo.steps import KINDS
from convo.steps.choose import Choose
from convo.steps.step import SPEAKING, Step

KIND_OF: Mapping[type[Step], str] = {form: key for key, form in KINDS.items()}


def lines_of(step: Step, kind: str, language: str) -> tuple[str, ...]:
    """What it does, then what it says, then what can be chosen; each a line, as long as it is."""
    written: Any = step.model_dump(mode="json", by_alias=True)[kind]
    deed = _DEEDS.get(kind)
    return (
        *(deed(written) if deed is not None else ()),
        *_said(step, language),
        *_options(step, language),
    )


def label_in(labels: Mapping[str, str], language: str, otherwise: str) -> str:
    """An option's label in this language or the nearest form of it, else its id."""
    known = nearest(labels, language)
    return labels.get("", otherwise) if known is None else labels[known]


def _said(step: Step, language: str) -> tuple[str, ...]:
    """The first message of the step's text, in the first of its wordings."""
    texts = (vars(step).get(name) for name in (*SPEAKING, "verify"))
    text = next((each for each in texts if isinstance(each, Text)), None)
    if text is None:
        return ()
    known = nearest(text.languages, language) if text.languages else language
    return tuple(" ".join(said.split()) for said in text.sources(known or language)[:1])


def _options(step: Step, language: str) -> tuple[str, ...]:
    if not isinstance(step, Choose):
        return ()
    return tuple(
        f"{step.numbers[id]} {label_in(option.label, language, id)}"
        for id, option in step.options.items()
    )


def _pairs(written: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(f"{name} = {value}" for name, value in written.items())


def _named(written: Any) -> tuple[str, ...]:
    return (str(written),)


def _given(written: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {value}" for name, value in written.items() if value not in (None, False)
    )


def _wait(written: str | dict[str, object]) -> tuple[str, ...]:
    return _named(written) if isinstance(written, str) else _given(written)


#: Kind -> what its own key says, in lines. The kinds that are left out say it by their text or
#: by their ways.
_DEEDS: Mapping[str, Callable[[Any], tuple[str, ...]]] = {
    "do": _named,
    "call": _named,
    "run": _named,
    "handoff": _named,
    "end": _named,
    "wait": _wait,
    "set": _pairs,
    "split": _pairs,
    "limit": _given,
    "tally": _given,
    "consent": _given,
}
