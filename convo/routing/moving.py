"""People who wait in an older version of a flow, and go where the newest one says (`moved:`)."""

from collections.abc import Mapping

from convo.core.events import Answered, Due, Event, HandedBack, Inbound, Requested
from convo.engine.moving import Stay, destination
from convo.errors import ConvoError
from convo.routing.desk import Desk
from convo.routing.levels import person_in


class CannotMove(Exception):
    """A session that was to go on in a newer version failed there, and stays in its own."""

    def __init__(self, session: str, error: str) -> None:
        super().__init__(session)
        self.session = session
        self.error = error


def move_sessions(desk: Desk, event: Event, staying: Mapping[str, str]) -> None:
    """Move what the newest versions want moved, before the event is looked at.

    All sessions of the contact go at once, whichever the event is for. Those that are `staying`
    (by session, with the error) could not.
    """
    if not _moves(desk, event):
        return
    for session, error in staying.items():
        desk.record(
            "ignored", why="it cannot move to the newer version", session=session, error=error
        )
    playbook = desk.playbook
    for session in desk.state.sessions:
        walk = desk.walk(session.id)
        if walk is None or session.id in staying:
            continue
        newest = playbook.newest.get(walk.root)
        if newest is None or newest == walk.version:
            continue
        to = destination(session.frames, walk.bundle, newest, playbook.versions[newest])
        person = person_in(desk.open_walks(walk.channel))
        if isinstance(to, Stay) or (person is not None and person is not walk):
            continue  # what we have to say must not come between them and the person
        try:
            walk.move(to)
        except ConvoError as error:
            raise CannotMove(session.id, type(error).__name__) from error


def _moves(desk: Desk, event: Event) -> bool:
    """Whether it is an event of a conversation: a law word and a merge say what they say alone."""
    match event:
        case Inbound():
            return event.law is None and not event.acted and not desk.state.stopped
        case Due() | Answered() | Requested() | HandedBack():
            return not desk.state.stopped
        case _:
            return False
