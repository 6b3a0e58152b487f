"""The store: keeps everything, and hands out what is to be done."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from convo.core.consent_acts import ConsentAct
from convo.core.contacts import Consent
from convo.core.effects import Errand
from convo.core.events import Arriving, Event
from convo.core.failures import GivenUp
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound, Source, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event on its way in. Its `id` and `at` are given by the store."""

    event: Arriving
    #: The same key within the dedupe time is the same arrival; empty means never the same.
    dedupe: str
    consent: ConsentAct | None = None
    #: The raw request or answer, kept for people.
    raw: bytes = field(default=b"", repr=False)
    #: The rule by which a text takes no turn: it is kept among the records, and that is all.
    aside: str = ""


Acceptance = Literal["accepted", "duplicate", "altered", "busy"]

#: Days for which a store keeps the proof of a contact's consent once it is over.
ProofDays = Callable[[PhoneNumber], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An event whose turn has come, and where it was read."""

    source: Source
    event: Event
    #: The inbox entry's number: consents are ordered by it (timers get the newest one's).
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store has of one contact."""

    record: bytes | None
    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message that is ours to send now. Until it is settled it may have been sent."""

    message: Outbound
    #: Tells this try from every other; a settle of another attempt changes nothing.
    attempt: str
    #: When it was claimed, ms since 1970.
    at: int
    #: Until when it may begin to leave, by the running loop's `time()`: behind this the partition
    #: may be somebody else's, who sends it too. Infinite where nobody else can be.
    leave_by: float = field(default=math.inf, compare=False)
    #: Another channel was to carry it until now.
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """What became of a claim.

    `accepted`: the provider has it. `again`: surely not sent, due again at `due`, still the
    first of its chain. `failed`: will never be sent. `held`: nobody knows and policy says not
    to repeat it; it waits for a person, and the chain goes on.
    """

    outbound: str
    attempt: str
    outcome: Literal["accepted", "again", "failed", "held"]
    provider_ids: tuple[str, ...] = ()
    code: str = ""
    due: int = 0
    #: With `again`: it may have left all the same, so only the channel that had it may have it.
    stays: bool = False
    #: With `accepted`: the next of its chain waits until then, or for the last word on this one.
    next_after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the owner has finished since the last `advance`."""

    turns: tuple[Turn, ...] = ()
    settles: tuple[Settle, ...] = ()
    #: Ids of errands whose answers are kept.
    errands: tuple[str, ...] = ()
    given_up: tuple[GivenUp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """How much more work the owner can take."""

    events: int = 0
    #: Messages that each channel can carry. Replies of all of them go before any bulk, and among
    #: channels those named first.
    messages: Mapping[str, int] = field(default_factory=dict[str, int])
    #: How many of these may be bulk; all of them, for a channel that is not named.
    bulk: Mapping[str, int] = field(default_factory=dict[str, int])
    #: Parts that may be claimed of each limit, by its name; a message may overdraw the last of
    #: them. A limit that is not named has no end.
    parts: Mapping[str, float] = field(default_factory=dict[str, float])
    #: The limits that a channel's messages are counted against, all of them; a channel that is
    #: not named has one of its own name.
    limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    #: Who carries what another channel was to carry: by that one, and by the message's own, the
    #: channel that takes it. What `stays` is left where it is.
    via: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    errands: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandClaim:
    """An errand that is ours to run now."""

    errand: Errand
    contact: PhoneNumber
    asked_at: int
    #: The contact's record when it was handed out: what the handler may read.
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What there is to do. Events of one contact come in their order."""

    now: int
    events: tuple[Pending, ...] = ()
    contacts: Mapping[PhoneNumber, Kept] = field(default_factory=dict[PhoneNumber, Kept])
    claims: tuple[Claim, ...] = ()
    errands: tuple[ErrandClaim, ...] = ()
    #: When the next message comes due, ms since 1970; None when none waits.
    next_message: int | None = None
    #: The same of timers and errands.
    next_other: int | None = None

    @property
    def next_due(self) -> int | None:
        """When the next of all these comes due."""
        dues = (self.next_message, self.next_other)
        return min((due for due in dues if due is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a poll stands."""

    #: What counts of the key that asked; empty when it has not voted.
    own: str
    #: Votes by choice, the most first; at most a hundred choices.
    votes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who is there to share the partitions, and what is to be had."""

    #: Names of the workers that were heard of lately, the one that asked included.
    workers: tuple[str, ...]
    #: Partitions that nobody owns now.
    free: tuple[int, ...]
    #: Whether nobody is to own anything for a while: the partitions are made anew.
    pauses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What is known of other messages, where a provider knows one in doubt by its words alone."""

    #: Of the provider's ids that were asked about, those of other messages.
    provider_ids: frozenset[str] = frozenset()
    #: Whether one of the same words, which is held, may bear any of the rest: nobody knows its id.
    nameless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to advance a partition, and what the last owner left in doubt."""

    partition: int
    token: str
    doubts: tuple[Claim, ...] = ()
    #: As many of the first events may have been in hand of an owner that did not give the partition
    #: back: any of them may be what ended it. 0 when it was given back.
    in_hand: int = 0
    #: What else may have, by its key, with how often it was begun since: errands that were in hand
    #: (their ids), and whatever was named to `begin`.
    suspects: Mapping[str, int] = field(default_factory=dict[str, int])


class Store(Protocol):
    """Keeps everything; an `advance` is kept whole or not at all.

    All of one contact is in one partition, and a partition has one owner at a time.
    """

    @property
    def partitions(self) -> int:
        """How many there are, numbered from 0."""
        ...

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        """Keep these for good, or say why not: dedupe, consent and inbox in one atomic step.

        A duplicate changes nothing, consent neither. One that says something else than the first is
        told among the records, once (`altered`). When the inbox refuses (`busy`), a consent act is
        kept all the same. A report settles its message here, and a person's decision is
        done here; one that came too late, for there is nothing to decide any more, is a duplicate.
        Raises `StoreError` when nothing could be kept.
        """
        ...

    async def attend(self, worker: str) -> Attendance:
        """Say that this worker is there, and hear who else is and what nobody owns."""
        ...

    async def leave(self, worker: str) -> None:
        """Say that this worker is gone, so that nobody waits for it."""
        ...

    async def acquire(self, partition: int, owner: str) -> Lease | None:
        """Become the partition's owner, if nobody is."""
        ...

    async def advance(self, lease: Lease, done: Done, wants: Wants) -> Work:
        """Commit what is done, claim and read what is wanted, in one step. Raises `Fenced`.

        A turn whose source is gone was committed before and is passed over. Claims and settles
        of one contact and channel keep their order.
        """
        ...

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        """Which of these ids are other messages' than the one of this claim, which is in doubt.

        A message is claimed when those before it in its chain are settled, so what they are called
        is known, however they were settled. Raises `StoreError`, also where the store may lack
        something that this process has told it.
        """
        ...

    async def release(self, lease: Lease) -> None:
        """Give the partition back, with nothing in flight."""
        ...

    async def begin(self, partition: int, key: str) -> None:
        """Count one more start of a suspect, for whoever owns the partition next.

        It is there when this process ends, if not when the power does. All are forgotten when the
        partition is given back.
        """
        ...

    async def outlived(self, partition: int, key: str) -> None:
        """The process is still there behind a suspect: its starts are forgotten."""
        ...

    async def bell(self, lease: Lease, until: int | None) -> None:
        """Return when there may be work: something was accepted, or the clock reaches `until`."""
        ...

    async def records(
        self, after: int, limit: int, *, partition: int = 0
    ) -> Sequence[tuple[int, bytes]]:
        """Records of a partition's turns behind the number `after`: (number, JSON), oldest first.

        At most `limit` of them, and none only where there are no more. Each partition numbers its
        own: a reader of all keeps a number for each, and those of one contact are in their order.
        """
        ...

    async def keep_flow(self, version: str, source: bytes) -> None:
        """Keep a flow version for as long as a session may need it."""
        ...

    async def flow(self, version: str) -> bytes | None:
        """The source of a version, or None."""
        ...

    async def reserve(self, name: str, key: str, limit: int | None) -> int | None:
        """Take one of `limit` places (None: no limit) called `name`.

        Answers the place's number from 1, the same for the same key; None when all are taken.
        """
        ...

    async def acts(self, contact: PhoneNumber) -> Sequence[Consent]:
        """Every act of this contact's consent, oldest first: added to and never changed.

        What the contact stands on is never forgotten. What is over (core/proof.py) may be, once its
        `ProofDays` have passed.
        """
        ...

    async def tally(self, name: str, key: str, choice: str | None, *, change: bool) -> Standing:
        """Count one vote of `key` in the poll `name`: its first, or with `change` its last.

        The same vote again changes nothing. With no `choice` the standing is only read.
        """
        ...

    async def close(self) -> None:
        """End; whatever was accepted or advanced is kept."""
        ...
