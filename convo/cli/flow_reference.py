"""docs/reference/flows.md, written from the very step kinds that read the files."""

import inspect
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from convo.core.records import KINDS as RECORDS
from convo.engine.schema import Anytime, Brought, Expires, FlowFile, Moved, Start
from convo.language.durations import duration_words
from convo.language.filters import FILTERS
from convo.language.phrases import LANGUAGES
from convo.language.sandbox import rendered
from convo.language.scope import Scope
from convo.policy.gate import RULES
from convo.steps import KINDS
from convo.steps.attributes import Event, Tags
from convo.steps.branch import Case
from convo.steps.expect import TYPES, Expect, NumberRange, PatternForm
from convo.steps.limit import Places
from convo.steps.many import Many
from convo.steps.question import Must, Silent
from convo.steps.step import Step
from convo.verification import CHECKS

PAGE = Path("docs/reference/flows.md")

OPENING = """\
# Flow files

This page is written from the code by `make docs`; change the descriptions there.

A flow is one YAML file in `flows/`, called as the flow is. Keys and values are text: `1`, `yes`,
`no` and `on` mean themselves, and only `true` and `false` are not text. `convo check` names every
mistake with its file, line and column, and how to mend it.

A **text** is a string, a map of languages (`{en: Hello, zh: 您好}`), `{any: [..]}` for several
wordings, or a list for several messages in order. `{{ name }}` shows an answer, a field of the
contact (`{{ contact.city }}`), or `{{ now }}`; dates, numbers and options are shown in the
contact's language. An **expression** is the same language without braces: `score >= 9`.

A **length of time** is `10m`, `2h`, `1d`, `3 days` or `1d 12h`; a **moment** is `24h before when`,
`2 days after contact.joined`, `9:00`, or an expression that gives a time.
"""

_STEP = re.compile(r"\s*\w+:\n")

STEPS = """\
## Steps

A step has a name and one kind, given by the key that names it; the first of this page's order
counts. Without a `go` the next step in the file follows; `go: end` ends.
"""


ANY_STEP = """\
## Beside any kind

These may stand at every step. A tag is set when the step is come to; the others happen once it has
said and set its own, and before it waits for anything.
"""

SHOWING = """\
## How values are shown

Dates, times, numbers, options and lists are shown as the contact's language writes them, without a
filter. A filter stands behind the value, `{{ price | money }}`; `convo check` refuses one that is
put to an answer of another kind. Numbers go by the habits of your country in its own languages: in
English `$12.50` for a business in the United States, `US$12.50` for one elsewhere.
"""

LOOKS = """
What each language makes of the same values, for a business in Germany:
"""

#: What the examples of filters are about.
_SHOWN_WITH: Mapping[str, object] = {
    "nick": None,
    "name": "ann lee",
    "price": 1234.5,
    "share": 0.125,
    "order": 20260,
    "wait": 90,
    "table": "7",
    "when": datetime(2026, 11, 27, 15, 30, tzinfo=UTC),
    "dishes": ["soup", "rice", "tea"],
}
_LOOKED_AT = (
    "{{ price | money }}",
    "{{ share | percent(1) }}",
    "{{ price }}",
    "{{ wait | duration('minutes') }}",
    "{{ when }}",
    "{{ when | weekday }}",
    "{{ [order, wait, 3] }}",
)

_PIECES = (
    ("many", Many),
    ("number", NumberRange),
    ("pattern", PatternForm),
    ("silent", Silent),
    ("must", Must),
    ("branch", Case),
    ("limit", Places),
    ("tag", Tags),
    ("emit", Event),
)

#: What every step may have, told once and not with every kind.
ATTRIBUTES = frozenset(Step.model_fields) - {"go"}


def page() -> str:
    """The whole page."""
    return "\n".join(_page()).rstrip() + "\n"


