"""The privacy word: the policy, and the kinds of data that are kept of this very number."""

from collections.abc import Iterator

from convo.core.events import Inbound
from convo.language.phrases import phrase
from convo.language.texts import spoken
from convo.routing.desk import Desk
from convo.understanding.normalise import match_key


def asks_for_privacy(desk: Desk, text: str) -> bool:
    """Whether the whole of `text` is one of the words of convo.toml."""
    return match_key(text) in {match_key(word) for word in desk.business.privacy.words}


def tell_privacy(desk: Desk, event: Inbound) -> None:
    """Answer in their language, and keep that it was answered, and what."""
    kinds = tuple(_kinds(desk))
    language = desk.language
    names = [phrase(f"privacy.kinds.{kind}", language) for kind in kinds]
    fields = [name for name, value in desk.state.fields.items() if value is not None]
    told = phrase("privacy.comma", language).join([*names, *fields])
    policy = desk.business.privacy.policy
    known = spoken(policy, language)
    said = policy.get("" if known is None else known, "")
    kept = phrase("privacy.kept", language, business=desk.business.name, kinds=told)
    desk.record("privacy", kinds=[*kinds, *fields], language=language, policy=said)
    desk.outbox.say(f"{said}\n{kept}" if said else kept, event.channel, "reply")


def _kinds(desk: Desk) -> Iterator[str]:
    state = desk.state
    yield "number"
    yield "texts"
    if state.language or desk.around.language:
        yield "language"
    if state.zone:
        yield "zone"
    if state.tags:
        yield "tags"
    if state.consents:
        yield "consents"
    if state.sessions:
        yield "answers"
