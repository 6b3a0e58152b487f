"""An index of all conversations, read from the records as they come and kept in memory.

The ledger has no index by contact, and would need one written by every turn. So each web process
reads the records once, and remembers of each contact what a list shows, and on which pages of the
records they are told of.
"""

import asyncio
import hashlib
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from convo.core.record_codec import Recorded
from convo.errors import LaidOutAnew
from convo.ports.ledger import Ledger

PAGE = 500
"""Turns that are read at once."""

MOST_TALKS = 50_000
"""Contacts that are remembered: those that have been quiet longest are forgotten first."""

MOST_PLACES = 400
"""Pages of records that are remembered for a contact; older ones are not shown."""

TEXTS_KEPT, LONGEST_KEPT = 5, 160
"""Of what a contact wrote: so many texts, and so many characters of each, for the search."""

KEY_BYTES = 9


class Place(NamedTuple):
    """A page of the records as it was read: more may have come behind it since."""

    mark: str
    turns: int


@dataclass(slots=True, kw_only=True)
class Talk:
    """One contact's conversation, as far as a list shows it."""

    #: E.164, and what stands for it in addresses.
    number: str = field(repr=False)
    key: str
    #: How many turns there were since this process reads.
    turns: int = 0
    #: When something last happened, ms since 1970.
    at: int = 0
    #: The flow that began last.
    flow: str = ""
    open: set[str] = field(default_factory=set[str])
    #: Whether a person was asked for and has not given it back.
    handed: set[str] = field(default_factory=set[str])
    stopped: bool = False
    wrote: deque[str] = field(default_factory=lambda: deque[str](maxlen=TEXTS_KEPT), repr=False)
    #: Where the ledger tells of it, oldest first.
    places: deque[Place] = field(
        default_factory=lambda: deque[Place](maxlen=MOST_PLACES), repr=False
    )

    def read(self, turn: Recorded, place: Place) -> None:
        """What one turn did to it."""
        self.turns += 1
        self.at = max(self.at, turn.at)
        if not self.places or self.places[-1] != place:
            self.places.append(place)
        for record in turn.records:
            facts = record.facts
            session: str = facts.get("session", "")
            match record.kind:
                case "inbound":
                    self.wrote.append(facts["text"][:LONGEST_KEPT])
                case "started":
                    self.flow = facts["flow"]
                    self.open.add(session)
                case "handed_over":
                    self.handed.add(session)
                case "step" if facts.get("branch") == "back":
                    self.handed.discard(session)
                case "ended":
                    self.open.discard(session)
                    self.handed.discard(session)
                case "consent" if not facts["programme"]:
                    self.stopped = facts["state"] == "withdrawn"
                case _:
                    pass


class Book:
    """All conversations of a business, newest last."""

    def __init__(self, secret: bytes) -> None:
        """The secret makes keys that nobody can find numbers from; alike in all processes."""
        self._secret = hashlib.blake2b(secret, person=b"convo talks").digest()
        self._reading = asyncio.Lock()
        self._begin()

    def _begin(self) -> None:
        """With nothing read."""
        self._talks: OrderedDict[str, Talk] = OrderedDict()
        self._number_of: dict[str, str] = {}
        #: Where reading goes on, until the first time that everything was read.
        self._mark: str | None = ""
        #: Where new records will come: behind the last of each partition.
        self._ends: list[str] = []
        self.turns = 0

    async def read_on(self, ledger: Ledger, within: float) -> bool:
        """Read what is new, for so many seconds; whether that was all."""
        until = asyncio.get_running_loop().time() + within
        async with self._reading:
            try:
                return await self._read_on(ledger, until)
            except LaidOutAnew:
                self._begin()  # every place that was noted is another one now
        return False

    async def _read_on(self, ledger: Ledger, until: float) -> bool:
        while self._mark is not None:
            mark = self._mark
            page = await ledger.records(mark, PAGE)
            self._read(page.items, mark)
            if not page.items:
                self._ends.append(mark)
            self._mark = page.next or None
            if asyncio.get_running_loop().time() > until:
                return self._mark is None
        for n in range(len(self._ends)):
            while (page := await ledger.records(self._ends[n], PAGE)).items:
                self._read(page.items, self._ends[n])
                self._ends[n] = page.next
                if asyncio.get_running_loop().time() > until:
                    return False
        return True

    def _read(self, turns: tuple[Recorded, ...], mark: str) -> None:
        place = Place(mark, len(turns))
        self.turns += len(turns)
        for turn in turns:
            if not turn.contact:
                continue
            talk = self._talks.get(turn.contact)
            if talk is None:
                key = self.key_of(turn.contact)
                talk = self._talks[turn.contact] = Talk(number=turn.contact, key=key)
                self._number_of[key] = turn.contact
            talk.read(turn, place)
            self._talks.move_to_end(turn.contact)
        while len(self._talks) > MOST_TALKS:
            _, quiet = self._talks.popitem(last=False)
            del self._number_of[quiet.key]

    def key_of(self, number: str) -> str:
        """What stands for a number in addresses, which proxies and browsers keep."""
        hashed = hashlib.blake2b(number.encode(), digest_size=KEY_BYTES, key=self._secret)
        return hashed.hexdigest()

    def talk(self, key: str) -> Talk | None:
        number = self._number_of.get(key)
        return None if number is None else self._talks[number]

    def newest(self) -> Iterator[Talk]:
        """The one in which something happened last comes first."""
        return reversed(self._talks.values())

    def __len__(self) -> int:
        return len(self._talks)
