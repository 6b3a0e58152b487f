"""Handing out work: messages to send, events whose turn has come, errands, the next due time."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from convo.core.event_codec import decode, decode_errand, event_id, timer_id
from convo.core.events import Due
from convo.core.numbers import PhoneNumber
from convo.core.turns import FromInbox, FromTimer
from convo.ports import Claim, ErrandClaim, Lease, Pending, Wants
from convo.stores.sqlite import chains, recalling, suspecting
from convo.stores.sqlite.chains import Chain
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import (
    GOES_BY,
    MESSAGE,
    MESSAGE_WIDTH,
    add_records,
    encoded,
    kept,
    outbound,
)
from convo.stores.sqlite.suspecting import Begun

ERRAND_GRACE = 30_000
"""ms behind an errand's own limit after which its answer will not come and it is tried anew."""

DROPPED_AT_ONCE = 1_000
"""Messages dropped in one claim at most; the rest are dropped by the next."""

LANES = ("reply", "bulk")

_DUE_HEADS = f"""
    SELECT {MESSAGE}, m.seq, m.attempt, m.claimed, m.created,
        everything.state, everything.at, joined.state
    FROM message AS m
    LEFT JOIN consent AS everything
        ON everything.contact = m.contact AND everything.programme = ''
    LEFT JOIN consent AS joined
        ON joined.contact = m.contact AND joined.programme = m.programme
    WHERE m.state = 'head' AND {{}} AND m.lane = ? AND m.due <= ?
    ORDER BY m.due, m.seq LIMIT ?
"""
# What a channel is to carry: of its own, and of those whose backup it is.
_ITS_OWN = _DUE_HEADS.format("m.channel = ? AND m.goes_by = ''")
_MOVED = _DUE_HEADS.format("m.goes_by = ? AND m.goes_by <> ''")
# Of these, what another may take over.
_LEAVES_ITS_OWN = _DUE_HEADS.format("m.channel = ? AND m.goes_by = '' AND m.stays = 0")
_MOVES_ON = _DUE_HEADS.format("m.goes_by = ? AND m.goes_by <> '' AND m.channel = ? AND m.stays = 0")
# Mostly nothing is moved at all, and one look at an empty index tells.
_ANY_MOVED = "SELECT 1 FROM message WHERE state = 'head' AND goes_by <> '' LIMIT 1"
_IN_DOUBT = f"""
    SELECT {MESSAGE}, m.seq, m.attempt, m.claimed FROM message AS m INDEXED BY message_front
    WHERE (m.state = 'head' OR m.state = 'sending') AND m.state = 'sending' ORDER BY m.seq
"""
# Looks through all that is kept, once at a start.
_PARTS = f"""
    SELECT {GOES_BY} AS carried, sum(parts) FROM message
    WHERE claimed >= ? AND (
        state = 'sending' OR state = 'held'
        OR (state = 'done' AND status NOT IN ('cancelled', 'failed'))
    )
    GROUP BY carried
"""
_DROP = "UPDATE message SET state = 'done', status = 'cancelled', code = ? WHERE seq = ?"
_CLAIM = """
    UPDATE message SET state = 'sending', attempt = ?, claimed = ?, goes_by = ? WHERE seq = ?
"""
_NEXT_HEAD = "SELECT min(due) FROM message WHERE state = 'head' AND channel = ? AND lane = ?"


def doubts(database: Database) -> tuple[Claim, ...]:
    """Every message that was claimed and not settled, with the attempt that claimed it."""
    rows = database.execute(_IN_DOUBT).fetchall()
    return tuple(
        Claim(message=outbound(row), attempt=row[MESSAGE_WIDTH + 1], at=row[MESSAGE_WIDTH + 2])
        for row in rows
    )


def parts_since(database: Database, at: int) -> Mapping[str, int]:
    """Parts by channel of what was claimed since `at` and not found to have stayed here."""
    return dict(database.execute(_PARTS, (at,)).fetchall())


def taken_over(database: Database, owner: str, token: str, begun: Begun) -> Lease:
    """For a new owner, with what the last left behind; nobody runs its errands any more."""
    in_hand, errands = suspecting.taken_over(database) or (0, None)
    if errands is None:
        begun.clear()
    database.execute("UPDATE errand SET claimable = asked WHERE claimable > asked")
    database.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        [("owner", owner), ("owned_since", database.clock())],
    )
    return Lease(
        partition=0,
        token=token,
        doubts=doubts(database),
        in_hand=in_hand,
        suspects={**dict.fromkeys(errands or (), 0), **begun.starts},
    )


