"""A flow file as written: its form, and every mistake in it told with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    Tag,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from convo.core.business import MessageClass
from convo.engine.mistakes import told
from convo.errors import FlowError, FlowErrors
from convo.language.authored import Authored
from convo.language.document import Document, Path, read_document
from convo.language.durations import Duration, duration_words, read_duration
from convo.language.spelling import advice
from convo.language.texts import Text, is_language
from convo.sentences import sentence
from convo.steps import KINDS
from convo.steps.end import END
from convo.steps.question import whole_number
from convo.steps.step import Form, Step, StepName

MAX_STEPS = 500

AnswerKind = Literal[
    "text",
    "name",
    "number",
    "option",
    "options",
    "date",
    "time",
    "datetime",
    "yes_no",
    "phone",
    "email",
    "place",
    "tally",
]


def _words(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


EVER = timedelta.max
_EVER = "ever"


def _once(raw: object) -> timedelta:
    return EVER if raw == _EVER else read_duration(raw)


Once = Annotated[
    timedelta,
    PlainValidator(_once),
    PlainSerializer(lambda once: _EVER if once == EVER else duration_words(once)),
    WithJsonSchema({"type": "string", "examples": ["30d", _EVER]}),
]


class Start(Form):
    """What starts the flow."""

    words: Words = Field(default=(), description="Words that a contact texts.")
    events: Words = Field(default=(), description="Events that your own systems post.")
    once: Once | None = Field(
        default=None,
        description="How long the same contact does not start it again, such as 30d, or `ever`.",
    )
    retry: Words = Field(
        default=(),
        description="Outcomes that do not count as once: after these it starts again.",
    )
    again: Text | None = Field(
        default=None,
        description="Said to who texts a start word within that time; left out, the word is "
        "read as any other text.",
    )

    @model_validator(mode="after")
    def _again_needs_once(self) -> "Start":
        if (self.again is not None or self.retry) and self.once is None:
            raise ValueError(
                sentence("`again` and `retry` go with `once`, which keeps it from starting.")
            )
        return self


class Anytime(Form):
    """Words that are understood, and events that are heard, at every step."""

    words: Words = Field(
        default=(), description="The words; left out, its name, unless `events` stand here."
    )
    events: Words = Field(
        default=(),
        description="Events of your own systems that are heard wherever the conversation stands: "
        "at a question, in a wait, while an errand is out.",
    )
    brings: tuple[str, ...] | None = Field(
        default=None,
        description="Which values of `event` such an event must bring; left out, all that are "
        "not optional.",
    )
    same: Words = Field(
        default=(),
        description="Values by which it is told whose event it is: heard only by conversations "
        "that know the same, such as `same: order`, or do not know it yet.",
    )
    go: StepName = Field(
        description="Where they lead; `back` is the question before, over branches and all."
    )

    def words_of(self, name: str) -> tuple[str, ...]:
        """The words of the entry that is called so."""
        return self.words or (() if self.events else (name,))


def _anytime(raw: object) -> object:
    return {"go": raw} if isinstance(raw, str) else raw


class Brought(Form):
    """A value that an event may leave out: `{optional: text}`."""

    optional: AnswerKind = Field(description="Its type.")


def _brought(raw: object) -> str:
    return "optional" if isinstance(raw, dict | Brought) else "kind"


EventValue = Annotated[
    Annotated[AnswerKind, Tag("kind")] | Annotated[Brought, Tag("optional")],
    Discriminator(_brought),
]


class Moved(Form):
    """Where people go on who wait at one step of an older version: `day: which_day`."""

    go: StepName | None = Field(
        default=None,
        description="A step of this file. `restart` begins again at the first step, with the "
        "answers that the flow still keeps as it did; `end` ends without a word; `stay` lets them "
        "finish in their version, as without a line.",
    )
    again: Literal[True] | None = Field(
        default=None,
        description="Come to that step as by any way: its question is put, whatever they have "
        "read, and its wait begins.",
    )
    end: Text | None = Field(
        default=None,
        description="Said once, and then the flow ends with the outcome `moved`.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> "Moved":
        if (self.go is None) == (self.end is None):
            raise ValueError(
                sentence("Say where they go: a step, or {{end: a text}}, and not both.")
            )
        if self.again is not None and self.end is not None:
            raise ValueError(sentence("`again` goes with `go`, which names a step."))
        return self


def _moved(raw: object) -> object:
    return {"go": raw} if isinstance(raw, str) else raw


class Expires(Form):
    """How much silence at a question ends the conversation."""

    after: Duration = Field(description="The silence, counted at questions only.")
    go: StepName = Field(description="Where it leads.")


class FlowFile(Form):
    """A whole flow file, but for its steps, which are read by their kinds."""

    flow: str = Field(min_length=1, description="The name; the same as the file's.")
    about: str = Field(default="", description="One sentence for people.")
    called: Text | None = Field(
        default=None,
        description="What customers know it by, such as `your visit`: said when a reply may have "
        "been meant for several questions, or comes too late.",
    )
    class_: MessageClass = Field(
        default="service", alias="class", description="The send gate goes by it."
    )
    programme: str = Field(default="", description="The programme whose consent its texts need.")
    parts: Annotated[int | None, BeforeValidator(whole_number), Field(ge=1)] = Field(
        default=None,
        description="Parts that each text may take at its longest, signature and way out included; "
        "`convo check` refuses one that may take more. Left out, `[texts]` of convo.toml says.",
    )
    emoji: Annotated[int | None, BeforeValidator(whole_number), Field(ge=0)] = Field(
        default=None, description="Emoji that each text may have; left out, `[texts]` says."
    )
    window: str = Field(
        default="",
        description="The audience window of convo.toml ([windows]) in which we begin; outside it, "
        "what we start waits for the next opening by the contact's clock.",
    )
    languages: tuple[str, ...] = Field(
        default=(), description="The first is used when nothing better is known."
    )
    start: Start = Field(default=Start(), description="What starts it.")
    busy: Literal["wait", "beside", "replace"] = Field(
        default="wait",
        description="When it is to start while a question is open: wait for its answer, ask "
        "beside it, or end that conversation.",
    )
    answers: dict[str, AnswerKind] = Field(
        default={},
        description="All that the flow keeps, each with its type: "
        f"{', '.join(get_args(AnswerKind))}.",
    )
    event: dict[str, EventValue] = Field(
        default={},
        description="What the events of the flow bring, each value with its type, or "
        "`{optional: text}`. Texts and expressions know it as `event.order`.",
    )
    anytime: dict[str, Annotated[Anytime, BeforeValidator(_anytime)]] = Field(
        default={},
        description="Words that are understood, and events that are heard, at every step.",
    )
    expires: Expires | None = Field(default=None, description="How the flow lets go.")
    moved: dict[str, Annotated[Moved, BeforeValidator(_moved)]] = Field(
        default={},
        max_length=MAX_STEPS,
        description="Where people go on who wait at these steps of an older version. All others "
        "finish in the version that they are in.",
    )
    steps: dict[str, Any] = Field(min_length=1, max_length=MAX_STEPS, description="The steps.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A flow file understood, with the document that knows its places."""

    file: FlowFile
    steps: Mapping[str, Step]
    document: Document


