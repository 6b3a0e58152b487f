"""What a business has kept, read behind its back from the file or the server that it keeps it in.

Whatever the store is, the judge is shown the same: nothing here asks the store's own code, but for
the two codecs, without which a record is only bytes.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import redis

from convo.core import record_codec
from convo.core.numbers import PhoneNumber
from convo.core.turns import outbound_id
from tests.chaos.carriers import Carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A text as the business has it."""

    sid: str
    text: str
    #: The id of the only message that answers it.
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything that the judge looks at."""

    #: By number, in the order of their turns.
    inbounds: Mapping[str, Sequence[Inbound]]
    #: What should be gone when all is done, in words; empty when it is.
    left_over: Sequence[str]
    #: What is kept of each contact.
    records: Mapping[str, bytes]
    #: By contact and session.
    timers: Counter[tuple[str, str]]
    #: By message: "head", "waiting", "sending", "held" or "done".
    states: Mapping[str, str]
    #: By message: how far it got, of those that have left.
    statuses: Mapping[str, str]
    #: By message: how often it is written down that it was sent.
    told_sent: Counter[str]
    #: Contacts with an act of consent.
    consents: int
    #: By contact, id and text: how often it is told that the text came under an id that was known.
    altered: Counter[tuple[str, str, str]]


_Accounts = tuple[Mapping[str, Sequence[Inbound]], Counter[str], Counter[tuple[str, str, str]]]


def _accounts(pairs: Iterable[tuple[bytes, bytes]], carrier: Carrier) -> _Accounts:
    """Raw request and account of each turn, as the inbound texts, the sends, and the texts that
    were not taken for their ids, of all."""
    inbounds: dict[str, list[Inbound]] = defaultdict(list)
    sent: Counter[str] = Counter()
    altered: Counter[tuple[str, str, str]] = Counter()
    for raw, account in pairs:
        turn = record_codec.decode(account)
        for record in turn.records:
            if record.kind == "inbound":
                text = Inbound(
                    sid=carrier.sid_of(raw),
                    text=record.facts["text"],
                    reply=outbound_id(PhoneNumber(turn.contact), turn.event, 0),
                )
                inbounds[turn.contact].append(text)
            elif record.kind == "sent":
                sent[record.facts["message"]] += 1
            elif record.kind == "altered":
                altered[turn.contact, record.facts["provider_id"], record.facts["text"]] += 1
    return inbounds, sent, altered


# --- SQLite -----------------------------------------------------------------------------------

_WORK = ("inbox", "errand", "message WHERE state IN ('head', 'waiting', 'sending')")
"""Tables that are empty when all is done."""


def rests_in_file(database: Path) -> bool:
    """Whether nothing is left to do but what waits for its hour. May be asked while it runs."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return not any(
            connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in _WORK
        )


def kept_in_file(database: Path, carrier: Carrier) -> Kept:
    """What is in the database. May be asked while it runs."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        ask = connection.execute
        pairs = (
            (raw, body) for body, raw in ask("SELECT records, raw FROM record ORDER BY number")
        )
        inbounds, sent, altered = _accounts(pairs, carrier)
        counts = {
            table: ask(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in (*_WORK, "parked", "orphan")
        }
        return Kept(
            inbounds=inbounds,
            left_over=_counted(counts),
            records=dict(ask("SELECT id, record FROM contact")),
            timers=Counter(
                (number, name.partition("/")[0])
                for number, name in ask("SELECT contact, name FROM timer")
            ),
            states=dict(ask("SELECT id, state FROM message")),
            statuses=dict(ask("SELECT id, status FROM message WHERE state = 'done'")),
            told_sent=sent,
            consents=ask("SELECT count(DISTINCT contact) FROM consent").fetchone()[0],
            altered=altered,
        )


def _counted(counts: Mapping[str, int]) -> Sequence[str]:
    return [f"{count} in {where}" for where, count in counts.items() if count]


# --- Redis ------------------------------------------------------------------------------------

_LENGTHS = {
    "inbox": "XLEN",
    "errands": "HLEN",
    "claimable": "ZCARD",
    "queue": "ZCARD",
    "chains": "HLEN",
    "sending": "HLEN",
}
"""Keys of a partition that are empty when all is done, and what counts them."""

_CARDS = """
local told, cards = {}, redis.call('HGETALL', KEYS[1])
for n = 1, #cards, 2 do
  local offset, before = cmsgpack.unpack_one(cards[n + 1])
  local timers = {}
  for k, timer in ipairs(before and before[2] or {}) do timers[k] = timer[1] end
  told[n], told[n + 1] = cards[n], {timers, offset > 0 and cards[n + 1]:sub(offset + 1) or ''}
