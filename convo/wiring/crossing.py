"""What convo.toml counts on and no flow does: told where it stands in convo.toml."""

from collections.abc import Iterator

from convo.errors import FlowError, Place
from convo.language.spelling import did_you_mean
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.settings import Settings
from convo.settings.complaints import line_at, lines_of
from convo.settings.reading import FILE

_COMPLAINT_TAG = ("caps", "signals", "complaint", "tag")


def unheard_complaints(settings: Settings, loaded: Loaded) -> Iterator[FlowError]:
    """A tag that tells of a complaint and that no step gives: nobody would ever move by it."""
    caps = settings.business.caps
    move = None if caps is None else caps.signals.get("complaint")
    given = {
        tag
        for flow in loaded.playbook.flows.values()
        for step in flow.steps.values()
        if step.tag is not None
        for tag in step.tag.add
    }
    if move is None or move.tag in given:
        return
    near = did_you_mean(move.tag, given)
    yield FlowError(
        sentence(
            'No flow gives the tag "{tag}", so no complaint would ever be heard.', tag=move.tag
        ),
        place=_place(settings, move.tag),
        mend=sentence('Did you mean "{near}"?', near=near)
        if near
        else sentence(
            "Write `tag: {tag}` at the step that takes what they said for one.", tag=move.tag
        ),
    )


def _place(settings: Settings, value: str) -> Place:
    text = settings.file.read_text("utf-8")
    line = line_at(lines_of(text), _COMPLAINT_TAG) or 1
    column = text.splitlines()[line - 1].find(value)
    return Place(file=FILE, line=line, column=max(column, 0) + 1)
