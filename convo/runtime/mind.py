"""The pure functions that the owner thinks with: routing, and what a test puts in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from convo.core.contacts import ContactState
from convo.core.events import Event
from convo.core.numbers import PhoneNumber
from convo.core.one_time_codes import revealed
from convo.core.turns import Outbound, Source, Turn
from convo.routing.playbook import Playbook, missing_versions
from convo.routing.router import TakenTurn, apology, take_turn

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
    #: A message as it leaves: what must be kept nowhere is put in on its way out.
    revealed: Callable[[Outbound, P], Outbound]
    #: What to say when a turn failed, if anything.
    apology: Callable[[ContactState, Event, P], Outbound | None]


ROUTING: Mind[Playbook] = Mind(
    take_turn=take_turn,
    missing_versions=missing_versions,
    with_version=lambda playbook, source: playbook.with_version(source),
    sources=lambda playbook: playbook.sources(),
    revealed=lambda message, playbook: revealed(message, playbook.secret),
    apology=apology,
)
"""What every business thinks with."""


class KnownLanguages:
    """Languages that contacts are known to speak, from their next event on: no event tells one."""

    def __init__(self) -> None:
        self._languages: dict[PhoneNumber, str] = {}
        #: Thinks as every business does, and knows these.
        self.mind: Mind[Playbook] = replace(ROUTING, take_turn=self._take_turn)

    def speaks(self, contact: PhoneNumber, language: str) -> None:
        self._languages[contact] = language

    def _take_turn(
        self, state: ContactState, event: Event, source: Source, order: int, playbook: Playbook
    ) -> TakenTurn:
        language = self._languages.pop(event.contact, None)
        known = state if language is None else replace(state, language=language)
        return take_turn(known, event, source, order, playbook)
