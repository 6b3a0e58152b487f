"""Whose text is it? Five levels, in this order, the same everywhere."""

import re

from convo.core.effects import Errand
from convo.core.events import Due, Inbound
from convo.core.languages import nearest
from convo.core.sessions import Held
from convo.engine.flow import Flow, read_languages
from convo.engine.walk import Walk
from convo.language.phrases import phrase
from convo.language.texts import spoken
from convo.policy import loop_guard
from convo.policy.numbering import language_of_country
from convo.routing.clarifying import (
    ask_whether,
    ask_which,
    asked_back_on,
    chosen,
    forget,
    left_unplaced,
    meant,
)
from convo.routing.desk import START_WORD, Desk
from convo.routing.joining import text_of, what_has_come, whole_text
from convo.routing.keywords import Match
from convo.routing.late import answers_too_late
from convo.routing.law import answer_law
from convo.routing.once import begun_already, told_again
from convo.routing.open_questions import able_to_take, who_refuses
from convo.routing.privacy import asks_for_privacy, tell_privacy
from convo.understanding.normalise import match_key
from convo.understanding.telling import language_of, written_alike

#: How long a keyword handler may take, in milliseconds.
KEYWORD_WITHIN_MS = 30_000
#: Texts that wait for an errand's answer: a record must stay small, and whoever sends more than
#: this is not talking to us.
MAX_HELD = 20
#: The answer, if a flow declares it as a text, that holds the text which started it.
WROTE = "wrote"
#: Letters of a near miss from which it is asked back with a yes to start it; a shorter one is
#: another word too easily ("look" and "book"), and only told what it may have been.
ASKED_FROM = 5

_DIGIT = re.compile(r"\d")


def _code_is_awaited(desk: Desk, channel: str) -> bool:
    questions = (walk.question for walk in desk.asking(channel))
    return any(each is not None and each.keeps_secret for each in questions)


def hear(desk: Desk, event: Inbound) -> None:
    """A text has come."""
    desk.confidential = _code_is_awaited(desk, event.channel)
    written = _DIGIT.sub("*", event.text) if desk.confidential else event.text
    pictures = {"media": event.media} if event.media else {}
    desk.record("inbound", channel=event.channel, text=written, law=event.law, **pictures)
    law = event.law or ("start" if event.acted else None)
    text = event.text if law is not None or desk.state.stopped else whole_text(desk, event)
    if text is None:
        return
    _listen(desk, text)
    if law is not None:
        desk.record("routed", level=1, law=law, acted=event.acted)
        # STOP, T and TD are written by everybody: their letters tell nothing of who is spoken with.
        heard = None if event.text.isascii() else _known_language(desk, event.text)
        answer_law(desk, event, law, heard or desk.language)
    elif desk.state.stopped:
        desk.record("ignored", why="the contact has said STOP")
    elif asks_for_privacy(desk, event.text):
        tell_privacy(desk, event)
    else:
        desk.around.text = text
        take_text(desk, text, event.id, event.at, event.channel)


def hear_what_has_come(desk: Desk, event: Due) -> None:
    """The parts of a text whose others did not come in time."""
    pieces = what_has_come(desk, event)
    if pieces is not None:
        text = text_of(pieces)
        _listen(desk, text)
        desk.around.text = text
        desk.around.purpose = "reply"  # what woke us was their text
        take_text(desk, text, pieces.event, pieces.at, pieces.channel)


def _listen(desk: Desk, text: str) -> None:
    desk.outbox.pace = loop_guard.heard(desk.outbox.pace, text, desk.event.at)
    if desk.state.language is None:
        desk.speaks(_known_language(desk, text))


def take_text(desk: Desk, text: str, event: str, at: int, channel: str) -> None:
    """Levels 2 to 5 for one text."""
    desk.heard_on = channel
    walks = desk.open_walks(channel)
    if desk.asked_back and _answer_to_us(desk, text, channel):
        return
    if _anytime(desk, walks, text, channel):
        return
    newest = walks[-1] if walks else None
    if newest is not None and newest.awaits_errand and not newest.displaced:
        if len(newest.held) >= MAX_HELD:
            desk.record("ignored", why="too many texts while an errand is out")
            return
        newest.hold(Held(event=event, at=at, text=text))
        desk.record("held", session=newest.id, why="an errand is out")
        return
    person = person_in(walks)
    if person is not None and (newest is person or newest is None or newest.question is None):
        desk.record(
            "held",
            session=person.id,
            flow=person.flow.name,
            step=person.scene.step,
            why="a person has the conversation",
        )
        return
    asking = [
        walk
        for walk in walks
        if walk.question is not None and not walk.scene.unread and not walk.displaced
    ]
    if asking and _open_question(desk, asking, text, event, channel):
        return
    _start_or_fall_back(desk, asking, text, event, channel)


