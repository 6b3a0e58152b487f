"""What only a file can show: restarts, the lock, a full disk, many commits in one."""

import asyncio
import fcntl
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from convo.errors import AlreadyRunning, Busy, StoreUnavailable
from convo.stores.sqlite import guard
from convo.stores.sqlite.store import SqliteStore
from convo.stores.sqlite.writer import SWITCH_INTERVAL
from tests.stores.contract_desk import (
    ANN,
    BEN,
    DAY,
    HOUR,
    START,
    HandSetClock,
    message,
    text,
    timer,
    turn,
    words,
)
from tests.stores.sqlite_desk import desk_at

HANGS = 60
"""Seconds until a test is taken to hang; a disk under load is slow, and that is no fault."""


@pytest.fixture
def clock() -> HandSetClock:
    return HandSetClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "convo.db"


@pytest.mark.anyio
async def test_a_restart_keeps_everything(path: Path, clock: HandSetClock) -> None:
    store, desk = await desk_at(path, clock)
    await desk.say(message("m1"), message("m2"), timers=(timer("t", START + HOUR),), record=b"[5]")
    claim = (await desk.claims())["m1"]
    await desk.accept(text("STOP", law="stop", contact=BEN), text("unread"))
    await store.reserve("vote", "ann", None)
    await store.keep_flow("v", b"flow")
    await store.close()

    store, desk = await desk_at(path, clock)
    assert desk.lease.doubts == (claim,)
    assert await store.accept([text("unread")]) == ["duplicate"]
    work = await desk.look()
    assert words(work) == ["STOP", "unread"]
    assert work.contacts[ANN].record == b"[5]"
    assert [each.state for each in work.contacts[BEN].consents] == ["withdrawn"]
    assert work.next_due == START + HOUR
    assert await store.reserve("vote", "ben", None) == 2
    assert await store.flow("v") == b"flow"
    await desk.settle(desk.lease.doubts[0])
    assert await desk.claim() == ["m2"]
    await store.close()


@pytest.mark.anyio
async def test_entries_are_numbered_on_after_a_restart(path: Path, clock: HandSetClock) -> None:
    store, desk = await desk_at(path, clock)
    first = await desk.pending()
    await desk.advance(turns=[turn(first)])
    await store.close()
    store, desk = await desk_at(path, clock)
    assert (await desk.pending()).order > first.order
    await store.close()


@pytest.mark.anyio
async def test_a_second_store_on_the_file_names_the_first(path: Path, clock: HandSetClock) -> None:
    store = await SqliteStore.open(str(path), clock=clock)
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}, started 20"):
        await SqliteStore.open(str(path), clock=clock)
    await store.close()
    await (await SqliteStore.open(str(path), clock=clock)).close()


@pytest.mark.anyio
async def test_a_look_at_who_has_it_keeps_nobody_from_having_it(
    path: Path, clock: HandSetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await SqliteStore.open(str(path), clock=clock)).close()
    looking = os.open(path.with_name("convo.db.lock"), os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    # It goes on as soon as whoever looks lets go.
    monkeypatch.setattr(guard.time, "sleep", lambda _seconds: os.close(looking))
    store = await SqliteStore.open(str(path), clock=clock)
    assert guard.is_held(path)
    await store.close()
    assert not guard.is_held(path)


@pytest.mark.anyio
async def test_a_second_process_is_refused(path: Path, clock: HandSetClock) -> None:
    store = await SqliteStore.open(str(path), clock=clock)
    program = (
        "import asyncio, sys\n"
        "from convo.stores.sqlite.store import SqliteStore\n"
        "asyncio.run(SqliteStore.open(sys.argv[1], clock=lambda: 0))\n"
    )
    second = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert second.returncode == 1
    assert f"AlreadyRunning: {path} is in use by process {os.getpid()}" in second.stderr
    await store.close()


@pytest.mark.anyio
async def test_nobody_else_may_read_the_files(path: Path, clock: HandSetClock) -> None:
    store = await SqliteStore.open(str(path), clock=clock)
    await store.accept([text("1")])
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(
        ["convo.db", "convo.db-wal", "convo.db-shm", "convo.db.lock", "convo.db.begun"], 0o600
    )
    await store.close()


@pytest.mark.anyio
@pytest.mark.parametrize("column", ["reach", "media"])
async def test_a_database_of_an_older_convo_learns_where_mail_goes_and_what_goes_with_a_text(
    path: Path, clock: HandSetClock, column: str
) -> None:
    await (await SqliteStore.open(str(path), clock=clock)).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"ALTER TABLE message DROP COLUMN {column}")
    connection.close()
    await (await SqliteStore.open(str(path), clock=clock)).close()
    with sqlite3.connect(path) as connection:
        assert connection.execute(f"SELECT {column} FROM message").fetchall() == []
    connection.close()


