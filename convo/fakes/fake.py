"""What every pretended provider can do, and what passes between it and us."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

#: Seconds since 1970.
Now = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request of ours."""

    method: str
    #: Path and query.
    target: str
    #: Names in lower case.
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the provider answers to it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request of the provider's, signed as it signs."""

    method: str = "POST"
    url: str
    headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text that a contact sends to us."""

    #: As the provider writes numbers, or in E.164: `Fake.inbound` makes no difference.
    sender: str = field(repr=False)
    to: str
    text: str = field(repr=False)
    #: The provider's id of it.
    id: str
    media: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message of ours that the provider has taken."""

    id: str
    #: In E.164.
    to: str = field(repr=False)
    origin: str
    text: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    #: Where its reports go; empty where it said none.
    callback: str = ""
    #: What we call it, where the provider takes that beside the callback.
    reference: str = ""


class Fake(Protocol):
    """One pretended company."""

    #: The messages it has, in the order they came.
    taken: list[Taken]
    #: What every send is answered from now on, without being taken; None takes them.
    refusal: Answer | None

    def settings(self, url: str) -> Mapping[str, Any]:
        """What a channel's table in convo.toml says to use it, when it answers at `url`."""
        ...

    def answer(self, asked: Asked) -> Answer:
        """Judge a request as the company would: who asks, and whether every field is right."""
        ...

    def inbound(self, said: Said, url: str) -> Webhook:
        """A contact's text on its way to the channel's URL."""
        ...

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        """How far a message is, in the company's own word; to its callback, or to `url`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What a company that sends approved texts only has approved."""

    #: Without their brackets.
    signatures: tuple[str, ...]
    #: By their ids there, gaps in them.
    templates: Mapping[str, str] = field(repr=False)


@runtime_checkable
class Approving(Protocol):
    """A pretended company that sends approved texts only."""

    #: In force from when it is set.
    approved: Approvals


@runtime_checkable
class Told(Protocol):
    """A pretended company that can be told by its API where to bring texts."""

    @property
    def calls(self) -> str:
        """Where it brings the channel's texts; empty for nowhere."""
        ...