def claim(database: Database, wants: Wants, token: str, now: int) -> tuple[Claim, ...]:
    """Take due heads, replies before bulk, the oldest first, as far as parts and messages go."""
    left = _Left(wants)
    claims: list[Claim] = []
    ways = _ways(database, wants)
    for lane in LANES:
        for by, taken in ways.items():
            claims += _claim_lane(database, by, taken, lane, left, token, now)
    return tuple(claims)


#: Where to look for what a channel takes: a query of heads, and which channels it is asked for.
_Way = tuple[str, tuple[str, ...]]


def _ways(database: Database, wants: Wants) -> Mapping[str, list[_Way]]:
    """What each channel that can carry messages takes: its own, and what others cannot carry."""
    any_moved = database.execute(_ANY_MOVED).fetchone() is not None
    ways: dict[str, list[_Way]] = {}
    for name in wants.messages:
        its_own = [(_ITS_OWN, (name,))] if name in database.channels else []
        ways[name] = [*its_own, (_MOVED, (name,))] if any_moved else its_own
    for of, channels in wants.via.items():
        for channel, by in channels.items():
            if by not in ways:
                continue
            if of == channel:
                ways[by].append((_LEAVES_ITS_OWN, (of,)))
            elif any_moved:
                ways[by].append((_MOVES_ON, (of, channel)))
    return ways


class _Left:
    """What may still be claimed; several channels draw on one limit."""

    def __init__(self, wants: Wants) -> None:
        self._limits = wants.limits
        self._parts = dict(wants.parts)
        self._messages = dict(wants.messages)
        self._bulk = {**wants.messages, **wants.bulk}
        self.drops = dict.fromkeys(wants.messages, DROPPED_AT_ONCE)

    def messages(self, channel: str, lane: str) -> int:
        """Messages of this lane that the channel may still carry."""
        for limit in self._limits.get(channel, (channel,)):
            if self._parts.get(limit, 1) <= 0:
                return 0
        most = self._messages[channel]
        return min(most, self._bulk[channel]) if lane == "bulk" else most

    def take(self, channel: str, lane: str, parts: int) -> None:
        self._messages[channel] -= 1
        self._bulk[channel] -= lane == "bulk"
        for limit in self._limits.get(channel, (channel,)):
            if limit in self._parts:
                self._parts[limit] -= parts


def _claim_lane(
    database: Database,
    by: str,
    ways: Sequence[_Way],
    lane: str,
    left: _Left,
    token: str,
    now: int,
) -> list[Claim]:
    claims: list[Claim] = []
    recalls = recalling.recalls(database)
    while left.drops[by] > 0 and (most := left.messages(by, lane)) > 0:
        heads = _due_heads(database, ways, lane, now, most)
        taken: list[tuple[str, int, str, int]] = []
        refused: list[tuple[int, str, Chain, str]] = []
        for row in heads:
            seq = row[MESSAGE_WIDTH]
            created = row[MESSAGE_WIDTH + 3]
            recalled = recalling.is_recalled(row, created, recalls)
            why = recalling.WHY if recalled else _refusal(row, now)
            if why:
                refused.append((seq, row[0], (row[1], row[2]), why))
            elif left.messages(by, lane) > 0:
                message = outbound(row)
                moved = message.goes_by != by
                if moved:
                    message = replace(message, by="" if by == message.channel else by)
                attempt = f"{token[:8]}.{seq:x}.{message.tries}"
                claims.append(Claim(message=message, attempt=attempt, at=now, moved=moved))
                taken.append((attempt, now, message.by, seq))
                left.take(by, lane, message.parts)
        if taken:
            database.executemany(_CLAIM, taken)
        if not refused:
            break
        # Who follows a dropped message may be due as well: look again.
        left.drops[by] -= len(refused)
        _drop(database, refused, now)
    return claims


def _due_heads(
    database: Database, ways: Sequence[_Way], lane: str, now: int, most: int
) -> list[tuple[Any, ...]]:
    """The oldest that are due, whoever was to carry them."""
    found: list[tuple[Any, ...]] = []
    for heads, channels in ways:
        found += database.execute(heads, (*channels, lane, now, most)).fetchall()
    found.sort(key=_by_age)
    return found[:most]


def _by_age(row: tuple[Any, ...]) -> tuple[int, int]:
    return row[9], row[MESSAGE_WIDTH]


