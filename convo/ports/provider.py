"""A provider: one company for one channel, and what is said between it and us."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from convo.core.turns import Outbound
from convo.ports.store import Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A webhook as it came: nothing decoded, for signatures and charsets need the bytes."""

    method: str
    #: The configured public URL of this very request, path and query included.
    url: str
    query: bytes = field(repr=False)
    #: Names in lower case; the last of equal names.
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def brought(self) -> bytes:
        """What is kept of it for people: the query of a GET, the body of everything else."""
        return self.query if self.method == "GET" else self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """The exact answer a provider wants to hear."""

    status: int = 200
    content_type: str = "text/plain"
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A webhook understood: what it brings, and the answer once that is kept."""

    arrivals: tuple[Arrival, ...]
    answer: HttpAnswer
    #: Why something in it was passed over, for the log.
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider has the message; one id for each part where it gives several."""

    provider_ids: tuple[str, ...] = ()
    #: Parts as the provider counts them, None when it does not say.
    parts: int | None = None


Callback = Callable[[str], str]


class Provider(Protocol):
    """One company for one channel, both directions."""

    #: Webhooks bear no signature, so their URL must hold a secret token.
    unsigned: bool

    def receive(self, request: RawRequest) -> Parsed:
        """Verify and read an inbound webhook. Raises `BadSignature`, `WebhookRejected`."""
        ...

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        """Verify and read a delivery report about our message `outbound`."""
        ...

    async def send(self, message: Outbound, callback: str, leave_by: float) -> Sent:
        """Send one message whose reports go to `callback`. Raises a `SendError`.

        `LeaseOver` when by the loop's clock it is later than `leave_by` at the last moment before
        it is out of our hands: connections are open by then, and only the write is to come.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
