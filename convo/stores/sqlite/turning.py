"""Committing what the owner has done: settled messages first, then turns."""

from collections.abc import Sequence

from convo.core import record_codec
from convo.core.contacts import Consent
from convo.core.effects import SetTimer
from convo.core.event_codec import encode, encode_errand, event_id, timer_id
from convo.core.events import Due
from convo.core.records import Record
from convo.core.turns import FromInbox, FromTimer, Outbound, Source, Turn
from convo.ports import Settle
from convo.stores.sqlite import chains, reports
from convo.stores.sqlite.chains import Chain
from convo.stores.sqlite.consents import set_consents
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import GOES_BY, add_records, encoded

_CLAIMED = f"""
    SELECT id, seq, contact, channel, {GOES_BY}, state, attempt FROM message
    WHERE id IN (SELECT value FROM json_each(?))
"""
_SETTLE = """
    UPDATE message SET state = ?, status = ?, code = ?, provider_ids = ? WHERE seq = ?
"""
# `promote` makes it head again, unless it is bulk and a reply came meanwhile.
_AGAIN = """
    UPDATE message SET state = 'waiting', tries = tries + 1, code = ?, due = ?, stays = ?
    WHERE seq = ?
"""
#: An outcome's state and status.
_BECOMES = {
    "accepted": ("done", "queued"),
    "failed": ("done", "failed"),
    "held": ("held", "waiting"),
}

_ENTRIES = "SELECT entry FROM inbox WHERE entry IN (SELECT value FROM json_each(?))"
_TIMERS = """
    SELECT t.contact, t.name, t.generation FROM json_each(?) AS wanted
    JOIN timer AS t ON t.contact = json_extract(wanted.value, '$[0]')
        AND t.name = json_extract(wanted.value, '$[1]')
"""
_RECORD = """
    INSERT INTO record (at, contact, records, raw)
    VALUES (?, ?, ?, (SELECT raw FROM inbox WHERE entry = ?))
"""
_CONTACT = """
    INSERT INTO contact (id, record) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET record = excluded.record
"""
_TIMER = """
    INSERT INTO timer (contact, name, generation, due) VALUES (?, ?, ?, ?)
    ON CONFLICT (contact, name) DO UPDATE SET generation = excluded.generation, due = excluded.due
"""
_ERRAND = """
    INSERT INTO errand (id, contact, asked, claimable, errand) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
"""
_PARK_ENTRY = """
    INSERT INTO parked (at, contact, event_id, acted, event, error, raw)
    SELECT ?, contact, ?, acted, event, ?, raw FROM inbox WHERE entry = ?
"""
_PARK_TIMER = """
    INSERT INTO parked (at, contact, event_id, acted, event, error) VALUES (?, ?, ?, 0, ?, ?)
"""


def settle(database: Database, settles: Sequence[Settle], now: int) -> None:
    """Write what became of claims. One that is settled already, or claimed anew, is left alone."""
    wanted = encoded([each.outbound for each in settles])
    claimed = {row[0]: row[1:] for row in database.execute(_CLAIMED, (wanted,))}
    freed: list[Chain] = []
    facts: list[tuple[int, str, Record]] = []
    names: list[tuple[str, str, int]] = []
    settled: list[tuple[object, ...]] = []
    again: list[tuple[object, ...]] = []
    late: list[tuple[str, int]] = []
    awaited: list[tuple[str, str, int, int]] = []
    for each in settles:
        seq, contact, channel, goes_by, state, attempt = claimed.pop(each.outbound, _UNKNOWN)
        if attempt != each.attempt:
            continue
        ids = encoded(each.provider_ids) if each.provider_ids else ""
        names += [(goes_by, id, seq) for id in each.provider_ids if id]
        if state != "sending":
            # A report settled it before its sender could; what is new is the provider's ids.
            if ids:
                late.append((ids, seq))
            continue
        freed.append((contact, channel))
        facts.append((now, contact, _outcome(each)))
        if each.outcome == "again":
            again.append((each.code, each.due, each.stays, seq))
        else:
            if each.next_after:
                awaited.append((contact, channel, seq, each.next_after))
            settled.append((*_BECOMES[each.outcome], each.code, ids, seq))
    database.executemany(_SETTLE, settled)
    if again:
        database.executemany(_AGAIN, again)
    if late:
        database.executemany("UPDATE message SET provider_ids = ? WHERE seq = ?", late)
    if awaited:
        chains.wait_for(database, awaited)
    chains.promote(database, freed)
    add_records(database, facts)
    reports.know_as(database, names, now)


_UNKNOWN = (0, "", "", "", "", None)


def _outcome(each: Settle) -> Record:
    match each.outcome:
        case "accepted":
            facts = {"message": each.outbound, "provider_ids": each.provider_ids}
            return Record(kind="sent", facts=facts)
        case "held":
            return Record(kind="in_doubt", facts={"message": each.outbound, "code": each.code})
        case "again" | "failed":
            return chains.unsent(each.outbound, each.code, again=each.outcome == "again")


