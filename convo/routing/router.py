"""Whose event is it? Five levels, in this order, the same everywhere; and one turn for each."""

from dataclasses import dataclass

from convo.core.contacts import ContactState
from convo.core.effects import Errand
from convo.core.events import (
    Answered,
    Due,
    Event,
    HandedBack,
    Inbound,
    LawWord,
    OptedOutElsewhere,
    Requested,
)
from convo.core.sessions import Held
from convo.core.turns import Outbound, Source, Turn, outbound_id
from convo.engine.walk import Walk
from convo.language.phrases import phrase
from convo.language.texts import spoken
from convo.policy import loop_guard
from convo.policy.leaving import Refused
from convo.policy.numbering import country_of
from convo.routing.asking import CannotBegin, requested, start_what_was_asked
from convo.routing.desk import GATE, START_WORD, Desk
from convo.routing.keywords import Match
from convo.routing.leaving import what_leaves
from convo.routing.playbook import Playbook
from convo.understanding.normalise import language_of, match_key

#: How long a keyword handler may take, in milliseconds.
KEYWORD_WITHIN_MS = 30_000
#: Texts that wait for an errand's answer: a record must stay small, and whoever sends more than
#: this is not talking to us.
MAX_HELD = 20
#: Countries whose carriers want HELP to say that texts may cost.
RATES_TOLD = frozenset({"US", "CA"})
#: How long silence at a question is not looked at again while a person has the conversation.
PERSON_SPEAKS_MS = 10 * 60_000


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
    while True:
        desk = Desk(state, event, playbook)
        _route(desk, event)
        try:
            start_what_was_asked(desk, hopeless)
        except CannotBegin as failed:
            # It is of another event, which must not be the ruin of this one: taken again without.
            hopeless[failed.event] = failed.error
        else:
            turn, after = desk.concluded(source, order)
            return TakenTurn(turn=turn, state=after)


def _route(desk: Desk, event: Event) -> None:
    match event:
        case Inbound():
            _inbound(desk, event)
        case Due():
            _due(desk, event)
        case Answered():
            _answered(desk, event)
        case Requested():
            requested(desk, event)
        case HandedBack():
            _handed_back(desk, event)
        case OptedOutElsewhere():
            desk.record("consent", programme="", state="withdrawn", source=event.source)
            desk.silence()


def apology(state: ContactState, event: Event, playbook: Playbook) -> Outbound | None:
    """What a contact hears when their text could not be dealt with; None for other events."""
    if not isinstance(event, Inbound) or state.stopped or event.law is not None:
        return None
    business = playbook.business
    language = state.language or language_of(event.text) or business.languages[0]
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
        id=outbound_id(event.id, 0),
        contact=state.number,
        channel=event.channel,
        text=leaves.text,
        kind="service",
        purpose="reply",
        lane="reply",
        parts=leaves.parts.count,
        due=event.at,
    )


# --- a text ---------------------------------------------------------------------------------------


def _inbound(desk: Desk, event: Inbound) -> None:
    desk.record("inbound", channel=event.channel, text=event.text, law=event.law)
    desk.pace = loop_guard.heard(desk.pace, event.text, event.at)
    if desk.state.language is None:
        desk.speaks(_known_language(desk, event.text))
    law = event.law or ("start" if event.acted else None)
    if law is not None:
        _law_word(desk, event, law)
    elif desk.state.stopped:
        desk.record("ignored", why="the contact has said STOP")
    else:
        _text(desk, event.text, event.id, event.at, event.channel)


def _law_word(desk: Desk, event: Inbound, law: LawWord) -> None:
    """Level 1. Its consent was changed when it was kept; here it is answered, once."""
    desk.record("routed", level=1, law=law, acted=event.acted)
    business, channel = desk.business, desk.business.channels[event.channel]
    # STOP, T and TD are written by everybody: their letters tell nothing of who is spoken with.
    heard = None if event.text.isascii() else _known_language(desk, event.text)
    language = heard or _language(desk)
    if law == "stop":
        desk.silence()
        if event.acted and channel.optout_reply == "us":
            told = phrase("stop.confirmed", language, business=business.name)
            desk.say(told, event.channel, "law")
    elif law == "start":
        told = "start.confirmed" if event.acted else "start.already"
        if channel.optout_reply == "us" or not event.acted:
            desk.say(phrase(told, language, business=business.name), event.channel, "law")
    else:
        told = "help.us" if country_of(event.contact) in RATES_TOLD else "help.anywhere"
        desk.say(phrase(told, language, business=business.name), event.channel, "law")


