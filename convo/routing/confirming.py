"""A yes by a one-time link: as good as the word for it, and only while its request is open."""

from convo.core.events import Confirmed
from convo.routing.desk import Desk
from convo.steps.consent import Consent
from convo.steps.question import Understood


def confirmed(desk: Desk, event: Confirmed) -> None:
    """The open question for this consent is answered, if it is the one whose text bore the link."""
    held = desk.state.consents.get(event.programme)
    token = event.link.rpartition("/")[2]  # our address may be another by now
    for walk in reversed(desk.open_walks(event.channel)):
        question = walk.question
        if not isinstance(question, Consent) or question.consent.ask != event.programme:
            continue
        open_ = desk.around.consent_to(event.programme) == "asked"
        if open_ and held is not None and token in held.proof:
            desk.record("confirmed", session=walk.id, programme=event.programme)
            desk.around.text = event.shown
            walk.take(Understood(value=True, branch="yes"))
            return
    desk.record("stale", programme=event.programme, why="its request is not open any more")
