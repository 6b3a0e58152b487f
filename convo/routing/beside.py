"""What steps put off beside their conversations (`later:`): begun when due, or dropped."""

from collections.abc import Callable, Mapping
from typing import Any

from convo.core.contacts import Beside
from convo.core.effects import ClearTimer, SetTimer
from convo.core.events import Due
from convo.core.sessions import Frame, Session
from convo.engine.walk import Walk
from convo.routing.desk import Desk
from convo.routing.levels import person_in
from convo.steps.attributes import LATER

#: How long questions and what was put off wait when a person has the conversation.
PERSON_SPEAKS_MS = 10 * 60_000


def begin_beside(desk: Desk, event: Due) -> None:
    """What was put off is due: a conversation of its own goes on from there."""
    id = event.name.removeprefix(LATER)
    put = next((each for each in desk.around.beside if each.id == id), None)
    if put is None or put.generation != event.generation:
        desk.record("stale", timer=event.name)
        return
    walk = _walk(desk, put)
    if walk is None:
        return
    asks = walk.flow.message_class != "emergency"
    if asks and person_in(desk.open_walks(put.channel)) is not None:
        due = event.at + PERSON_SPEAKS_MS
        desk.around.effects.append(SetTimer(name=event.name, generation=put.generation, due=due))
        desk.record("put_off", timer=event.name, why="a person has the conversation")
        return
    desk.around.beside.remove(put)
    desk.record("begun", session=walk.id, flow=put.flow, step=put.step, of=put.of)
    desk.join(walk)
    walk.set_out(put.n)


def hear_beside(desk: Desk, event: str, values: Mapping[str, Any], heard: list[Walk]) -> list[Walk]:
    """What was put off hears an event as its conversation does: it is not wanted any more.

    Where the conversation itself is over, the way of the event is taken once in its place. The
    conversations that heard it are answered, `heard` among them.
    """
    told = {walk.id for walk in heard}
    found = list(heard)
    for put in [*desk.around.beside]:
        walk = _walk(desk, put)
        if walk is None or not walk.listens(event, values):
            continue
        _drop(desk, put, event=event)
        if put.of not in told and walk.notice(event, values):
            told.add(put.of)
            desk.join(walk)
            found.append(walk)
    return found


def drop_beside(desk: Desk, wanted: Callable[[Beside], bool], why: str) -> None:
    """Drop what is not `wanted` any more."""
    for put in [*desk.around.beside]:
        if not wanted(put):
            _drop(desk, put, why=why)


def drop_of_the_cut_off(desk: Desk) -> None:
    """A conversation that was ended by force takes along what it put off."""
    cut = {walk.id for walk in desk.walks if walk.cut_off}
    drop_beside(desk, lambda put: put.of not in cut, "its conversation was ended")


def _drop(desk: Desk, put: Beside, **facts: object) -> None:
    desk.around.beside.remove(put)
    desk.around.effects.append(ClearTimer(name=f"{LATER}{put.id}"))
    desk.record("dropped", kind="later", flow=put.flow, step=put.step, **facts)


def _walk(desk: Desk, put: Beside) -> Walk | None:
    """The conversation that it is to become; None when nobody has its flow any more."""
    bundle = desk.playbook.versions.get(put.version)
    if bundle is None:
        _drop(desk, put, why="version lost")
        return None
    frame = Frame(
        flow=put.flow,
        version=put.version,
        step=put.step,
        answers=put.answers,
        brought=put.brought,
    )
    session = Session(
        id=desk.around.next_id(),
        channel=put.channel,
        frames=(frame,),
        generation=put.generation,
        request=put.request,
    )
    walk = Walk(session, bundle, desk.around)
    walk.waited = False
    return walk
