"""Two numbers of one person: what is known under the one is handed on to the other.

A contact is the unit of commit, so each number takes its own turn, and an errand carries what is
known from one to the other until both have the stricter of their consents. It is done again as
often as somebody likes, and comes to the same.
"""

from collections.abc import Mapping
from typing import Any

from convo.core.contacts import EVERYTHING, ConsentState, ContactState, Json, Origin
from convo.core.effects import Errand, SetConsent
from convo.core.events import HandedOn, MergeAsked
from convo.core.numbers import PhoneNumber
from convo.policy.consent import strictest
from convo.routing.desk import Desk
from convo.routing.leaving_programmes import leave_programme

HAND_ON_WITHIN_MS = 30 * 24 * 3_600_000
"""It only waits for our own store; a server that was off for weeks goes on with it."""


def merging(desk: Desk, event: MergeAsked | HandedOn) -> None:
    """Two numbers of one person: what is known of one is handed on to the other."""
    if isinstance(event, MergeAsked):
        merge_asked(desk, event)
    else:
        handed_on(desk, event)


def merge_asked(desk: Desk, event: MergeAsked) -> None:
    """End what goes on under this number, and hand on what is known."""
    state = desk.state
    if event.into == state.number:
        desk.record("ignored", why="a number cannot be merged with itself")
        return
    answers: list[Json] = []
    for walk in desk.open_walks():
        kept: dict[str, Json] = {"flow": walk.flow.name, "answers": dict(walk.scene.answers)}
        answers.append(kept)
        walk.stop("merged")
    desk.around.beside.clear()
    known: dict[str, Any] = {
        "fields": dict(state.fields),
        "tags": list(state.tags),
        "language": state.language,
        "zone": state.zone,
        "first_seen": state.first_seen,
        "answers": answers,
    }
    _hand_on(desk, event.into, {**known, "consents": _standing(state)})
    desk.record("merged", into=event.into.masked)


def handed_on(desk: Desk, event: HandedOn) -> None:
    """Take what was known elsewhere; what is known here stays, and of consents the stricter."""
    lost: Mapping[str, Json] = _taken(desk, event.kept) if "fields" in event.kept else {}
    theirs: Mapping[str, ConsentState] = event.kept["consents"]
    ours = _standing(desk.state)
    both: Mapping[str, ConsentState] = {
        programme: _both(programme, ours, theirs) for programme in {**ours, **theirs}
    }
    for programme, strict in both.items():
        if strict != _of(programme, ours):
            _stand(desk, programme, strict, event.of)
    if any(strict != _of(programme, theirs) for programme, strict in both.items()):
        _hand_on(desk, event.of, {"consents": both})
    desk.record("merged", of=event.of.masked, not_taken=lost, answers=event.kept.get("answers", []))


def _taken(desk: Desk, kept: Mapping[str, Any]) -> Mapping[str, Json]:
    """Take what is not known here; the values of fields that are known otherwise are returned."""
    around, fields = desk.around, desk.around.fields
    lost: dict[str, Json] = {}
    for name, value in kept["fields"].items():
        if fields.kept.get(name) is None:
            fields.set(name, value)
        elif fields.kept[name] != value:
            lost[name] = value
    around.tags += [tag for tag in kept["tags"] if tag not in around.tags]
    around.language = around.language or kept["language"]
    around.contact_zone = around.contact_zone or kept["zone"]
    desk.first_seen = min(filter(None, (desk.first_seen, kept["first_seen"])), default=0)
    return lost


def _standing(state: ContactState) -> Mapping[str, ConsentState]:
    return {programme: held.state for programme, held in state.consents.items()}


def _of(programme: str, consents: Mapping[str, ConsentState]) -> ConsentState:
    """Nobody has to agree to everything: who has not left it is free to be texted."""
    return consents.get(programme, "given" if programme == EVERYTHING else "unknown")


def _both(
    programme: str, ours: Mapping[str, ConsentState], theirs: Mapping[str, ConsentState]
) -> ConsentState:
    return strictest(_of(programme, ours), _of(programme, theirs))


def _stand(desk: Desk, programme: str, state: ConsentState, of: PhoneNumber) -> None:
    origin = Origin(how="merge", source=of.e164)
    desk.around.effects.append(SetConsent(programme=programme, state=state, origin=origin))
    desk.record("consent", programme=programme, state=state, why="merged")
    if state == "withdrawn" and programme == EVERYTHING:
        desk.silence()
    elif state == "withdrawn":
        leave_programme(desk, programme)


def _hand_on(desk: Desk, to: PhoneNumber, kept: Mapping[str, Any]) -> None:
    id = desk.around.next_id()
    desk.around.effects.append(
        Errand(
            id=id,
            kind="hand_on",
            channel="",
            name=to.e164,
            arguments=kept,
            key=id,
            within=HAND_ON_WITHIN_MS,
        )
    )
    desk.record("errand", id=id, kind="hand_on", name=to.masked)
