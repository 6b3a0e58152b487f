"""Letting go of what is old: once a day, a little at a time, between other people's jobs."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.core.proof import over_since
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.reports import ORPHANS_KEPT
from convo.stores.sqlite.rows import GOES_BY, MS_A_DAY, listed_in
from convo.stores.sqlite.writer import Executor

ROWS_AT_ONCE = 500
"""Rows in one job: nobody waits behind the broom for longer than some milliseconds."""

SLICES = 256
"""Hashes are spread evenly, so they are walked in this many ranges, without an index by age."""

_WIDTH = 2**64 // SLICES

CONTACTS_AT_ONCE = 100
"""Contacts in one job: each has a handful of acts."""

_ACTS_OF_SOME = """
    SELECT contact, number, programme, state, at, ord FROM consent_act WHERE contact IN (
        SELECT DISTINCT contact FROM consent_act WHERE contact > ? ORDER BY contact LIMIT ?
    ) ORDER BY contact, number
"""


async def tidy(executor: Executor) -> None:
    """Forget old hashes, orphans, records, settled messages, and proof that has had its time."""
    for job in _one_by_one():
        await executor.run(job)
    for sweep in (_forget_records, _forget_messages):
        after: int | None = 0
        while after is not None:
            after = await executor.run(partial(sweep, after=after))
    contact: str | None = ""
    while contact is not None:
        contact = await executor.run(partial(_forget_acts, after=contact))


def _one_by_one() -> Iterator[partial[None]]:
    for number in range(SLICES):
        yield partial(_forget_hashes, first=-(2**63) + number * _WIDTH)
    yield partial(_forget_what_waited)


def _forget_hashes(database: Database, first: int) -> None:
    oldest = database.clock() // MS_A_DAY - database.dedupe_days
    for table in ("dedupe", "acted"):
        database.execute(
            f"DELETE FROM {table} WHERE hash BETWEEN ? AND ? AND day < ?",
            (first, first + _WIDTH - 1, oldest),
        )


def _forget_what_waited(database: Database) -> None:
    """Reports for their message, chains for their report: neither came in its time."""
    database.execute("DELETE FROM orphan WHERE at < ?", (database.clock() - ORPHANS_KEPT,))
    database.execute("DELETE FROM awaited WHERE until < ?", (database.clock(),))


def _forget_records(database: Database, after: int) -> int | None:
    """Where to go on, None when what follows is young."""
    rows = database.execute(
        "SELECT number, at FROM record WHERE number > ? ORDER BY number LIMIT ?",
        (after, ROWS_AT_ONCE),
    ).fetchall()
    oldest = database.clock() - database.retention_days * MS_A_DAY
    old = [(number,) for number, at in rows if at < oldest]
    database.executemany("DELETE FROM record WHERE number = ?", old)
    return rows[-1][0] if len(old) == ROWS_AT_ONCE else None


def _forget_messages(database: Database, after: int) -> int | None:
    """The same for messages, but one that nobody has settled stays, however old."""
    rows = database.execute(
        f"SELECT seq, created, state, {GOES_BY}, provider_ids FROM message "
        "WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, ROWS_AT_ONCE),
    ).fetchall()
    oldest = database.clock() - database.retention_days * MS_A_DAY
    old = [row for row in rows if row[1] < oldest]
    settled = [row for row in old if row[2] == "done"]
    database.executemany(
        "DELETE FROM provider_id WHERE channel = ? AND id = ?",
        [(channel, id) for _, _, _, channel, ids in settled for id in listed_in(ids)],
    )
    database.executemany("DELETE FROM message WHERE seq = ?", [(row[0],) for row in settled])
    return rows[-1][0] if len(old) == ROWS_AT_ONCE else None


def _forget_acts(database: Database, after: str) -> str | None:
    """Of so many contacts, acts of consent whose proof has had its time; None behind the last."""
    if database.proof_days is None:
        return None
    rows = database.execute(_ACTS_OF_SOME, (after, CONTACTS_AT_ONCE)).fetchall()
    now = database.clock()
    old: list[tuple[int]] = []
    for contact, listed in groupby(rows, key=itemgetter(0)):
        numbers, acts = _acts_of(listed)
        oldest = now - database.proof_days(PhoneNumber(contact)) * MS_A_DAY
        ends = zip(numbers, over_since(acts), strict=True)
        old += [(number,) for number, since in ends if since is not None and since < oldest]
    database.executemany("DELETE FROM consent_act WHERE number = ?", old)
    return rows[-1][0] if rows else None


def _acts_of(rows: Iterable[tuple[Any, ...]]) -> tuple[list[int], list[Consent]]:
    numbers: list[int] = []
    acts: list[Consent] = []
    for _, number, programme, state, at, order in rows:
        numbers.append(number)
        acts.append(Consent(programme=programme, state=state, at=at, event="", order=order))
    return numbers, acts
