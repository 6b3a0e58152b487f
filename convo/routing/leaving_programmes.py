"""Leaving one programme: what a STOP does where it is of one."""

from convo.routing.desk import Desk


def leave_programme(desk: Desk, programme: str) -> None:
    """End what is of one programme. Unsent messages of it are dropped when they are claimed."""
    flows = desk.playbook.flows

    def stays(flow: str) -> bool:
        return flow not in flows or flows[flow].programme != programme

    for walk in desk.open_walks():
        if walk.flow.programme == programme:
            walk.stop("stopped")
    desk.outbox.postponed = [
        each for each in desk.outbox.postponed if each.say.programme != programme
    ]
    desk.asked = [each for each in desk.asked if stays(each.flow)]
    desk.around.beside[:] = [each for each in desk.around.beside if stays(each.flow)]
