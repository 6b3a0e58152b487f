"""What people ask of the store: reads for the command line and the metrics, no writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from convo.core import event_codec
from convo.core.events import Event
from convo.core.turns import Outbound
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import MESSAGE, MESSAGE_WIDTH, listed_in, outbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An event whose turn failed, with the account of it."""

    number: int
    at: int
    event: Event
    error: str = field(repr=False)
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """A message of which nobody knows whether it left."""

    message: Outbound
    claimed_at: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A message as it stands now."""

    message: Outbound
    state: str
    status: str
    code: str
    created_at: int
    provider_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How much waits where."""

    inbox: int
    #: Messages that wait to be claimed, by channel.
    outbox: Mapping[str, int]
    parked: int
    held: int
    doubts: int
    timers: int
    errands: int


def parked(database: Database, after: int, limit: int) -> tuple[Parked, ...]:
    """Parked events behind the number `after`, oldest first."""
    rows = database.execute(
        "SELECT number, at, event_id, acted, event, error, raw FROM parked "
        "WHERE number > ? ORDER BY number LIMIT ?",
        (after, limit),
    ).fetchall()
    return tuple(
        Parked(
            number=number,
            at=at,
            event=event_codec.decode(event, id=id, at=at, acted=bool(acted)),
            error=error,
            raw=raw or b"",
        )
        for number, at, id, acted, event, error, raw in rows
    )


def held(database: Database, limit: int) -> tuple[HeldMessage, ...]:
    """Held messages, oldest first."""
    rows = database.execute(
        f"SELECT {MESSAGE}, m.claimed, m.code FROM message AS m "
        "WHERE m.state = 'held' ORDER BY m.seq LIMIT ?",
        (limit,),
    ).fetchall()
    return tuple(
        HeldMessage(message=outbound(row), claimed_at=row[MESSAGE_WIDTH], code=row[-1])
        for row in rows
    )


def message(database: Database, id: str) -> History | None:
    """One message by our id, whatever became of it."""
    row = database.execute(
        f"SELECT {MESSAGE}, m.state, m.status, m.code, m.created, m.provider_ids "
        "FROM message AS m WHERE m.id = ?",
        (id,),
    ).fetchone()
    if row is None:
        return None
    state, status, code, created, provider_ids = row[MESSAGE_WIDTH:]
    return History(
        message=outbound(row),
        state=state,
        status=status,
        code=code,
        created_at=created,
        provider_ids=listed_in(provider_ids),
    )


def raw(database: Database, number: int) -> bytes | None:
    """The raw request that led to the record `number`, where one was kept."""
    row = database.execute("SELECT raw FROM record WHERE number = ?", (number,)).fetchone()
    return row[0] if row else None


def lengths(database: Database) -> Lengths:
    """Counts for the metrics; each is read from an index that holds nothing else."""
    outbox: dict[str, int] = {}
    for state in ("head", "waiting"):
        for channel, messages in database.execute(
            f"SELECT channel, count(*) FROM message WHERE state = '{state}' GROUP BY channel"
        ):
            outbox[channel] = outbox.get(channel, 0) + messages

    def count(of: str) -> int:
        return database.execute(f"SELECT count(*) FROM {of}").fetchone()[0]

    return Lengths(
        inbox=database.inbox_length,
        outbox=outbox,
        parked=count("parked"),
        held=count("message WHERE state = 'held'"),
        doubts=count(
            "message INDEXED BY message_front "
            "WHERE (state = 'head' OR state = 'sending') AND state = 'sending'"
        ),
        timers=count("timer"),
        errands=count("errand"),
    )