def read_flow(source: str, file: str) -> Written:
    """Read a flow file. Raises `FlowErrors` with all that is wrong with its form."""
    document = read_document(source, file)
    problems: list[FlowError] = []
    try:
        written = FlowFile.model_validate(document.data)
    except ValidationError as error:
        raise FlowErrors(list(told(error, document, (), FlowFile))) from None
    steps: dict[str, Step] = {}
    for name, raw in written.steps.items():
        try:
            steps[name] = _read_step(name, raw, document)
        except FlowErrors as errors:
            problems += errors.problems
    problems += _languages(written, document)
    if problems:
        raise FlowErrors(problems)
    return Written(file=written, steps=steps, document=document)


def _read_step(name: str, raw: object, document: Document) -> Step:
    path = ("steps", name)
    here = document.key_place(path)
    if name == END or not name.replace("-", "_").isidentifier():
        what = sentence('"{name}" cannot be the name of a step.', name=name)
        mend = sentence("Use letters, digits and _; `end` is where a flow ends.")
        raise FlowErrors([FlowError(what, place=here, mend=mend)])
    if not isinstance(raw, dict):
        mend = sentence("One of its keys names its kind: {listed}.", listed=", ".join(KINDS))
        raise FlowErrors(
            [FlowError(sentence('Step "{name}" holds no step.', name=name), place=here, mend=mend)]
        )
    keys = list(cast(dict[str, object], raw))
    kind = next((key for key in KINDS if key in keys), None)
    if kind is None:
        mend = (
            advice(keys[0], KINDS)
            if keys
            else sentence("Kinds: {listed}.", listed=", ".join(KINDS))
        )
        raise FlowErrors(
            [
                FlowError(
                    sentence('Step "{name}" has no key that names its kind.', name=name),
                    place=here,
                    mend=mend,
                )
            ]
        )
    form = KINDS[kind]
    try:
        return form.model_validate(raw)
    except ValidationError as error:
        raise FlowErrors(list(told(error, document, path, form))) from None


def _languages(written: FlowFile, document: Document) -> Iterator[FlowError]:
    for n, language in enumerate(written.languages):
        if not is_language(language):
            yield FlowError(
                sentence('"{language}" is no language.', language=language),
                place=document.place(("languages", n)),
                mend=sentence("Write codes such as en, zh or es."),
            )


def pieces_of(form: object, path: Path = ()) -> Iterator[tuple[Path, Authored]]:
    """Every text, expression and moment below a form, with its path: what checks walk over."""
    if isinstance(form, Authored):
        yield path, form
    elif isinstance(form, Form):
        for name, field in type(form).model_fields.items():
            yield from pieces_of(getattr(form, name), (*path, field.alias or name))
    elif isinstance(form, tuple):
        for n, item in enumerate(cast(tuple[object, ...], form)):
            yield from pieces_of(item, (*path, n))
    elif isinstance(form, dict):
        for key, item in cast(dict[str, object], form).items():
            yield from pieces_of(item, (*path, key))
