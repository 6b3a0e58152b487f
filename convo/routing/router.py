"""Whose event is it? Five levels, in this order, the same everywhere; and one turn for each."""

from dataclasses import dataclass

from convo.core.contacts import ContactState
from convo.core.events import (
    Answered,
    Confirmed,
    ConsentBrought,
    Due,
    Event,
    HandedBack,
    HandedOn,
    Inbound,
    MergeAsked,
    Moved,
    OptedOutElsewhere,
    Recalled,
    Requested,
)
from convo.core.languages import nearest
from convo.core.turns import Outbound, Source, Turn, outbound_id
from convo.engine.walk import Walk
from convo.language.phrases import phrase
from convo.policy.leaving import Refused
from convo.routing.asking import CannotBegin, requested, start_what_was_asked
from convo.routing.backups import in_its_conversation, moved, reroute
from convo.routing.beside import PERSON_SPEAKS_MS, begin_beside, drop_of_the_cut_off
from convo.routing.bringing import consent_brought
from convo.routing.clarifying import give_up
from convo.routing.confirming import confirmed
from convo.routing.consenting import CONSENT
from convo.routing.desk import Desk
from convo.routing.late import remember_closed
from convo.routing.leaving import what_leaves
from convo.routing.leaving_programmes import leave_programme
from convo.routing.levels import hear, hear_what_has_come, person_in, take_text
from convo.routing.merging import merging
from convo.routing.moving import CannotMove, move_sessions
from convo.routing.open_questions import keep_in_hand
from convo.routing.playbook import Playbook
from convo.routing.recalling import recalled
from convo.routing.timers import BACK, GATE, PARTS
from convo.steps.attributes import LATER
from convo.understanding.telling import language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenTurn:
    """A turn, and the state that the next event of the same contact meets."""

    turn: Turn
    state: ContactState


def take_turn(
    state: ContactState, event: Event, source: Source, order: int, playbook: Playbook
) -> TakenTurn:
    """What `event` means for this contact. Pure: the same event makes the same turn."""
    hopeless: dict[str, str] = {}
    staying: dict[str, str] = {}
    heard = in_its_conversation(state, event, playbook.business)
    while True:
        desk = Desk(state, heard, playbook)
        try:
            if isinstance(event, Inbound) and isinstance(heard, Inbound) and heard is not event:
                reroute(desk, heard.channel, event.channel)
            move_sessions(desk, heard, staying)
            _route(desk, heard)
            start_what_was_asked(desk, hopeless)
        except CannotMove as failed:
            # A mistake of the newer version is no reason to say nothing to them any more.
            staying[failed.session] = failed.error
        except CannotBegin as failed:
            # It is of another event, which must not be the ruin of this one: taken again without.
            hopeless[failed.event] = failed.error
        else:
            keep_in_hand(desk)
            remember_closed(desk)
            drop_of_the_cut_off(desk)
            turn, after = desk.concluded(source, order)
            return TakenTurn(turn=turn, state=after)


def _route(desk: Desk, event: Event) -> None:
    match event:
        case Inbound():
            hear(desk, event)
        case Due():
            _due(desk, event)
        case Answered():
            _answered(desk, event)
        case Requested():
            for walk in requested(desk, event):
                _take_held(desk, walk)
        case HandedBack():
            _handed_back(desk, event)
        case OptedOutElsewhere():
            _opted_out(desk, event)
        case ConsentBrought() | Confirmed() | MergeAsked() | HandedOn() | Recalled() | Moved():
            _befallen(desk, event)


def _befallen(
    desk: Desk,
    event: ConsentBrought | Confirmed | MergeAsked | HandedOn | Recalled | Moved,
) -> None:
    """What happens to a contact by other ways than texts, timers and flows."""
    match event:
        case ConsentBrought():
            consent_brought(desk, event)
        case Confirmed():
            confirmed(desk, event)
        case MergeAsked() | HandedOn():
            merging(desk, event)
        case Recalled():
            recalled(desk, event)
        case Moved():
            moved(desk, event)


