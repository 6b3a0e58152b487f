"""Filters that are put to a value of another kind than they take."""

from collections.abc import Iterator, Mapping

from convo.core.business import Business
from convo.engine.flow import Flow
from convo.engine.schema import pieces_of
from convo.errors import FlowError
from convo.language.expressions import Expression
from convo.language.filters import FILTERS
from convo.language.sandbox import inspected_expression, inspected_text, is_template
from convo.language.showing import filtered
from convo.language.spelling import either
from convo.language.texts import Text
from convo.routing.loading import Loaded
from convo.sentences import sentence


def unfit_filters(loaded: Loaded) -> Iterator[FlowError]:
    """Such as an amount of money made of a date: the turn that comes to it would fail."""
    business = loaded.playbook.business
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        kinds = _kinds(flow, business)
        for path, piece in pieces_of({"moved": flow.moved, "steps": flow.steps}):
            if not isinstance(piece, Text | Expression):
                continue
            for value, filter in dict.fromkeys(_filtered(piece, flow)):
                takes, kind = FILTERS[filter].takes, kinds.get(value)
                if kind is None or not takes or kind in takes:
                    continue
                use = next(each for each in piece.uses if each.name == value)
                yield FlowError(
                    sentence(
                        '"{value}" is kept as {kind}; `{filter}` takes {kinds}.',
                        value=value,
                        kind=kind,
                        filter=filter,
                        kinds=either(sorted(takes)),
                    ),
                    place=written.document.place_within((*path, *use.path), use.line, use.column),
                )


def _kinds(flow: Flow, business: Business) -> Mapping[str, str]:
    """The kind of every name whose kind is known."""
    return {
        "now": "datetime",
        **flow.answers,
        **{f"event.{name}": kind for name, kind in flow.brings.items()},
        **{f"contact.{name}": kind for name, kind in business.contact_fields.items()},
    }


def _filtered(piece: Text | Expression, flow: Flow) -> Iterator[tuple[str, str]]:
    if isinstance(piece, Expression):
        yield from filtered(inspected_expression(piece.source).tree)
        return
    for language in flow.languages:
        for source in piece.sources(language):
            if is_template(source):
                yield from filtered(inspected_text(source).tree)