@pytest.mark.anyio
async def test_of_what_an_older_convo_has_kept_nobody_knows_what_it_said(
    path: Path, clock: HandSetClock
) -> None:
    store, _ = await desk_at(path, clock)
    await store.accept([text("one", key="k")])
    await store.close()
    with sqlite3.connect(path) as older:
        older.execute("ALTER TABLE dedupe DROP COLUMN said")
    older.close()
    store, desk = await desk_at(path, clock)
    assert await store.accept([text("two", key="k"), text("one", key="k")]) == ["duplicate"] * 2
    assert await desk.records("altered") == []
    assert await store.accept([text("three", key="new"), text("four", key="new")]) == [
        *("accepted", "altered"),
    ]
    await store.close()


@pytest.mark.anyio
async def test_a_newer_schema_is_refused(path: Path, clock: HandSetClock) -> None:
    await (await SqliteStore.open(str(path), clock=clock)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = 99 WHERE name = 'schema'")
    connection.close()
    with pytest.raises(StoreUnavailable, match="has schema 99, this Convo knows 1"):
        await SqliteStore.open(str(path), clock=clock)


@pytest.mark.anyio
async def test_another_programs_database_is_refused(tmp_path: Path, clock: HandSetClock) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    with pytest.raises(StoreUnavailable, match="not one of Convo's"):
        await SqliteStore.open(str(path), clock=clock)
    path.write_bytes(b"This is a letter to my aunt, and no database at all." * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await SqliteStore.open(str(path), clock=clock)


@pytest.mark.anyio
async def test_a_closed_store_says_so(path: Path, clock: HandSetClock) -> None:
    for where in (str(path), ":memory:"):
        store = await SqliteStore.open(where, clock=clock)
        await store.close()
        await store.close()
        with pytest.raises(StoreUnavailable):
            await store.accept([text("1")])


@pytest.mark.anyio
async def test_a_full_disk_says_busy_and_recovers(path: Path, clock: HandSetClock) -> None:
    store, desk = await desk_at(path, clock)
    await desk.accept(text("before"))
    pages = await store.read(lambda d: d.execute("PRAGMA page_count").fetchone()[0])
    await store.read(lambda d: d.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    kept = 0
    refused = ""
    while not refused:
        try:
            await store.accept([text(f"t{kept}", raw=b"x" * 1_000)])
            kept += 1
        except Busy as full:
            refused = str(full)
    assert refused.startswith(f"{path} could not be written")
    with pytest.raises(Busy):
        await store.accept([text("STOP", law="stop", raw=b"x" * 10_000)])
    await store.read(lambda d: d.execute("PRAGMA max_page_count = 1000000").fetchone())
    assert await store.accept([text("STOP", law="stop")]) == ["accepted"]
    work = await desk.advance(events=2_000)
    assert words(work) == ["before", *(f"t{n}" for n in range(kept)), "STOP"]
    assert (await store.levels()).inbox == kept + 2
    await store.close()


@pytest.mark.anyio
@pytest.mark.parametrize("where", ["file", ":memory:"])
async def test_a_job_that_fails_spoils_no_other(
    path: Path, clock: HandSetClock, where: str
) -> None:
    store = await SqliteStore.open(str(path) if where == "file" else where, clock=clock)

    def fails(database: object) -> None:
        raise ValueError("a fault of ours")

    found = await asyncio.gather(
        store.accept([text("1")]),
        store.read(fails),
        store.accept([text("2")]),
        return_exceptions=True,
    )
    assert found[0] == ["accepted"]
    assert isinstance(found[1], ValueError)
    assert found[2] == ["accepted"]
    assert (await store.levels()).inbox == 2
    await store.close()


@pytest.mark.anyio
async def test_jobs_that_wait_together_share_a_commit(path: Path, clock: HandSetClock) -> None:
    store = await SqliteStore.open(str(path), clock=clock)
    commits: list[str] = []
    await store.read(lambda d: d.connection.set_trace_callback(commits.append))
    await asyncio.gather(*(store.accept([text(f"t{n}")]) for n in range(50)))
    assert commits.count("COMMIT") <= 2
    await store.close()


@pytest.mark.anyio
async def test_whoever_gives_up_waiting_leaves_the_others_theirs(
    path: Path, clock: HandSetClock
) -> None:
    store = await SqliteStore.open(str(path), clock=clock)
    tasks = [asyncio.create_task(store.accept([text(f"t{n}")])) for n in range(9)]
    await asyncio.sleep(0)
    tasks[4].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(found.pop(4), asyncio.CancelledError)
    assert found == [["accepted"]] * 8
    await store.close()


@pytest.mark.anyio
async def test_closing_waits_for_what_was_asked(path: Path, clock: HandSetClock) -> None:
    store = await SqliteStore.open(str(path), clock=clock)
    tasks = [asyncio.create_task(store.accept([text(f"t{n}")])) for n in range(9)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == [["accepted"]] * 9


@pytest.mark.anyio
async def test_a_busy_loop_does_not_starve_the_disk(path: Path, clock: HandSetClock) -> None:
    store = await SqliteStore.open(str(path), clock=clock)

    async def toil() -> None:
        while True:
            sum(range(20_000))
            await asyncio.sleep(0)

    # What a commit waits for the interpreter, set by the writer; a disk may take its time.
    assert sys.getswitchinterval() <= SWITCH_INTERVAL
    toiling = asyncio.create_task(toil())
    async with asyncio.timeout(HANGS):
        for n in range(10):
            await store.accept([text(f"t{n}")])
    toiling.cancel()
    await store.close()


@pytest.mark.anyio
async def test_old_things_go_by_themselves_once_a_day(path: Path, clock: HandSetClock) -> None:
    store, desk = await desk_at(path, clock)
    await desk.say(record=b"[1]")
    clock.now += 200 * DAY
    await desk.look()
    async with asyncio.timeout(HANGS):
        while await store.records(0, 9):
            await asyncio.sleep(0.01)
    await store.close()


@pytest.mark.anyio
async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, clock: HandSetClock) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="cannot be made or written"):
        await SqliteStore.open(str(tmp_path / "file" / "convo.db"), clock=clock)
    (tmp_path / "convo.db").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be made or written"):
        await SqliteStore.open(str(tmp_path / "convo.db"), clock=clock)


@pytest.mark.anyio
async def test_a_file_of_an_older_convo_grows_and_keeps_what_it_has(
    path: Path, clock: HandSetClock
) -> None:
    store, _ = await desk_at(path, clock)
    await store.reserve("vote", "ann", None)
    await store.close()
    with sqlite3.connect(path) as older:
        older.execute("DROP TABLE vote")
        older.execute("DROP TABLE standing")
    older.close()
    store, _ = await desk_at(path, clock)
    assert (await store.tally("poll", "ann", "rice", change=False)).votes == {"rice": 1}
    assert await store.reserve("vote", "ben", None) == 2
    await store.close()