def _page() -> Iterator[str]:
    yield OPENING
    yield "## The file\n"
    yield _table(FlowFile)
    for title, form in (
        ("start", Start),
        ("one value of event", Brought),
        ("one entry of anytime", Anytime),
        ("expires", Expires),
        ("one line of moved", Moved),
    ):
        yield f"### {title}\n\n{_about(form)}\n\n{_table(form)}"
    yield SHOWING
    yield "| filter | what it does | for example |\n|---|---|---|"
    for name, each in FILTERS.items():
        example = f"{_written(each.example)}: {_shown(each.example, 'en')}"
        yield f"| `{name}` | {each.about} | {example} |"
    yield LOOKS
    yield from _looks()
    yield STEPS
    for name, kind in KINDS.items():
        yield f"### {name}\n\n{_docstring(kind)}\n\n{_table(kind, but=ATTRIBUTES)}"
    yield "## What `expect` may say\n\n| type | what the answer is |\n|---|---|"
    for name, told in TYPES.items():
        yield f"| `{name}` | {told} |"
    yield ""
    yield ANY_STEP
    yield _table(Step, but=("go",))
    yield "## Within steps\n"
    for title, form in _PIECES:
        yield f"### {title}\n\n{_about(form)}\n\n{_table(form)}"
    yield "## What `convo check` finds\n\n| check | what it finds |\n|---|---|"
    for name, check in CHECKS.items():
        told = (inspect.getmodule(check).__doc__ or "").strip()  # pyright: ignore[reportOptionalMemberAccess]
        yield f"| {name} | {told} |"
    yield "\n## Why a text is not sent, or not yet\n\n| rule | why |\n|---|---|"
    for name, why in RULES.items():
        yield f"| `{name}` | {why} |"
    yield "\n## What is written down of every turn\n\n| record | what it says |\n|---|---|"
    for name, told in RECORDS.items():
        yield f"| `{name}` | {told} |"


def _written(source: str) -> str:
    """As code in a table, where a bar would end the cell."""
    return "`" + source.replace("|", "\\|") + "`"


def _shown(source: str, language: str) -> str:
    scope = Scope(
        names=_SHOWN_WITH,
        language=language,
        zone=ZoneInfo("UTC"),
        now=datetime(2026, 11, 23, 10, tzinfo=UTC),
        country="DE",
        currency="EUR",
    )
    return rendered(source, scope)


def _looks() -> Iterator[str]:
    """A table of one line a language, worked out by what shows the values in texts."""
    heads = " | ".join(_written(source) for source in _LOOKED_AT)
    yield f"| language | {heads} |\n|---{'|---' * len(_LOOKED_AT)}|"
    for language in LANGUAGES:
        cells = " | ".join(_shown(source, language) for source in _LOOKED_AT)
        yield f"| {language} | {cells} |"
    yield ""


def _docstring(kind: type[Step]) -> str:
    """The kind's own words; a paragraph that begins like a step is its example."""
    paragraphs = textwrap.dedent(inspect.cleandoc(kind.__doc__ or "")).split("\n\n")
    return "\n\n".join(
        f"```yaml\n{textwrap.dedent(each)}\n```" if _STEP.match(each) else each
        for each in paragraphs
    )


def _about(form: type[BaseModel]) -> str:
    return " ".join((form.__doc__ or "").split())


def _table(form: type[BaseModel], but: Collection[str] = ()) -> str:
    rows = [
        f"| `{field.alias or name}` | {_default(field)} | {field.description or ''} |"
        for name, field in sorted(
            form.model_fields.items(), key=lambda each: each[0] not in form.__annotations__
        )
        if name not in but
    ]
    return "\n".join(("| key | when left out | what it is |", "|---|---|---|", *rows, ""))


def _default(field: Any) -> str:
    if field.is_required():
        return "**needed**"
    value = field.default
    if value is PydanticUndefined or value in (None, "", (), [], {}):
        return "nothing"
    if isinstance(value, Expect):
        value = value.name
    if isinstance(value, BaseModel):
        return "nothing"
    return f"`{duration_words(value) if isinstance(value, timedelta) else value}`"