def _text(desk: Desk, text: str, event: str, at: int, channel: str) -> None:
    """Levels 2 to 5 for one text."""
    walks = desk.open_walks(channel)
    if _anytime(desk, walks, text, channel):
        return
    newest = walks[-1] if walks else None
    if newest is not None and newest.awaits_errand:
        if len(newest.held) >= MAX_HELD:
            desk.record("ignored", why="too many texts while an errand is out")
            return
        newest.hold(Held(event=event, at=at, text=text))
        desk.record("held", session=newest.id, why="an errand is out")
        return
    person = _person(walks)
    if person is not None and (newest is person or newest is None or newest.question is None):
        desk.record("held", session=person.id, why="a person has the conversation")
        return
    if _open_question(desk, walks, text):
        return
    asking = next((walk for walk in reversed(walks) if walk.question is not None), None)
    match = desk.playbook.start_words.whole(text)
    if match is None and asking is None:
        match = desk.playbook.start_words.contained(text)
    if match is not None:
        _start(desk, match, text, channel)
    elif asking is not None:
        desk.record("routed", level=3, session=asking.id, understood=False)
        asking.reject()
    elif (near := desk.playbook.start_words.near(text)) is not None:
        desk.record("routed", level=4, near=near.word)
        word = near.word.upper() if near.word.isascii() else near.word
        desk.say(phrase("near_word", _language(desk), word=word), channel, "reply")
    else:
        _fallback(desk, channel)


def _person(walks: list[Walk]) -> Walk | None:
    """The newest conversation that a person has."""
    return next((walk for walk in reversed(walks) if walk.with_a_person), None)


def _anytime(desk: Desk, walks: list[Walk], text: str, channel: str) -> bool:
    """Level 2: words of the open session's flow, then of the project."""
    key = match_key(text)
    for walk in reversed(walks):
        name = walk.flow.anytime_words.get(key)
        if name is not None:
            desk.record("routed", level=2, session=walk.id, word=name)
            for _ in walk.release():
                desk.record("ignored", session=walk.id, why="overtaken by an anytime word")
            walk.jump(name)
            return True
        if walk is not walks[0] and walk.understand(text) is not None:
            # The answer of a newer question, whatever it means to an older conversation.
            break
    flow = desk.playbook.anytime.get(key)
    if flow is None:
        return False
    desk.record("routed", level=2, flow=flow)
    _leave_questions(desk, flow, channel)
    desk.start(flow, channel, {}, "anytime word")
    return True


def _open_question(desk: Desk, walks: list[Walk], text: str) -> bool:
    """Level 3: the newest open question, else the only older one that understands it."""
    asking = [walk for walk in walks if walk.question is not None]
    able = [
        (walk, understood)
        for walk in reversed(asking)
        if (understood := walk.understand(text)) is not None
    ]
    if not able:
        return False
    if able[0][0] is not asking[-1] and len(able) > 1:
        return False
    walk, understood = able[0]
    desk.record("routed", level=3, session=walk.id, understood=True)
    walk.take(understood)
    return True


def _start(desk: Desk, match: Match, text: str, channel: str) -> None:
    """Level 4: a start word of a flow or of a keyword handler."""
    name = match.target.name
    desk.record("routed", level=4, word=match.word, how=match.how, starts=name)
    if match.target.kind == "flow":
        flow = desk.playbook.flows[name]
        heard = _known_language(desk, text)
        if heard in flow.languages:
            desk.speaks(heard)
        _leave_questions(desk, name, channel)
        desk.start(name, channel, {}, START_WORD)
        return
    around = desk.around
    id = around.next_id()
    around.effects.append(
        Errand(
            id=id,
            kind="keyword",
            channel=channel,
            name=name,
            arguments={"text": text, "rest": match.rest},
            key=id,
            within=KEYWORD_WITHIN_MS,
        )
    )
    desk.record("errand", id=id, kind="keyword", name=name)