def _refusal(row: tuple[Any, ...], now: int) -> str:
    """Why this head may not be sent any more; empty when it may."""
    purpose, programme, not_after, tries = row[5], row[8], row[10], row[11]
    created, everything, acted_at, joined = row[MESSAGE_WIDTH + 3 :]
    # One that was on its way at a STOP, and is to be tried again, is not brought back by a START.
    outlived = tries > 0 and acted_at is not None and acted_at > created
    if purpose != "law" and (everything == "withdrawn" or outlived):
        return "withdrawn"
    if programme and purpose not in ("consent", "law") and joined != "given":
        return "no consent"
    if not_after is not None and now > not_after:
        return "too late"
    return ""


def _drop(database: Database, refused: Sequence[tuple[int, str, Chain, str]], now: int) -> None:
    database.executemany(_DROP, [(why, seq) for seq, _, _, why in refused])
    chains.promote(database, [chain for _, _, chain, _ in refused])
    add_records(
        database, [(now, contact, chains.unsent(id, why)) for _, id, (contact, _), why in refused]
    )


def read(database: Database, limit: int, now: int) -> tuple[tuple[Pending, ...], bool]:
    """Up to `limit` events of inbox and timers in order of time; whether all due timers are in."""
    if limit <= 0:
        return (), False
    timers = [
        (due, _timer_event(contact, name, generation, now))
        for contact, name, generation, due in database.execute(
            "SELECT contact, name, generation, due FROM timer WHERE due <= ? ORDER BY due LIMIT ?",
            (now, limit),
        )
    ]
    entries = database.execute(
        "SELECT entry, at, acted, event FROM inbox ORDER BY entry LIMIT ?", (limit,)
    ).fetchall()
    newest = _newest_entry(database) if timers else 0
    events: list[Pending] = []
    waiting = iter(timers)
    timer = next(waiting, None)
    # Entries keep their order even where the clock went back between them.
    for entry, at, acted, body in entries:
        while timer is not None and timer[0] <= at:
            events.append(_from_timer(timer[1], newest))
            timer = next(waiting, None)
        event = decode(body, id=event_id(at, entry), at=at, acted=bool(acted))
        events.append(Pending(source=FromInbox(entry=entry), event=event, order=entry))
    if timer is not None:
        events += [_from_timer(event, newest) for _, event in itertools.chain([timer], waiting)]
    all_timers = len(timers) < limit and len(events) <= limit
    return tuple(events[:limit]), all_timers


def _timer_event(contact: str, name: str, generation: int, now: int) -> Due:
    return Due(
        id=timer_id(name, generation),
        at=now,
        contact=PhoneNumber(contact),
        name=name,
        generation=generation,
    )


def _from_timer(event: Due, order: int) -> Pending:
    source = FromTimer(name=event.name, generation=event.generation)
    return Pending(source=source, event=event, order=order)


def _newest_entry(database: Database) -> int:
    row = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'inbox'").fetchone()
    return row[0] if row else 0


def claim_errands(database: Database, limit: int, now: int) -> tuple[ErrandClaim, ...]:
    """Hand out errands; each may be handed out again when its time and a grace are over."""
    if limit <= 0:
        return ()
    rows = database.execute(
        "SELECT id, contact, asked, errand FROM errand WHERE claimable <= ? "
        "ORDER BY claimable LIMIT ?",
        (now, limit),
    ).fetchall()
    if not rows:
        return ()
    numbers = {contact: PhoneNumber(contact) for _, contact, _, _ in rows}
    known = kept(database, numbers.values())
    claims = tuple(
        ErrandClaim(
            errand=decode_errand(errand),
            contact=numbers[contact],
            asked_at=asked,
            kept=known[numbers[contact]],
        )
        for _, contact, asked, errand in rows
    )
    database.executemany(
        "UPDATE errand SET claimable = ? WHERE id = ?",
        [(now + each.errand.within + ERRAND_GRACE, each.errand.id) for each in claims],
    )
    return claims


def next_message(database: Database) -> int | None:
    """When a message comes due, or did."""
    return _first(
        database.execute(_NEXT_HEAD, (channel, lane)).fetchone()[0]
        for channel in database.channels
        for lane in LANES
    )


def next_other(database: Database, *, timers_after: int) -> int | None:
    """When a timer later than `timers_after`, or an errand, comes due, or did."""
    timers = database.execute("SELECT min(due) FROM timer WHERE due > ?", (timers_after,))
    errands = database.execute("SELECT min(claimable) FROM errand")
    return _first((timers.fetchone()[0], errands.fetchone()[0]))


def _first(dues: Iterable[int | None]) -> int | None:
    return min((due for due in dues if due is not None), default=None)


def forget_errands(database: Database, ids: Sequence[str]) -> None:
    """Errands whose answers are kept."""
    database.execute(
        "DELETE FROM errand WHERE id IN (SELECT value FROM json_each(?))", (encoded(ids),)
    )
