"""What our own side asks for: events that open conversations hear, and flows that begin."""

from collections.abc import Mapping
from typing import Any

from convo.core.contacts import Asked
from convo.core.events import Requested
from convo.engine.flow import Flow
from convo.engine.walk import Walk
from convo.errors import ConvoError
from convo.routing.beside import hear_beside
from convo.routing.desk import Desk
from convo.routing.once import begun_already

MAX_ASKED = 20
"""Flows that may wait for a question to close: a record must stay small."""


class CannotBegin(Exception):
    """A flow that waited for its turn failed when it came."""

    def __init__(self, event: str, error: str) -> None:
        super().__init__(event)
        self.event = event
        self.error = error


def requested(desk: Desk, event: Requested) -> list[Walk]:
    """An event, or a flow that is asked for by its name: the conversations that heard it.

    Open conversations hear an event first; then the flow that it starts begins, if there is one.
    """
    if desk.state.stopped:
        why = "the contact has said STOP"
        desk.record("ignored", why=why, flow=event.flow, event=event.event)
        return []
    heard: list[Walk] = []
    if event.event:
        desk.outbox.drop_postponed(event.event, event.answers)
        _drop_asked(desk, event.event, event.answers)
        heard = [walk for walk in desk.open_walks() if walk.notice(event.event, event.answers)]
        heard = hear_beside(desk, event.event, event.answers, heard)
    name = event.flow or desk.playbook.events.get(event.event, "")
    flow = desk.playbook.flows.get(name)
    if flow is not None:
        _begin(desk, event, flow)
    elif not heard:
        listens = event.event in desk.playbook.heard
        why = "no open conversation listens to it" if listens else "no such flow"
        desk.record("ignored", why=why, flow=name, event=event.event)
    return heard


def _drop_asked(desk: Desk, event: str, values: Mapping[str, Any]) -> None:
    """A flow that would hear the event when it began does not begin any more."""
    for asked in [*desk.asked]:
        flow = desk.playbook.flows.get(asked.flow)
        hearing = flow.hears.get(event) if flow is not None else None
        if hearing is not None and hearing.unless(event, asked.answers).met(event, values):
            desk.asked.remove(asked)
            desk.record("ignored", why="overtaken by an event", flow=asked.flow, event=event)


def _begin(desk: Desk, event: Requested, flow: Flow) -> None:
    """Start it, or let it wait; `busy` says what when a question is open."""
    name, values = flow.name, event.answers
    lacking = sorted(name for name in flow.needs if values.get(name) is None)
    if lacking and event.event:
        # The door refuses such an event, so only one that came past it is seen here.
        desk.record("ignored", why="the event lacks what it must bring", flow=name, lacks=lacking)
        return
    if begun_already(desk, flow):
        desk.record("ignored", why="it began already, and it begins once", flow=name)
        return
    kept = {key: raw for key, raw in values.items() if key in flow.answers or key in flow.brings}
    asking = desk.asking(event.channel)
    if asking and flow.busy == "wait":
        if len(desk.asked) >= MAX_ASKED:
            desk.record("ignored", why="too many flows wait for a question to close", flow=name)
            return
        desk.asked.append(
            Asked(event=event.id, flow=name, channel=event.channel, answers=kept, request=event.key)
        )
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
        # Whatever has closed the question: this begins with us.
        desk.around.purpose, desk.around.request = "first", asked.request
        if asked.event in hopeless:
            error = hopeless[asked.event]
            desk.record("ignored", why="it cannot begin", flow=asked.flow, error=error)
        elif (flow := desk.playbook.flows.get(asked.flow)) is not None:
            if begun_already(desk, flow):
                desk.record("ignored", why="it began already, and it begins once", flow=asked.flow)
                continue
            try:
                desk.start(asked.flow, asked.channel, asked.answers, "request, after a question")
            except ConvoError as error:
                raise CannotBegin(asked.event, type(error).__name__) from error
        else:
            desk.record("ignored", why="no such flow", flow=asked.flow)
