"""Flows that our own side asks for: begun at once, or when the open question is closed."""

from collections.abc import Mapping

from convo.core.contacts import Asked
from convo.core.events import Requested
from convo.errors import ConvoError
from convo.routing.desk import Desk

MAX_ASKED = 20
"""Flows that may wait for a question to close: a record must stay small."""


class CannotBegin(Exception):
    """A flow that waited for its turn failed when it came."""

    def __init__(self, event: str, error: str) -> None:
        super().__init__(event)
        self.event = event
        self.error = error


def requested(desk: Desk, event: Requested) -> None:
    """A flow that our own side asks for; `busy` says what when a question is open."""
    name = event.flow or desk.playbook.events.get(event.event, "")
    flow = desk.playbook.flows.get(name)
    if flow is None or desk.state.stopped:
        why = "no such flow" if flow is None else "the contact has said STOP"
        desk.record("ignored", why=why, flow=name, event=event.event)
        return
    kept = {answer: value for answer, value in event.answers.items() if answer in flow.answers}
    asking = desk.asking(event.channel)
    if asking and flow.busy == "wait":
        if len(desk.asked) >= MAX_ASKED:
            desk.record("ignored", why="too many flows wait for a question to close", flow=name)
            return
        desk.asked.append(Asked(event=event.id, flow=name, channel=event.channel, answers=kept))
        desk.record("held", flow=name, why="a question is open")
        return
    if flow.busy == "replace":
        for walk in asking:
            walk.stop("replaced")
    desk.start(name, event.channel, kept, f"request {event.event}".strip())


def start_what_was_asked(desk: Desk, hopeless: Mapping[str, str]) -> None:
    """Flows that waited for a question to close start when none is open.

    Those that are `hopeless` (by their events, with the error) are dropped instead.
    """
    while desk.asked:
        asked = desk.asked[0]
        if desk.asking(asked.channel):
            return
        desk.asked.pop(0)
        if asked.event in hopeless:
            error = hopeless[asked.event]
            desk.record("ignored", why="it cannot begin", flow=asked.flow, error=error)
        elif asked.flow in desk.playbook.flows:
            try:
                desk.start(asked.flow, asked.channel, asked.answers, "request, after a question")
            except ConvoError as error:
                raise CannotBegin(asked.event, type(error).__name__) from error
        else:
            desk.record("ignored", why="no such flow", flow=asked.flow)
