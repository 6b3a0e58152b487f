"""Everything that a flow can say, and how it leaves on every channel."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from convo.core.business import Business
from convo.engine.flow import Flow
from convo.engine.schema import pieces_of
from convo.language.authored import Authored
from convo.language.document import Path
from convo.language.scope import Scope
from convo.language.texts import Text
from convo.policy.leaving import Leaving, Refused
from convo.routing.leaving import what_leaves_to
from convo.steps.choose import Choose
from convo.steps.step import SPEAKING, Step
from convo.verification.worst_case import longest, longest_values

#: What a text's source comes to with the values of a scope: one text, or one for each way that
#: its branches may go.
Ways = Callable[[str, Scope], Iterable[str]]

#: Texts that no contact reads.
_NOT_SAID = frozenset({"note"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """One text in one language."""

    #: Where it is written, in the flow's file.
    path: Path
    language: str
    #: As authored, its values filled in.
    text: str = field(repr=False)
    #: What goes with it: links, or an MMS.
    media: tuple[str, ...] = ()


def at_its_longest(source: str, scope: Scope) -> Iterator[str]:
    """The one text that costs the most."""
    yield longest(source, scope)


def everything_said(flow: Flow, business: Business, ways: Ways = at_its_longest) -> Iterator[Worst]:
    """Every message of every text, in each of the flow's languages."""
    for below, piece in pieces_of(flow.moved):
        yield from _in_every_language(flow, None, ("moved", *below), piece, business, ways)
    for step_name, step in flow.steps.items():
        for below, piece in pieces_of(step):
            if below[0] not in _NOT_SAID:
                path: Path = ("steps", step_name, *below)
                yield from _in_every_language(flow, step, path, piece, business, ways)


def _in_every_language(
    flow: Flow, step: Step | None, path: Path, piece: Authored, business: Business, ways: Ways
) -> Iterator[Worst]:
    if not isinstance(piece, Text):
        return
    media = step.media if step is not None and path[2] in SPEAKING else ()
    seen: set[str] = set()
    for language in flow.languages:
        options = step.listed(language, flow.languages) if isinstance(step, Choose) else ""
        scope = longest_values(flow, business, language, {"options": options})
        follows = bool(options) and path[2:] == ("choose",) and "options" not in piece.variables
        for text in _messages(piece, scope, ways, options if follows else ""):
            if text.strip() and text not in seen:
                seen.add(text)
                yield Worst(path=path, language=language, text=text, media=media)


def _messages(piece: Text, scope: Scope, ways: Ways, behind: str) -> Iterator[str]:
    for source in piece.sources(scope.language):
        for text in ways(source, scope):
            yield f"{text}\n{behind}" if behind else text


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
