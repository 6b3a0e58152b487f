"""The pure functions that the owner thinks with: routing, as far as it knows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from convo.core.contacts import ContactState
from convo.core.events import Event
from convo.core.turns import Outbound, Source, Turn

P = TypeVar("P")


class Taken(Protocol):
    """A turn, and the state that the next event of the same contact meets."""

    @property
    def turn(self) -> Turn: ...

    @property
    def state(self) -> ContactState: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind(Generic[P]):
    """`P` is the playbook, which the owner hands round and never opens."""

    take_turn: Callable[[ContactState, Event, Source, int, P], Taken]
    #: Hashes of flow versions that a contact's sessions need and the playbook has not.
    missing_versions: Callable[[ContactState, P], frozenset[str]]
    #: The playbook with one more version, given by its source.
    with_version: Callable[[P, bytes], P]
    #: Every version's source by its hash.
    sources: Callable[[P], Mapping[str, bytes]]
    #: What to say when a turn failed, if anything.
    apology: Callable[[ContactState, Event, P], Outbound | None]
