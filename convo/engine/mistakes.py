"""What pydantic finds wrong with a flow file, told in an author's words and at its place."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from convo.errors import FlowError
from convo.language.document import Document, Path
from convo.language.spelling import advice
from convo.language.text_problems import TextProblem
from convo.sentences import Sentence, sentence
from convo.steps.step import Form, StepName

#: What is wrong, by pydantic's type of error; what is not here is told in pydantic's words.
_WORDS: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda name, known: sentence(
        '"{name}" must be {ge} or more.', name=name, ge=known["ge"]
    ),
    "less_than_equal": lambda name, known: sentence(
        '"{name}" must be {le} or less.', name=name, le=known["le"]
    ),
    "int_parsing": lambda name, _: sentence('"{name}" must be a whole number.', name=name),
    "int_type": lambda name, _: sentence('"{name}" must be a whole number.', name=name),
    "bool_parsing": lambda name, _: sentence('"{name}" must be true or false.', name=name),
    "bool_type": lambda name, _: sentence('"{name}" must be true or false.', name=name),
    "string_type": lambda name, _: sentence('"{name}" must be a text.', name=name),
    "string_too_short": lambda name, _: sentence('"{name}" is empty.', name=name),
    "string_too_long": lambda name, known: sentence(
        '"{name}" has more than {max_length} characters.', name=name, max_length=known["max_length"]
    ),
    "too_short": lambda name, _: sentence('"{name}" is empty.', name=name),
    "too_long": lambda name, known: sentence(
        '"{name}" has more than {max_length} entries.', name=name, max_length=known["max_length"]
    ),
    "tuple_type": lambda name, _: sentence(
        '"{name}" must be a list, such as [one, other].', name=name
    ),
    "dict_type": lambda name, _: sentence(
        '"{name}" must hold names and values, such as {{name: value}}.', name=name
    ),
    "model_type": lambda name, _: sentence(
        '"{name}" must hold names and values, such as {{name: value}}.', name=name
    ),
}
_A_FLOW = sentence("A flow")
_THE_FLOW = sentence("The flow")
#: What a field has about it when it names a step.
_NAMES_A_STEP = get_args(StepName)[1]
_QUOTED = re.compile(r"'([^']*)'")
#: Where a list of what may stand there has an end that authors write another way.
_MORE_CHOICES: Mapping[str, Sequence[str]] = {"kind": ("number", "pattern")}


def told(
    error: ValidationError, document: Document, below: Path, form: type[Form]
) -> Iterator[FlowError]:
    """Every finding; `below` is where the form begins, empty for the whole file."""
    for detail in error.errors():
        path = (*below, *detail["loc"])
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, TextProblem):
            for problem in (cause, *cause.others):
                place = document.place_within(
                    (*path, *problem.path), problem.offset_line, problem.offset_column
                )
                yield FlowError(problem.message, place=place)
        else:
            yield _one(detail, document, path, below, form)


def _one(
    detail: ErrorDetails, document: Document, path: Path, below: Path, form: type[Form]
) -> FlowError:
    last = str(path[-1]) if path else ""
    own = path[len(below) :]
    match detail["type"]:
        case "extra_forbidden":
            known = _keys_at(form, own[:-1])
            return FlowError(
                sentence(
                    '{holder} knows no "{key}".', holder=_holder(own, below, _A_FLOW), key=last
                ),
                place=document.key_place(path),
                mend=advice(last, known),
            )
        case "missing":
            above = path[:-1]
            return FlowError(
                sentence(
                    '{holder} lacks "{key}".', holder=_holder(own, below, _THE_FLOW), key=last
                ),
                place=document.key_place(above) if above else document.place(()),
                mend=_adding(form, own),
            )
        case "literal_error":
            given = str(detail["input"])
            expected = str(detail.get("ctx", {}).get("expected", ""))
            choices = [*_QUOTED.findall(expected), *_MORE_CHOICES.get(last, ())]
            return FlowError(
                sentence('"{given}" is not known here.', given=given),
                place=document.place(path),
                mend=advice(given, choices),
            )
        case "value_error":
            # Our own words, which are whole sentences.
            error = detail.get("ctx", {})["error"]
            what = error.args[0] if len(error.args) == 1 else str(error)
            return FlowError(what, place=document.place(path))
        case kind:
            words = _WORDS.get(kind)
            what = (
                words(last, detail.get("ctx", {}))
                if words
                else sentence("{key}: {complaint}.", key=last, complaint=detail["msg"])
            )
            return FlowError(what, place=document.place(path), mend=_description(form, own))


def _holder(own: Path, below: Path, whole: str) -> str:
    """What a key stands in, as authors call it."""
    inner = [each for each in own[:-1] if isinstance(each, str)]
    if inner:
        return sentence('"{name}"', name=inner[-1])
    return sentence('Step "{name}"', name=below[-1]) if below else whole


def _keys_at(form: type[Form], path: Path) -> Sequence[str]:
    """The keys of the form to which this path leads, as authors write them; none if to no form."""
    holder: type[Form] | None = form
    in_names = False
    for each in path:
        if in_names or isinstance(each, int) or holder is None:
            in_names = False
            continue
        written = next(
            (
                field.annotation
                for name, field in holder.model_fields.items()
                if each == (field.alias or name)
            ),
            None,
        )
        holder = _form_in(written)
        in_names = get_origin(written) is dict  # an author's own name comes before the form
    if holder is None:
        return ()
    return tuple(field.alias or name for name, field in holder.model_fields.items())


def _form_in(annotation: Any) -> type[Form] | None:
    if isinstance(annotation, type) and issubclass(annotation, Form):
        return annotation
    return next((form for part in get_args(annotation) if (form := _form_in(part))), None)


def _adding(form: type[Form], own: Path) -> str:
    """The line that is missing, and what it is."""
    field = _field(form, own)
    value = "STEP" if field is not None and _NAMES_A_STEP in field.metadata else "..."
    about = (field.description or "") if field is not None else ""
    if not about:
        return sentence("Add `{key}: {value}`.", key=own[-1], value=value)
    begun = _about(f"{about[0].lower()}{about[1:]}")
    return sentence("Add `{key}: {value}`, {about}", key=own[-1], value=value, about=begun)


def _about(description: str) -> Sentence:
    """What a key is for: its description in the reference, which a catalogue may have."""
    return Sentence(description.replace("{", "{{").replace("}", "}}"), {})


def _description(form: type[Form], own: Path) -> str:
    field = _field(form, own)
    if field is None or not field.description:
        return ""
    return sentence("({key}: {about})", key=own[0], about=_about(field.description))


def _field(form: type[Form], own: Path) -> FieldInfo | None:
    """The field of the form itself that a path of one name leads to."""
    if len(own) != 1:
        return None
    return next(
        (field for name, field in form.model_fields.items() if own[0] == (field.alias or name)),
        None,
    )
