"""An answer that comes after its question has closed: recognised, said so once, and no more."""

from dataclasses import replace
from datetime import UTC, datetime

from convo.core.contacts import Closed
from convo.core.languages import nearest
from convo.language.localising import shown
from convo.language.phrases import phrase
from convo.language.scope import Scope
from convo.policy.clipping import clipped
from convo.routing.desk import Desk
from convo.steps.question import Question
from convo.steps.scene import Scene
from convo.understanding.telling import language_of

LATE_WITHIN = 14 * 24 * 60 * 60_000
"""Milliseconds: who answers a question of weeks ago means something else."""

MAX_CLOSED = 5
"""Questions that are remembered: a record must stay small."""

NAME_AT_MOST = 40
"""Characters of a question's name that are kept."""


def remember_closed(desk: Desk) -> None:
    """Keep the questions that closed in this turn without an answer, each once, the newest."""
    added = desk.around.closed
    if not added:
        return
    known = {(each.channel, each.flow, each.step, each.numbers): each for each in desk.closed}
    for each in added:
        place = (each.channel, each.flow, each.step, each.numbers)
        known.pop(place, None)
        name = clipped(" ".join(each.name.split()), NAME_AT_MOST)
        known[place] = replace(each, name=name)
    desk.closed = tuple(known.values())[-MAX_CLOSED:]


def answers_too_late(desk: Desk, text: str, channel: str) -> bool:
    """Whether `text` answers a question that has closed: then they are told."""
    for closed in reversed(desk.closed):
        if closed.channel != channel or desk.event.at - closed.at > LATE_WITHIN:
            continue
        if _would_have_taken(desk, closed, text):
            desk.closed = tuple(each for each in desk.closed if each != closed)
            desk.record("late", flow=closed.flow, step=closed.step, closed=closed.at, text=text)
            desk.outbox.say(_told(desk, closed), channel, "reply")
            return True
    return False


def _would_have_taken(desk: Desk, closed: Closed, text: str) -> bool:
    """By the flow as it was, or as it is now if nobody has that version any more."""
    bundle = desk.playbook.versions.get(closed.version, desk.playbook.flows)
    flow = bundle.get(closed.flow)
    question = None if flow is None else flow.steps.get(closed.step)
    if flow is None or not isinstance(question, Question) or not question.asks:
        return False
    scene = Scene(
        desk.around,
        flow,
        session="",
        channel=closed.channel,
        depth=0,
        generation=0,
        answers={},
        brought={},
    )
    scene.step, scene.numbers = closed.step, closed.numbers
    return question.understand(scene, text) is not None


def _told(desk: Desk, closed: Closed) -> str:
    language, zone = desk.language, desk.around.zone
    scope = Scope(names={}, language=language, zone=zone, now=desk.around.now)
    when = datetime.fromtimestamp(closed.at / 1000, UTC).astimezone(zone)
    today = when.date() == desk.around.now.date()
    told = phrase(
        "late.today" if today else "late.on",
        language,
        question=closed.name or closed.flow,
        when=shown(when.time() if today else when.date(), scope),
    )
    flow = desk.playbook.flows.get(closed.flow)
    words = () if flow is None else flow.words
    spoken = desk.business.languages
    # The first word of each language.
    by_tongue = {language_of(word, spoken, language) or language: word for word in reversed(words)}
    tongue = nearest(by_tongue, language)
    for word in words[:1] if tongue is None else (by_tongue[tongue],):
        said = word.upper() if word.isascii() else word
        again = phrase("late.again", language, word=said)
        told = f"{told} {again}" if again.isascii() else told + again
    return told