def _start_or_fall_back(
    desk: Desk, asking: list[Walk], text: str, event: str, channel: str
) -> None:
    """Levels 4 and 5, for a text that no open question has taken."""
    match = desk.playbook.start_words.whole(text)
    if match is None and not asking:
        match = desk.playbook.start_words.contained(text)
    again = None if match is None else _begun(desk, match)
    if again is not None:
        if told_again(desk, again, channel):
            return
        match = None
    if match is not None:
        _start(desk, match, text, channel)
    elif any(walk.displaced and walk.channel == channel for walk in desk.walks):
        desk.record("ignored", why="its question is gone with an older version of the flow")
    elif not any(walk.in_hand for walk in asking) and answers_too_late(desk, text, channel):
        pass  # they have been told
    elif asking:
        refusing = who_refuses(asking)
        desk.record("routed", level=3, session=refusing.id, understood=False)
        refusing.reject()
    elif again is None and (near := desk.playbook.start_words.near(text)) is not None:
        _nearly(desk, near, text, event, channel)
    else:
        _fallback(desk, text, channel)


def person_in(walks: list[Walk]) -> Walk | None:
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


def _open_question(desk: Desk, asking: list[Walk], text: str, event: str, channel: str) -> bool:
    """Level 3: the question in hand, or the only one that understands it, or we ask which."""
    languages = read_languages(desk.business.languages)
    able = able_to_take(asking, text, languages)
    if len(able) > 1:
        ask_which(desk, [walk for walk, _ in able], text, event, channel)
    elif able:
        ((walk, understood),) = able
        desk.record("routed", level=3, session=walk.id, understood=True)
        walk.take(understood)
    return bool(able)


def _answer_to_us(desk: Desk, text: str, channel: str) -> bool:
    """Whether it answers what we asked back; whatever does not ends our asking, and goes on."""
    back = asked_back_on(desk, channel)
    if back is None:
        return False
    forget(desk, channel)
    if back.word:
        match = desk.playbook.start_words.whole(back.word) if meant(back, desk, text) else None
        again = None if match is None else _begun(desk, match)
        if again is not None:
            return told_again(desk, again, channel)
        if match is not None:
            _start(desk, match, back.word, channel)
        return match is not None
    session = chosen(desk, back, text)
    if session is None:
        left_unplaced(desk, back, "something else was said", "reply", text)
        return False
    walk = desk.walk(session)
    understood = None if walk is None else walk.understand(back.text)
    if walk is None or understood is None:
        left_unplaced(desk, back, "the question is not open any more", "reply")
        return True
    desk.around.text = back.text
    desk.record("routed", level=3, session=walk.id, understood=True, event=back.event)
    walk.take(understood)
    return True


def _nearly(desk: Desk, near: Match, text: str, event: str, channel: str) -> None:
    """One slip away from a start word: asked back, or only told where a slip is a word easily."""
    desk.record("routed", level=4, near=near.word)
    if len(match_key(text)) >= ASKED_FROM:
        ask_whether(desk, near.word, text, event, channel)
        return
    word = near.word.upper() if near.word.isascii() else near.word
    desk.outbox.say(phrase("near_word.told", desk.language, word=word), channel, "reply")


def _begun(desk: Desk, match: Match) -> Flow | None:
    """The flow that the word starts, if it does not begin again so soon."""
    flow = desk.playbook.flows.get(match.target.name) if match.target.kind == "flow" else None
    return flow if flow is not None and begun_already(desk, flow) else None


def _start(desk: Desk, match: Match, text: str, channel: str) -> None:
    """Level 4: a start word of a flow or of a keyword handler."""
    name = match.target.name
    desk.record("routed", level=4, word=match.word, how=match.how, starts=name)
    if match.target.kind == "flow":
        flow = desk.playbook.flows[name]
        heard = _known_language(desk, text)
        if heard is not None and nearest(flow.languages, heard) is not None:
            desk.speaks(heard)
        _leave_questions(desk, name, channel)
        desk.start(name, channel, _what_they_wrote(flow, text), START_WORD)
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


def _what_they_wrote(flow: Flow, text: str) -> dict[str, str]:
    """For a flow that wants to know with which words they came, such as a complaint."""
    return {WROTE: text} if flow.answers.get(WROTE) == "text" else {}


def _fallback(desk: Desk, text: str, channel: str) -> None:
    """Level 5."""
    desk.record("routed", level=5)
    fallback = desk.business.channels[channel].fallback
    for_all, language = fallback.get("", ""), desk.language
    if for_all in desk.playbook.flows:
        flow = desk.playbook.flows[for_all]
        desk.start(for_all, channel, _what_they_wrote(flow, text), "fallback")
        return
    known = spoken(fallback, language)
    told = for_all if known is None else fallback[known]
    desk.outbox.say(told or phrase("fallback", language), channel, "reply")


# --- languages ------------------------------------------------------------------------------------


def _known_language(desk: Desk, text: str) -> str | None:
    """The language that a text is written in, if the business speaks it.

    A start word tells it only where there was a choice: BOOK is texted to a Spanish business by
    everybody when BOOK is what its posters say.
    """
    spoken = desk.business.languages
    usual = desk.around.guess or nearest(spoken, language_of_country(desk.business.country))
    heard = language_of(text, spoken, usual)
    if heard is None or not written_alike(spoken):
        return heard
    match = desk.playbook.start_words.whole(text)
    if match is None or match.how != "whole":
        return heard
    words = desk.playbook.words_of(match.target)
    return heard if {language_of(word, spoken) for word in words} - {heard, None} else None
