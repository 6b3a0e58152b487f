"""Everything that a flow can say, at its longest, as it leaves on every channel."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from convo.core.business import Business
from convo.engine.flow import Flow
from convo.engine.schema import pieces_of
from convo.language.authored import Authored
from convo.language.document import Path
from convo.language.texts import Text
from convo.policy.leaving import Leaving, Refused
from convo.routing.leaving import what_leaves_to
from convo.steps.choose import Choose
from convo.steps.step import SPEAKING, Step
from convo.verification.worst_case import longest, longest_values

#: Texts that no contact reads.
_NOT_SAID = frozenset({"note"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """One text in one language."""

    #: Where it is written, in the flow's file.
    path: Path
    language: str
    #: As authored, its values at their longest.
    text: str = field(repr=False)
    #: What goes with it: links, or an MMS.
    media: tuple[str, ...] = ()


def everything_said(flow: Flow, business: Business) -> Iterator[Worst]:
    """Every message of every text, in each of the flow's languages."""
    for below, piece in pieces_of(flow.moved):
        yield from _in_every_language(flow, None, ("moved", *below), piece, business)
    for step_name, step in flow.steps.items():
        for below, piece in pieces_of(step):
            if below[0] not in _NOT_SAID:
                path: Path = ("steps", step_name, *below)
                yield from _in_every_language(flow, step, path, piece, business)


def _in_every_language(
    flow: Flow, step: Step | None, path: Path, piece: Authored, business: Business
) -> Iterator[Worst]:
    if not isinstance(piece, Text):
        return
    media = step.media if step is not None and path[2] in SPEAKING else ()
    seen: set[str] = set()
    for language in flow.languages:
        for text in _messages(flow, step, path, piece, language, business):
            if text.strip() and text not in seen:
                seen.add(text)
                yield Worst(path=path, language=language, text=text, media=media)


def _messages(
    flow: Flow, step: Step | None, path: Path, piece: Text, language: str, business: Business
) -> Iterator[str]:
    options = step.listed(language, flow.languages) if isinstance(step, Choose) else ""
    scope = longest_values(flow, business, language, {"options": options})
    follows = bool(options) and path[2:] == ("choose",) and "options" not in piece.variables
    for source in piece.sources(language):
        text = longest(source, scope)
        yield f"{text}\n{options}" if follows else text


def leaving_on(worst: Worst, channel: str, flow: Flow, business: Business) -> Leaving | Refused:
    """What of it the provider of a channel gets, to a contact in the business's country."""
    return what_leaves_to(
        worst.text,
        media=worst.media,
        kind=flow.message_class,
        channel=business.channels[channel],
        business=business,
        country=business.country,
        language=worst.language,
    )
