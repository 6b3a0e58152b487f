"""Flows that say `once`: whether this contact may start one again, and what they are told."""

from convo.engine.flow import Flow
from convo.language.scope import Scope
from convo.routing.desk import Desk


def begun_already(desk: Desk, flow: Flow) -> bool:
    """Whether the contact has started it within its period, or it waits to begin."""
    if flow.once is None:
        return False
    if any(asked.flow == flow.name for asked in desk.asked):
        return True
    since = desk.begun.get(flow.name)
    return since is not None and (desk.event.at - since) / 1_000 < flow.once


def told_again(desk: Desk, flow: Flow, channel: str) -> bool:
    """Whether they are told: the question where they stopped, or what the flow says of it."""
    desk.record("ignored", why="it began already, and it begins once", flow=flow.name)
    unfinished = next((walk for walk in desk.asking(channel) if walk.root == flow.name), None)
    if unfinished is not None:
        unfinished.ask_again()
        return True
    if flow.again is None:
        return False
    around = desk.around
    scope = Scope(
        names={"contact": around.fields.values(), "now": around.now},
        language=desk.language,
        zone=around.zone,
        now=around.now,
        country=around.country,
        currency=around.currency,
    )
    for text in flow.again.render(scope, chance=desk.event.id, languages=flow.languages):
        desk.outbox.say(text, channel, "reply")
    return True
