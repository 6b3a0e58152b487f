"""An open question seen from outside: what it is called, and what is kept of it when it closes."""

from convo.core.contacts import Closed
from convo.engine.flow import Flow
from convo.errors import RenderError
from convo.language.texts import Text
from convo.steps.question import Question
from convo.steps.scene import Scene


def called(flow: Flow, scene: Scene) -> str:
    """What its flow is called to customers; empty where the author gave it no name."""
    return _rendered(flow.called, flow, scene)


def quoted(question: Question, flow: Flow, scene: Scene) -> str:
    """The question in its own words, without its options."""
    return _rendered(question.worded(), flow, scene)


def closed(question: Question, flow: Flow, version: str, scene: Scene) -> Closed | None:
    """What a late answer is known by; None for a question of which it cannot be known.

    One that takes any words would take for late whatever is written next.
    """
    if question.takes_anything:
        return None
    return Closed(
        channel=scene.channel,
        flow=flow.name,
        version=version,
        step=scene.step,
        at=scene.around.at,
        name=called(flow, scene) or quoted(question, flow, scene),
        numbers=scene.numbers,
    )


def _rendered(text: Text | None, flow: Flow, scene: Scene) -> str:
    if text is None:
        return ""
    scope = scene.scope_with({"options": ""}) if text.uses else scene.nameless()
    chance = f"{scene.session}/{scene.step}"
    try:
        messages = text.render(scope, chance=chance, languages=flow.languages)
    except RenderError:
        return ""  # a name that cannot be said is none: an answer in it may not be given yet
    return messages[-1].strip() if messages else ""