def _leave_questions(desk: Desk, flow: str, channel: str) -> None:
    """Starting a flow anew ends the one of the same name that still waits for an answer."""
    for walk in desk.asking(channel):
        if walk.flow.name == flow:
            walk.stop("restarted")


def _fallback(desk: Desk, channel: str) -> None:
    """Level 5."""
    desk.record("routed", level=5)
    fallback = desk.business.channels[channel].fallback
    for_all, language = fallback.get("", ""), _language(desk)
    if for_all in desk.playbook.flows:
        desk.start(for_all, channel, {}, "fallback")
        return
    known = spoken(fallback, language)
    told = for_all if known is None else fallback[known]
    desk.say(told or phrase("fallback", language), channel, "reply")


# --- the other events -----------------------------------------------------------------------------


def _due(desk: Desk, event: Due) -> None:
    if event.name.startswith(GATE):
        desk.release(event.name)
        return
    session = event.name.partition("/")[0]
    walk = desk.walk(session)
    if walk is None:
        desk.record("stale", timer=event.name)
    elif (
        walk.question is not None
        and walk.flow.message_class != "emergency"
        and _person(desk.open_walks(walk.channel)) is not None
    ):
        # A person is speaking with them: our own question is not asked again meanwhile.
        due = event.at + PERSON_SPEAKS_MS
        if walk.put_off(event.name, event.generation, due):
            desk.record("put_off", timer=event.name, why="a person has the conversation")
        else:
            desk.record("stale", timer=event.name)
    elif walk.wake(event.name, event.generation):
        # An errand that had no answer in time lets go of what waited for it.
        _take_held(desk, walk)
    else:
        desk.record("stale", timer=event.name)


def _answered(desk: Desk, event: Answered) -> None:
    """An errand's answer; then the texts that waited with it, in their order."""
    if event.kind == "emit":
        desk.record("answered", id=event.errand, failure=event.failure)
        return
    for walk in desk.open_walks():
        if walk.hear(event.errand, event.value, event.failure):
            _take_held(desk, walk)
            return
    if event.kind != "keyword":
        desk.record("stale", errand=event.errand)
        return
    desk.record("answered", id=event.errand, failure=event.failure)
    if desk.state.stopped:
        desk.record("ignored", why="the contact has said STOP")
    elif event.failure:
        desk.say(phrase("parked_apology", _language(desk)), event.channel, "reply")
    else:
        texts: dict[str, str] = event.value["texts"]
        language = _language(desk)
        told = texts.get(language) or texts.get("") or next(iter(texts.values()), "")
        if told.strip():  # a handler may answer nothing
            desk.say(told, event.channel, "reply")


def _take_held(desk: Desk, walk: Walk) -> None:
    """The texts that waited with an errand, in their order; they may come to wait again."""
    for held in walk.release():
        if walk.question is not None and walk.question.purpose() == "consent":
            # Nobody agrees to what they have not read; the question has only just been asked.
            desk.record("ignored", session=walk.id, why="written before consent was asked for")
            continue
        desk.around.text = held.text
        desk.around.purpose = "reply"  # whatever woke us: they have spoken
        _text(desk, held.text, held.event, held.at, walk.channel)


def _handed_back(desk: Desk, event: HandedBack) -> None:
    walk = desk.walk(event.session) if event.session else _person(desk.open_walks())
    if walk is None or not walk.hand_back():
        desk.record("stale", session=event.session)


# --- languages ------------------------------------------------------------------------------------


def _language(desk: Desk) -> str:
    return desk.around.language or desk.business.languages[0]


def _known_language(desk: Desk, text: str) -> str | None:
    """The language that a text is written in, if the business speaks it."""
    heard = language_of(text)
    return heard if heard in desk.business.languages else None
