"""The longest that a text can come to: with its longest values and the longest of its branches."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from convo.core import opt_in_links, opt_out_links
from convo.core.business import Business
from convo.core.numbers import PhoneNumber
from convo.core.opt_in_links import Joining, request_of
from convo.core.opt_out_links import Leaving
from convo.core.parts import gsm7_encodable
from convo.engine.flow import Flow
from convo.errors import RenderError
from convo.language.sandbox import is_template, rendered
from convo.language.scope import Choice, Choices, Scope
from convo.language.text_problems import TextProblem
from convo.steps.ask import Ask
from convo.steps.choose import Choose
from convo.steps.consent import OPT_IN_LINK
from convo.steps.scene import OPT_OUT_LINK

TEXT_LENGTH = 40
"""Letters that a value is taken to have whose length nothing tells: what people write in a word."""

NAME_LENGTH = 20
EMAIL_LENGTH = 30
LINK_LENGTH = 120
NUMBER = 100_000
LATE = (
    datetime(2026, 9, 23, 22, 30, tzinfo=UTC),
    datetime(2026, 12, 23, 22, 30, tzinfo=UTC),
)
"""Moments that are shown in the most letters: late on a Wednesday, in the month with the longest
name or with the longest number, and, seen from `NOW`, with their year."""

NOW = datetime(2025, 1, 1, tzinfo=UTC)

#: Languages that are written in letters of GSM-7, as far as names and short answers go.
_LATIN = frozenset(("en", "es", "fr", "de", "pt", "it", "nl", "sv", "da", "fi", "nb"))
_KEPT_AS_TEXTS = ("name", "photo")
_DENSE = "字"
_PIECE = re.compile(r"\{\{.*?\}\}|\{%[-+]?\s*(?P<tag>\w+).*?%\}", re.DOTALL)


def longest(source: str, scope: Scope) -> str:
    """`source` with every value at its longest; of branches the one that costs the most."""
    if not is_template(source):
        return source
    stack: list[list[str]] = [[""]]
    at = 0
    for piece in _PIECE.finditer(source):
        stack[-1][-1] += source[at : piece.start()]
        at = piece.end()
        match piece["tag"]:
            case None:
                stack[-1][-1] += _value(piece[0], scope)
            case "if":
                stack.append([""])
            case "elif" | "else":
                stack[-1].append("")
            case "endif" if len(stack) > 1:
                costliest = max(stack.pop(), key=_cost)
                stack[-1][-1] += costliest
            case _:
                pass
    stack[-1][-1] += source[at:]
    return "".join(branches[-1] for branches in stack).strip()


def _cost(text: str) -> tuple[bool, int]:
    return (not gsm7_encodable(text), len(text))


def _value(expression: str, scope: Scope) -> str:
    try:
        return rendered(expression, scope)
    except (RenderError, TextProblem):
        return filler(TEXT_LENGTH, scope.language)


def filler(letters: int, language: str) -> str:
    """So many letters of a word in this language; half as many where each is a word's half."""
    if language.partition("-")[0] in _LATIN:
        return "x" * letters
    return _DENSE * (letters // 2)


def longest_values(flow: Flow, business: Business, language: str, more: Mapping[str, Any]) -> Scope:
    """A scope in which every name has its longest value, by its kind."""
    zone: Any = UTC
    bare = Scope(
        names={},
        language=language,
        zone=zone,
        now=NOW,
        country=business.country,
        currency=business.currency,
    )
    moment = max(LATE, key=lambda late: len(rendered("{{ x }}", replace(bare, names={"x": late}))))
    places = {id: place.labels for each in business.places.values() for id, place in each.items()}
    kinds = {**flow.answers, **_named(flow)}
    names: dict[str, Any] = {
        name: _of_kind(
            kind, language, places if kind == "place" else flow.labels.get(name, {}), moment
        )
        for name, kind in kinds.items()
    }
    for name, most in _most_chosen(flow).items():
        names[name] = Choices(names[name][:most])
    names["contact"] = {
        name: _of_kind(kind, language, places if kind == "place" else {}, moment)
        for name, kind in business.contact_fields.items()
    }
    names["contact"][OPT_OUT_LINK], names[OPT_IN_LINK] = _links(flow, business, language)
    return replace(bare, names={**names, **more})


def _links(flow: Flow, business: Business, language: str) -> tuple[str, str]:
    """The contact's own links at their longest: out of the programme, and into it."""
    contact, channel = PhoneNumber("+" + "8" * 15), max(business.channels, key=len, default="")
    where, programme = business.public_url.rstrip("/"), flow.programme
    leaving = Leaving(contact=contact, channel=channel, programme=programme)
    joining = Joining(
        contact=contact,
        channel=channel,
        programme=max(business.programmes, key=len, default=programme),
        request=request_of(""),
        language=language,
    )
    return (
        where + opt_out_links.PATH + opt_out_links.token_of(leaving, b""),
        where + opt_in_links.PATH + opt_in_links.token_of(joining, b""),
    )


def _named(flow: Flow) -> Mapping[str, str]:
    """Answers that are kept as texts and asked for as names or pictures."""
    return {
        step.save: step.expect.kind
        for step in flow.steps.values()
        if isinstance(step, Ask) and step.save is not None and step.expect.kind in _KEPT_AS_TEXTS
    }


def _most_chosen(flow: Flow) -> Mapping[str, int]:
    """How many options an answer holds at most, where several may be chosen."""
    most: dict[str, int] = {}
    for step in flow.steps.values():
        if isinstance(step, Choose) and step.many is not None and step.save is not None:
            here = step.many.most or len(step.options)
            most[step.save] = max(here, most.get(step.save, 0))
    return most


def _of_kind(
    kind: str, language: str, labels: Mapping[str, Mapping[str, str]], moment: datetime
) -> Any:
    match kind:
        case "number":
            return NUMBER
        case "date":
            return moment.date()
        case "time":
            return moment.time()
        case "datetime":
            return moment
        case "yes_no":
            return True
        case "phone":
            return "+" + "8" * 15
        case "email" | "photo":
            return "x" * (EMAIL_LENGTH if kind == "email" else LINK_LENGTH)
        case "name":
            return filler(NAME_LENGTH, language)
        case "option" | "options" | "place" if labels:
            choices = [Choice(id, texts) for id, texts in labels.items()]
            costliest = sorted(choices, key=lambda each: _cost(each.label(language)), reverse=True)
            return Choices(costliest) if kind == "options" else costliest[0]
        case _:
            return filler(TEXT_LENGTH, language)
