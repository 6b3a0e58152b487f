"""The types of answers that `ask` knows, as authors name them."""

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field, model_validator

from convo.language.patterns import Pattern
from convo.sentences import sentence
from convo.steps.step import Form
from convo.understanding.patterns import understand_pattern

#: The longest text that is taken as an answer.
MAX_ANSWER = 1_600
#: What `expect` may say, and what such an answer is.
TYPES: Mapping[str, str] = {
    "text": "Any words, kept as they are written.",
    "number": "In figures or in words; `number` alone, or with its bounds (below).",
    "date": "A day, in every way that people say one.",
    "time": "A time of day.",
    "datetime": "A day with its time; of half of it the other half is asked for.",
    "yes_no": "Yes or no, in every spelling of the languages.",
    "phone": "A phone number, kept as +8613800138000; without a country code it is of `country`.",
    "email": 'An e-mail address, also said ("anna at example dot com"). A slip like gmial.com is '
    "asked back about.",
    "name": 'What somebody is called, in their own capitals: Anna Lee of "I\'m Anna Lee".',
    "place": "A place of a list in convo.toml, by its name or a part of it (`{place: branches}`); "
    "kept as its id and shown as it is called. Two of one name are asked about.",
    "photo": "A picture that they send, where the channel brings it (MMS); kept as its link at the "
    "provider, several with spaces between.",
    "pattern": "A code of your own: a booking's number, a plate, a postcode (below).",
    "[red, blue]": "One of these words, or its number; see `choose`, which shows them.",
}
#: Characters of the example of a pattern: its text stays one part, whatever the script.
MAX_EXAMPLE = 30


def _integer_or_float(raw: object) -> object:
    """Numbers in a flow file are texts until a field asks for a number."""
    if not isinstance(raw, str):
        return raw
    try:
        return float(raw)
    except ValueError:
        raise ValueError(
            sentence('"{raw}" is no number. Write it like 10 or 2.5.', raw=raw)
        ) from None


Number = Annotated[float, BeforeValidator(_integer_or_float)]


class NumberRange(Form):
    """A number within bounds: `expect: {number: {min: 0, max: 10, whole: true}}`."""

    min: Number | None = Field(default=None, description="The least that is taken.")
    max: Number | None = Field(default=None, description="The most that is taken.")
    whole: bool = Field(default=False, description="No fractions.")


class PatternForm(Form):
    """A code: `expect: {pattern: {match: '[A-Z]{2}[0-9]{6}', example: AB123456}}`.

    `AB123456`, ` ab 123-456 `, `ＡＢ１２３４５６` and "it's AB123456, thanks" fit this one. What is
    kept is written as the customer wrote it, without spaces; `{{ ref | upper }}` has capitals.
    """

    match: Pattern = Field(
        description="A regular expression of RE2, in single quotes. The whole reply has to fit it, "
        "or the one thing in a sentence that does, if that has five characters and a figure. "
        "Capitals make no difference, unless it begins with `(?-i)`. If one group has a name, "
        "`(?P<ref>[0-9]+)`, that is kept. No looking around, no back-references."
    )
    example: str = Field(
        min_length=1, max_length=MAX_EXAMPLE, description="Told to who is not understood."
    )

    @model_validator(mode="after")
    def _shows_what_fits(self) -> "PatternForm":
        if understand_pattern(self.example, self.match.ready, ()) is None:
            raise ValueError(
                sentence(
                    'The example "{example}" does not fit its own pattern.', example=self.example
                )
            )
        return self


#: Types that hold more than their name.
_WITH_PARTS = frozenset({"number", "pattern"})


def _from_name(raw: object) -> object:
    """`number` and `[red, blue]` are short for {number: {}} and {option: [red, blue]}."""
    if raw == "place":
        return {"place": ""}
    if isinstance(raw, str):
        return {raw: {}} if raw in _WITH_PARTS else {"kind": raw}
    return {"option": cast(object, raw)} if isinstance(raw, list) else raw


SimpleKind = Literal[
    "text", "date", "time", "datetime", "yes_no", "phone", "email", "name", "photo"
]


class Expect(Form):
    """What kind of answer is awaited: a name, `{number: {...}}`, or a list of own words."""

    kind: SimpleKind | None = None
    number: NumberRange | None = None
    option: tuple[str, ...] | None = None
    pattern: PatternForm | None = None
    place: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "Expect":
        given = (self.kind, self.number, self.option, self.pattern, self.place)
        if sum(part is not None for part in given) != 1:
            raise ValueError(sentence("Expect one of {listed}.", listed=", ".join(TYPES)))
        if self.place == "":
            raise ValueError(
                sentence(
                    "Name the list of places, as in `expect: {{place: branches}}`; convo.toml "
                    "declares it as [places.branches]."
                )
            )
        return self

    @property
    def name(self) -> str:
        """The type's name, as authors write it."""
        if self.number is not None:
            return "number"
        if self.pattern is not None:
            return "pattern"
        if self.place is not None:
            return "place"
        return "option" if self.option is not None else str(self.kind)

    @property
    def answer_kind(self) -> str:
        """The kind under which the answer is kept."""
        return kept_as(self.name)


def kept_as(kind: str) -> str:
    """A name, the link of a picture and what fits a pattern are kept as any text."""
    return "text" if kind in ("name", "photo", "pattern") else kind


Expected = Annotated[Expect, BeforeValidator(_from_name)]
