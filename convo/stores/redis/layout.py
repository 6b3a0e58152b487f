"""Where everything is: partitions with their hash tags, and the names of all keys."""

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from convo.core.numbers import PhoneNumber
from convo.core.shards import partition_of, shard_of

SLOTS = 16_384
"""Hash slots of a Cluster; a key's is the CRC16 of its tag modulo this (the Cluster's spec)."""

#: A partition's keys in the order of partition.lua, without those that are one a day.
FIXED = (
    "state",
    "inbox",
    "contacts",
    "due",
    "messages",
    "queue",
    "chains",
    "sending",
    "held",
    "errands",
    "claimable",
    "records",
    "parked",
    "acts",
    "orphans",
    "acted",
    "begun",
)

SETTLED_DAYS = 4
"""Days in which a report finds its message after that was settled."""

PARTITIONS = 32
"""As many workers can share the work. Each costs a call every three seconds when all is quiet."""

#: The set of dedupe hashes, and the hash of what texts have said.
Mark = Literal["seen", "said"]

BUCKETS = 64
"""Keys of each kind to a day. A set of whole numbers is kept in 8 bytes each up to 512 of them
(`set-max-intset-entries`), and in 50 and more beyond: so 32,768 arrivals a day and partition. The
same holds for hashes of two numbers (`hash-max-listpack-entries`), in 16 bytes."""

MS_A_DAY = 86_400_000


@dataclass(frozen=True)
class Layout:
    """The names of all keys of one business on one server or Cluster."""

    prefix: str
    partitions: int
    #: Which division of the contacts it is: each has keys of its own (moving.lua).
    generation: int = 1

    def partition_of(self, contact: PhoneNumber) -> int:
        """Which partition has everything of this contact."""
        return partition_of(shard_of(contact), self.partitions)

    def key(self, partition: int, name: str) -> str:
        """One key of a partition."""
        return self._begins[partition] + name

    def keys(self, partition: int, now: int) -> list[str]:
        """Every key of a partition, as its functions want them."""
        return [*self._fixed[partition], *self.settled(partition, now // MS_A_DAY)]

    def marks(self, kind: Mark, partition: int, now: int, days: int, hash: int) -> list[str]:
        """Where a dedupe hash may be: tomorrow's key, for clocks differ, today's and so back."""
        start = f"{self._begins[partition]}{kind}:{hash % BUCKETS}:"
        today = now // MS_A_DAY
        return [f"{start}{day}" for day in range(today + 1, today - days - 1, -1)]

    def marks_on(self, kind: Mark, day: int) -> list[str]:
        """Names of all keys of dedupe hashes of a day, counted from 1970."""
        return [f"{kind}:{bucket}:{day}" for bucket in range(BUCKETS)]

    def settled(self, partition: int, today: int) -> list[str]:
        """What became of messages, by days since 1970: today's first."""
        start = f"{self._begins[partition]}settled:"
        return [f"{start}{day}" for day in range(today, today - SETTLED_DAYS, -1)]

    def of_all(self, name: str) -> str:
        """A key that is no partition's."""
        return f"{self.prefix}:{{all}}:{name}"

    def counted(self, kind: str, name: str) -> list[str]:
        """The keys of something that is counted by its name: who has counted, and the sums."""
        key = f"{self.prefix}:{{{kind}:{name}}}"
        return [key, f"{key}:standing"]

    @cached_property
    def _begins(self) -> Sequence[str]:
        before = "" if self.generation == 1 else f"{self.generation}."
        tags = (tag_of(number, self.partitions, before) for number in range(self.partitions))
        return [f"{self.prefix}:{{{tag}}}:" for tag in tags]

    @cached_property
    def _fixed(self) -> Sequence[Sequence[str]]:
        return [[begin + name for name in FIXED] for begin in self._begins]


def tag_of(number: int, partitions: int, before: str = "") -> str:
    """The first tag of a partition's own that lies in its share of the slots.

    Any tag would do. These spread the partitions evenly over the nodes of a Cluster.
    """
    first, end = number * SLOTS // partitions, (number + 1) * SLOTS // partitions
    tries = 0
    while not first <= slot_of(tag := f"{before}{number}.{tries}") < end:
        tries += 1
    return tag


def slot_of(tag: str) -> int:
    """The hash slot of keys that bear this tag."""
    return binascii.crc_hqx(tag.encode(), 0) % SLOTS