def commit(database: Database, turns: Sequence[Turn]) -> None:
    """Write turns in their order, passing over those whose source is gone."""
    if not turns:
        return
    open_ = _sources(database, turns)
    batch = _Batch(database)
    for turn in turns:
        key = _key(turn, turn.source)
        # Judged by what was there before this commit: a turn may clear the timer of the next.
        if key in open_:
            open_.discard(key)
            batch.add(turn)
    batch.flush()


Key = int | tuple[str, str, int]


def _key(turn: Turn, source: Source) -> Key:
    match source:
        case FromInbox(entry=entry):
            return entry
        case FromTimer(name=name, generation=generation):
            return (turn.contact.e164, name, generation)


def _sources(database: Database, turns: Sequence[Turn]) -> set[Key]:
    keys = [_key(turn, turn.source) for turn in turns]
    entries = [key for key in keys if isinstance(key, int)]
    timers = [key for key in keys if not isinstance(key, int)]
    found: set[Key] = set()
    if entries:
        rows = database.execute(_ENTRIES, (encoded(entries),))
        found.update(entry for (entry,) in rows)
    if timers:
        found.update(database.execute(_TIMERS, (encoded(timers),)))
    return found


class _Batch:
    """Rows of many turns, table by table: one statement for all of a table is the fastest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._set_anew: set[tuple[str, str]] = set()
        self._clear()

    def _clear(self) -> None:
        self._entries: list[tuple[int]] = []
        self._records: list[tuple[object, ...]] = []
        self._contacts: list[tuple[str, bytes]] = []
        #: The last word on each timer; None clears it.
        self._timers: dict[tuple[str, str], SetTimer | None] = {}
        self._consents: list[tuple[str, Consent]] = []
        self._messages: list[tuple[Outbound, int, str]] = []
        self._errands: list[tuple[object, ...]] = []

    def add(self, turn: Turn) -> None:
        contact = turn.contact.e164
        if turn.silence:
            # What earlier turns of this commit gave the contact must be there to be dropped.
            self.flush()
            chains.silence(self._database, contact, turn.at)
        entry: int | None = None
        match turn.source:
            case FromInbox(entry=entry):
                event = event_id(turn.at, entry)
                self._entries.append((entry,))
            case FromTimer(name=name, generation=generation):
                event = timer_id(name, generation)
                # A timer that an earlier turn set anew is another one and stays.
                if (contact, name) not in self._set_anew:
                    self._timers[contact, name] = None
        if turn.parked is not None:
            self._park(turn, turn.parked, event)
        account = record_codec.encode(turn.at, contact, event, turn.records)
        self._records.append((turn.at, contact, account, None if turn.confidential else entry))
        if turn.record is not None:
            self._contacts.append((contact, turn.record))
        for name in turn.cleared:
            self._timers[contact, name] = None
        for timer in turn.timers:
            self._timers[contact, timer.name] = timer
            self._set_anew.add((contact, timer.name))
        self._consents += [(contact, consent) for consent in turn.consents]
        for message in turn.outbound:
            self._messages.append((message, turn.at, event))
        for errand in turn.errands:
            self._errands.append((errand.id, contact, turn.at, turn.at, encode_errand(errand)))

    def _park(self, turn: Turn, account: str, event: str) -> None:
        match turn.source:
            case FromInbox(entry=entry):
                self._database.execute(_PARK_ENTRY, (turn.at, event, account, entry))
            case FromTimer(name=name, generation=generation):
                due = Due(
                    id=event, at=turn.at, contact=turn.contact, name=name, generation=generation
                )
                self._database.execute(
                    _PARK_TIMER, (turn.at, turn.contact.e164, event, encode(due), account)
                )

    def flush(self) -> None:
        """Write it all. Records take the raw request from the inbox, so its rows go last."""
        database = self._database
        for statement, rows in (
            (_RECORD, self._records),
            ("DELETE FROM inbox WHERE entry = ?", self._entries),
            (_CONTACT, self._contacts),
            ("DELETE FROM timer WHERE contact = ? AND name = ?", self._cleared()),
            (_TIMER, self._set()),
            (_ERRAND, self._errands),
        ):
            if rows:
                database.executemany(statement, rows)
        database.inbox_length -= len(self._entries)
        if self._consents:
            set_consents(database, self._consents)
        if self._messages:
            chains.add(database, self._messages)
        self._clear()

    def _cleared(self) -> list[tuple[str, str]]:
        return [key for key, timer in self._timers.items() if timer is None]

    def _set(self) -> list[tuple[str, str, int, int]]:
        return [
            (contact, name, timer.generation, timer.due)
            for (contact, name), timer in self._timers.items()
            if timer is not None
        ]