end
return told
"""
"""Contacts with the names of their timers and their record (stores/redis/lua/cards.lua)."""

_ACTS = """
local told, acts = {}, redis.call('HGETALL', KEYS[1])
for n = 1, #acts, 2 do
  local list, offset = {}, 0
  while offset >= 0 and offset < #acts[n + 1] do
    offset, list[#list + 1] = cmsgpack.unpack_one(acts[n + 1], offset)
  end
  told[#told + 1] = {acts[n], cmsgpack.pack(list)}
end
return told
"""
"""Contacts with the acts of their consent (stores/redis/lua/cards.lua)."""

# A field may stand there more than once, which clients that make a table of them lose.
_ACCOUNTS = "return redis.call('XRANGE', KEYS[1], '-', '+')"


class Shelves:
    """A business's partitions in Redis."""

    def __init__(self, url: str) -> None:
        self._client: Any = redis.Redis.from_url(url, socket_timeout=30)

    def close(self) -> None:
        self._client.close()

    def rests(self) -> bool:
        """Whether nothing is left to do but what waits for its hour. May be asked while it runs."""
        try:
            return not self._counts(_LENGTHS)
        except redis.RedisError:
            return False

    def kept(self, carrier: Carrier) -> Kept:
        """What is in all partitions."""
        found: list[tuple[bytes, bytes]] = []
        for key in self._keys("records"):
            for _, fields in self._client.eval(_ACCOUNTS, 1, key):
                found += zip(fields[::2], fields[1::2], strict=True)
        inbounds, sent, altered = _accounts(found, carrier)
        records: dict[str, bytes] = {}
        timers: Counter[tuple[str, str]] = Counter()
        for key in self._keys("contacts"):
            cards = self._client.eval(_CARDS, 1, key)
            for number, (names, record) in zip(cards[::2], cards[1::2], strict=True):
                records[number.decode()] = record
                timers.update((number.decode(), _session(name)) for name in names)
        counts = self._counts(_LENGTHS | {"parked": "XLEN", "orphans": "HLEN"})
        states, strays = self._states()
        return Kept(
            inbounds=inbounds,
            left_over=[*_counted(counts), *strays],
            records=records,
            timers=timers,
            states=states,
            statuses=self._statuses(),
            told_sent=sent,
            consents=sum(map(self._client.hlen, self._keys("acts"))),
            altered=altered,
        )

    def claims(self) -> Mapping[str, int]:
        """By provider's id: when what has left was claimed, by the server's clock."""
        settled = [each for key in self._keys("settled:*") for each in self._client.hvals(key)]
        done = [msgspec.msgpack.decode(each) for each in settled if each[0] & 0xF0 == 0x90]
        return {sid: at for *_, at, sids in done for sid in sids}

    def withdrawals(self) -> Mapping[str, int]:
        """When each contact's last STOP was kept, by the server's clock."""
        found: dict[str, int] = {}
        for key in self._keys("acts"):
            for number, acts in self._client.eval(_ACTS, 1, key):
                for programme, state, at, *_ in msgspec.msgpack.decode(acts):
                    if programme == "" and state == "withdrawn":
                        found[number.decode()] = at
        return found

    def _keys(self, name: str) -> Sequence[bytes]:
        return sorted(self._client.scan_iter(f"convo:{{*}}:{name}", 1_000))

    def _counts(self, lengths: Mapping[str, str]) -> Mapping[str, int]:
        counts = {
            name: sum(self._client.execute_command(length, key) for key in self._keys(name))
            for name, length in lengths.items()
        }
        return {name: count for name, count in counts.items() if count}

    def _states(self) -> tuple[Mapping[str, str], Sequence[str]]:
        """What became of each message; and what is in two places at once, or in none."""
        places = {name: self._fields(name) for name in ("messages", "sending", "held")}
        done = {id for id in self._fields("settled:*") if " " not in id}
        states = dict.fromkeys(done, "done")
        states |= dict.fromkeys(places["messages"], "waiting")
        states |= dict.fromkeys(places["sending"], "sending")
        states |= dict.fromkeys(places["held"], "held")
        strays = [f"{id} is done and waits" for id in done & places["messages"]]
        strays += [
            f"{id} is nowhere and is {name}"
            for name in ("sending", "held")
            for id in places[name] - places["messages"]
        ]
        return states, strays

    def _statuses(self) -> Mapping[str, str]:
        """What is settled, with its status (stores/redis/lua/chains.lua)."""
        done = [
            each for key in self._keys("settled:*") for each in self._client.hgetall(key).items()
        ]
        return {id.decode(): msgspec.msgpack.decode(row)[2] for id, row in done if b" " not in id}

    def _fields(self, name: str) -> set[str]:
        """Of all hashes of that name."""
        return {field.decode() for key in self._keys(name) for field in self._client.hkeys(key)}


def _session(timer: bytes) -> str:
    return timer.decode().partition("/")[0]
