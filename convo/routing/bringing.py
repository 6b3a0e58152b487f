"""A consent that was given elsewhere: taken when it can be shown, and never against a refusal."""

from convo.core.contacts import Origin
from convo.core.effects import SetConsent
from convo.core.events import ConsentBrought
from convo.routing.desk import Desk


def consent_brought(desk: Desk, event: ConsentBrought) -> None:
    """Keep it with its evidence, or say why not."""
    why = _refusal(desk, event)
    if why:
        desk.record("ignored", why=why, programme=event.programme, source=event.source)
        return
    origin = Origin(how="import", source=event.source, evidence=event.evidence)
    desk.around.effects.append(
        SetConsent(
            programme=event.programme,
            state="given",
            proof=event.shown,
            origin=origin,
            at=event.given_at,
        )
    )
    desk.record("consent", programme=event.programme, state="given", source=event.source)


def _refusal(desk: Desk, event: ConsentBrought) -> str:
    state = desk.state.consent_to(event.programme)
    if not event.proven:
        return "a consent that nobody can show is none"
    if event.given_at > event.at:
        return "it says that it is given in the future"
    if event.programme not in desk.business.programmes:
        return "there is no such programme"
    if state == "withdrawn":
        return "they have left it, and only they can come back"
    return "they have given it already" if state == "given" else ""
