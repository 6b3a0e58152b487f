"""The answers that people gave to a flow: one row for each conversation, also unfinished ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from convo.core.contacts import ContactState
from convo.core.record_codec import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One conversation with one contact."""

    session: str
    #: E.164.
    contact: str = field(repr=False)
    #: The hash of the flow as the conversation follows it.
    version: str
    #: How it ended; empty while it goes on.
    outcome: str
    #: The step that it stands at; empty once it has ended.
    step: str
    #: When it ended, or when the contact last wrote: milliseconds since 1970, UTC.
    at: int
    answers: Mapping[str, Any] = field(repr=False)


def finished(flow: str, records: Iterable[Recorded]) -> Iterator[Row]:
    """Conversations that have ended, in the order in which they did."""
    for recorded in records:
        for record in recorded.records:
            facts = record.facts
            if record.kind == "ended" and facts.get("flow") == flow:
                yield Row(
                    session=facts["session"],
                    contact=recorded.contact,
                    version=facts.get("version", ""),
                    outcome=facts["outcome"],
                    step="",
                    at=recorded.at,
                    answers=facts.get("answers", {}),
                )


def going_on(flow: str, contacts: Iterable[ContactState]) -> Iterator[Row]:
    """Conversations that still wait for something, with the answers given so far."""
    for contact in contacts:
        for session in contact.sessions:
            for frame in session.frames:
                if frame.flow == flow:
                    yield Row(
                        session=session.id,
                        contact=contact.number.e164,
                        version=frame.version,
                        outcome="",
                        step=frame.step,
                        at=contact.last_seen,
                        answers=frame.answers,
                    )
