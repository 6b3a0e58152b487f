"""What a rehearsal has in place of the world: a clock that is set, and phones that are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convo.core.events import ErrandKind
from convo.core.numbers import PhoneNumber
from convo.core.parts import Parts, parts_of
from convo.core.turns import Outbound
from convo.ports import HttpAnswer, Parsed, RawRequest, Sent


class VirtualClock:
    """Stands still until it is set."""

    def __init__(self, start: int) -> None:
        #: Milliseconds since 1970, UTC.
        self.now = start

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that left. A picture is its link here, as a chat writes it, however it travels."""

    id: str
    text: str = field(repr=False)
    parts: Parts
    channel: str
    to: PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenErrand:
    """Work that was asked for and waits for somebody to pretend its answer."""

    kind: ErrandKind
    name: str
    arguments: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an errand came to, pretended or real."""

    kind: ErrandKind
    name: str
    value: Any = field(repr=False)
    failure: str
    pretended: bool


class Outbox:
    """The provider of every channel: what it is given has been sent."""

    unsigned = True

    def __init__(self) -> None:
        self.said: list[Said] = []

    async def send(self, message: Outbound, callback: str, leave_by: float) -> Sent:  # noqa: ARG002
        parts = parts_of(message.text, mms=bool(message.media))
        self.said.append(
            Said(
                id=message.id,
                text="\n".join((message.text, *message.media)),
                parts=parts,
                channel=message.goes_by,
                to=message.contact,
            )
        )
        return Sent(provider_ids=(f"rehearsed-{message.id}",), parts=parts.count)

    def receive(self, request: RawRequest) -> Parsed:  # noqa: ARG002
        return Parsed(arrivals=(), answer=HttpAnswer())

    def report(self, request: RawRequest, outbound: str) -> Parsed:  # noqa: ARG002
        return Parsed(arrivals=(), answer=HttpAnswer())

    async def close(self) -> None:
        """Nothing is open."""
