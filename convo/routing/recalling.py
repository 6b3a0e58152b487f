"""Somebody has taken back what conversations say: they end, with all that they have put off."""

from convo.core.events import Recalled
from convo.core.recalls import Recall
from convo.core.voices import Voice
from convo.routing.beside import drop_beside
from convo.routing.desk import Desk

OUTCOME = "recalled"


def recalled(desk: Desk, event: Recalled) -> None:
    """End what the recall means. What waits to be sent was stopped where the recall was kept."""
    recall, contact = event.recall, desk.state.number
    for walk in desk.open_walks():
        if recall.means(contact, walk.voice()):
            walk.stop(OUTCOME)
            # They have not had it, so it may begin once more when it was mended.
            desk.begun.pop(walk.root, None)
    said = [each for each in desk.outbox.postponed if recall.means(contact, each.say.voice)]
    desk.outbox.drop(said, why=OUTCOME)
    drop_beside(
        desk,
        lambda put: (
            not recall.means(
                contact,
                Voice(session=put.of, flows=(put.flow,), version=put.version, request=put.request),
            )
        ),
        OUTCOME,
    )
    for asked in [*desk.asked]:
        if _is_meant(recall, desk, asked.flow, asked.request):
            desk.asked.remove(asked)
            desk.record("ignored", why="it was recalled", flow=asked.flow)


def _is_meant(recall: Recall, desk: Desk, flow: str, request: str) -> bool:
    """Whether a flow that has not begun yet is meant: it would begin in its newest version."""
    version = desk.playbook.newest.get(flow, "")
    voice = Voice(session="to be", flows=(flow,), version=version, request=request)
    return recall.means(desk.state.number, voice)
