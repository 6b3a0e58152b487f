"""The settings as everything else sees them: checked, whole and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from convo.core.business import Business, MessageClass
from convo.routing.loading import AnytimeWords
from convo.runtime.breaker import Rules
from convo.stores.redis import address as redis
from convo.stores.redis.safety import Durability

#: What to do with a message that may have left: send it once more, or keep it for a person.
Doubt = Literal["once", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How one channel reaches its provider. `path_token` is empty when its URLs bear none."""

    channel: str
    provider: str
    options: BaseModel = field(repr=False)
    path_token: str = field(repr=False)

    @property
    def way_in(self) -> str:
        """The path at which its texts come in; it may hold a secret."""
        return f"/in/{self.channel}" + (f"/{self.path_token}" if self.path_token else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that was decided outside the code."""

    #: Where it was written; every path below is seen from its folder.
    file: Path
    business: Business
    #: `sqlite:PATH`, the path made absolute; or the URL of a Redis.
    store: str = field(repr=False)
    #: How many partitions a new store on Redis gets; None takes what is there.
    partitions: int | None
    #: What a Redis must do before it counts as kept.
    durability: Durability
    #: Days that records of turns, and the memory of webhooks already seen, are kept.
    retention_days: int
    dedupe_days: int
    #: Where the providers reach us, without a slash at the end; empty when nobody said.
    public_url: str
    host: str
    port: int
    #: Names by which the console is called beside the public URL's; None when there is none.
    console_names: tuple[str, ...] | None
    #: Signs the links that we hand out; empty when it is to be made and kept in `data/secret`.
    secret: str = field(repr=False)
    #: What own systems show to post to us; any of them opens, and without one there is no door.
    api_tokens: tuple[str, ...] = field(repr=False)
    #: What both sides know where flows `call` an own system; empty signs nothing.
    own_systems_secret: bytes = field(repr=False)
    log_level: str
    flows: Path
    handlers: Path
    connections: Mapping[str, Connection]
    anytime: tuple[AnytimeWords, ...]
    doubts: Mapping[MessageClass, Doubt]
    breaker: Rules
    #: Seconds after which a send is in doubt.
    send_within: float
    #: Seconds that a message in doubt waits for a delivery report.
    doubt_grace: float

    @property
    def local_url(self) -> str:
        """Where this machine reaches the server."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def shown_store(self) -> str:
        """The store's URL, without a password."""
        if self.store.startswith("sqlite:"):
            return self.store
        return redis.read(self.store).shown

    @property
    def data(self) -> Path:
        """The folder of what a running business keeps beside its database."""
        return self.file.parent / "data"