def apology(state: ContactState, event: Event, playbook: Playbook) -> Outbound | None:
    """What a contact hears when their text could not be dealt with; None for other events."""
    if not isinstance(event, Inbound) or state.stopped or event.law is not None:
        return None
    business = playbook.business
    heard = language_of(event.text, business.languages)
    language = state.language or heard or business.languages[0]
    leaves = what_leaves(
        phrase("parked_apology", language),
        kind="service",
        channel=event.channel,
        business=business,
        contact=state.number,
        language=language,
    )
    if isinstance(leaves, Refused):
        return None
    return Outbound(
        id=outbound_id(state.number, event.id, 0),
        contact=state.number,
        channel=event.channel,
        text=leaves.text,
        kind="service",
        purpose="reply",
        lane="reply",
        parts=leaves.parts.count,
        due=event.at,
    )


# --- the other events -----------------------------------------------------------------------------


def _due(desk: Desk, event: Due) -> None:
    if event.name.startswith(CONSENT):
        return  # what is overdue was found when the turn began
    if event.name.startswith(GATE):
        desk.outbox.release(event.name)
        return
    if event.name.startswith(LATER):
        begin_beside(desk, event)
        return
    if event.name.startswith(BACK):
        give_up(desk, event)
        return
    if event.name.startswith(PARTS):
        hear_what_has_come(desk, event)
        return
    session = event.name.partition("/")[0]
    walk = desk.walk(session)
    if walk is None:
        desk.record("stale", timer=event.name)
    elif (
        walk.question is not None
        and walk.flow.message_class != "emergency"
        and person_in(desk.open_walks(walk.channel)) is not None
    ):
        # A person is speaking with them: our own question is not asked again meanwhile.
        due = event.at + PERSON_SPEAKS_MS
        if walk.put_off(event.name, event.generation, due):
            desk.record("put_off", timer=event.name, why="a person has the conversation")
        else:
            desk.record("stale", timer=event.name)
    elif _woken(desk, walk, event):
        # An errand that had no answer in time lets go of what waited for it.
        _take_held(desk, walk)
    else:
        desk.record("stale", timer=event.name)


def _woken(desk: Desk, walk: Walk, event: Due) -> bool:
    """Wake the session; an errand without an answer goes on with what asked for it."""
    if walk.awaits_errand:
        desk.around.purpose = "first" if walk.began else "reply"
    return walk.wake(event.name, event.generation)


def _answered(desk: Desk, event: Answered) -> None:
    """An errand's answer; then the texts that waited with it, in their order."""
    if event.kind in ("emit", "hand_on"):
        desk.record("answered", id=event.errand, failure=event.failure)
        return
    for walk in desk.open_walks():
        desk.around.purpose = "first" if walk.began else "reply"
        if walk.hear(event.errand, event.value, event.failure):
            _take_held(desk, walk)
            return
    desk.around.purpose = "reply"
    if event.kind != "keyword":
        desk.record("stale", errand=event.errand)
        return
    desk.record("answered", id=event.errand, failure=event.failure)
    if desk.state.stopped:
        desk.record("ignored", why="the contact has said STOP")
    elif event.failure:
        desk.outbox.say(phrase("parked_apology", desk.language), event.channel, "reply")
    else:
        texts: dict[str, str] = event.value["texts"]
        known = nearest(texts, desk.language)
        told = texts[known] if known else texts.get("") or next(iter(texts.values()), "")
        if told.strip():  # a handler may answer nothing
            desk.outbox.say(told, event.channel, "reply")


def _take_held(desk: Desk, walk: Walk) -> None:
    """The texts that waited with an errand, in their order; they may come to wait again."""
    for held in walk.release():
        if walk.question is not None and walk.question.purpose() == "consent":
            # Nobody agrees to what they have not read; the question has only just been asked.
            desk.record("ignored", session=walk.id, why="written before consent was asked for")
            continue
        desk.around.text = held.text
        desk.around.purpose = "reply"  # whatever woke us: they have spoken
        take_text(desk, held.text, held.event, held.at, walk.channel)


def _opted_out(desk: Desk, event: OptedOutElsewhere) -> None:
    programme = event.programme
    desk.record("consent", programme=programme, state="withdrawn", source=event.source)
    if programme:
        leave_programme(desk, programme)
    else:
        desk.silence()


def _handed_back(desk: Desk, event: HandedBack) -> None:
    walk = desk.walk(event.session) if event.session else person_in(desk.open_walks())
    if walk is None or not walk.hand_back():
        desk.record("stale", session=event.session)
