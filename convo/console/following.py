"""What turns did, told to the page: the ways they took, and why, in a sentence each."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from convo.console.diary import Diary
from convo.console.phones import Phones
from convo.core.contacts import ContactState
from convo.core.record_codec import Recorded
from convo.core.sessions import Frame
from convo.drawing.wording import PageLanguage
from convo.engine.flow import Flow
from convo.language.scope import Choice, Scope
from convo.ledger.kept_values import TIMES, kept_words
from convo.ledger.why import TOLD, why
from convo.ports import Store
from convo.routing.playbook import Playbook
from convo.runtime.following import recorded
from convo.steps.handoff import Handoff

AGAIN = 0.03
"""Seconds between two looks at the records."""


async def follow(store: Store, phones: Phones, diary: Diary, zone: ZoneInfo) -> None:
    """Tell of every turn, from the store's first one on; without an end."""
    async for turn in recorded(store, AGAIN):
        diary.turned(turn)
        if turn.contact:
            for fate in fates(turn):
                phones.tell("status", fate)
            phones.tell("turn", told(turn, zone))


def fates(turn: Recorded) -> Iterator[Mapping[str, object]]:
    """How far each message got of which this tells, and why."""
    for record in turn.records:
        facts = record.facts
        match record.kind:
            case "sent":
                status, code = "sent", ""
            case "unsent":
                status, code = "again" if facts["again"] else "failed", facts["why"]
            case "in_doubt":
                status, code = "held", facts["code"]
            case "status":
                status, code = facts["status"], facts["code"]
            case _:
                continue
        yield {
            "number": turn.contact,
            "id": facts["message"],
            #: A wire that does not tell ours knows a message by these.
            "theirs": facts.get("provider_ids", ()),
            "status": status,
            "code": code,
            "reported": record.kind == "status",
        }


def told(turn: Recorded, zone: ZoneInfo) -> Mapping[str, object]:
    """A turn as the page shows it."""
    return {
        "number": turn.contact,
        "ways": [
            {name: record.facts[name] for name in ("flow", "step", "branch", "to")}
            for record in turn.records
            if record.kind == "step"
        ],
        "why": {language: [*why([turn], zone, language)] for language in TOLD},
    }


def _words(flow: Flow | None, name: str, value: Any, scope: Scope) -> str:
    """An answer for people: an option by its label, a text as it is, a time as texts show it."""
    labels: Mapping[str, Mapping[str, str]] = {}
    kind = None
    if flow is not None:
        labels, kind = flow.labels.get(name, labels), flow.answers.get(name)
    if isinstance(value, list):
        several = cast(list[Any], value)
        return ", ".join(_words(flow, name, each, scope) for each in several)
    if isinstance(value, str) and value in labels:
        return Choice(value, labels[value]).label(scope.language)
    if isinstance(value, str) and kind not in TIMES:
        return value
    return kept_words(kind, value, scope)


def _flow_of(frame: Frame, playbook: Playbook) -> Flow | None:
    """The version that this conversation goes by."""
    return playbook.versions.get(frame.version, playbook.flows).get(frame.flow)


def with_a_person(frame: Frame, playbook: Playbook) -> bool:
    """Whether a person has taken over where this stands."""
    flow = _flow_of(frame, playbook)
    return flow is not None and isinstance(flow.steps.get(frame.step), Handoff)


def standing(
    state: ContactState | None, playbook: Playbook, now: int, language: PageLanguage
) -> Mapping[str, object]:
    """Where a contact's conversations stand, the one that goes on last, in the page's language."""
    if state is None:
        return {"sessions": []}
    business = playbook.business
    zone = ZoneInfo(business.zone)
    scope = Scope(
        names={},
        language=language,
        zone=zone,
        now=datetime.fromtimestamp(now / 1_000, zone),
    )

    def answers(frame: Frame) -> Mapping[str, str]:
        flow = _flow_of(frame, playbook)
        return {name: _words(flow, name, value, scope) for name, value in frame.answers.items()}

    return {
        "sessions": [
            {
                "flow": frame.flow,
                "step": frame.step,
                "handed": with_a_person(frame, playbook),
                "answers": answers(frame),
            }
            for session in state.sessions
            for frame in session.frames
        ]
    }
