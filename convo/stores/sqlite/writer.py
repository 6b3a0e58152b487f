"""How jobs reach the database: many in one commit, or one by one at once."""

import asyncio
import queue
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, TypeVar

from convo.errors import StoreUnavailable
from convo.stores.sqlite.database import Database, is_disks, store_error

T = TypeVar("T")
Work = Callable[[Database], T]

BATCH = 500
"""Jobs in one commit at most: bounds how long the first of them waits for the last."""

SWITCH_INTERVAL = 0.000_2
"""Seconds after which a busy loop hands the interpreter to the thread that waits for it. With
Python's own 5 ms a loop that never rests starves the thread for a second and more."""

_CLOSED = "The store is closed."


class Executor(Protocol):
    """Runs jobs in their order, each kept whole or not at all when its answer comes."""

    async def run(self, work: Work[T]) -> T: ...

    async def close(self) -> None: ...


class Inline:
    """Runs each job where it is asked for: for rehearsals, where nothing may depend on luck."""

    def __init__(self, database: Database, where: str) -> None:
        self._database = database
        self._where = where
        self._closed = False

    async def run(self, work: Work[T]) -> T:
        if self._closed:
            raise StoreUnavailable(_CLOSED)
        answer, error = committed(self._database, work, self._where)
        if error is not None:
            raise error
        return answer

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._database.close()


class Job:
    """Work that waits for its commit, with the future of whoever asked for it."""

    __slots__ = ("answer", "error", "future", "work")

    def __init__(self, work: Work[Any], future: asyncio.Future[Any]) -> None:
        self.work = work
        self.future = future
        self.answer: Any = None
        self.error: Exception | None = None


class Writer:
    """Commits whatever is queued at once: statements on the loop, the disk on a thread.

    A thread that ran the statements too would lose the interpreter's lock at each of them and
    have to wait for it beside a busy loop: measured, 235 accepts a second instead of 15,000. So
    the thread only waits for the disk: COMMIT, and what goes wrong. While it does, jobs queue up
    for the next commit. The connection is never used by both at once.
    """

    def __init__(self, database: Database, where: str) -> None:
        self._database = database
        self._where = where
        self._loop = asyncio.get_running_loop()
        self._queue: deque[Job] = deque()
        self._flushing = False
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._disk: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="convo-sqlite", daemon=True)
        self._thread.start()
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_INTERVAL))

    async def run(self, work: Work[T]) -> T:
        if self._closed:
            raise StoreUnavailable(_CLOSED)
        job = Job(work, self._loop.create_future())
        self._queue.append(job)
        if not self._flushing:
            self._flushing = True
            self._idle.clear()
            # Everybody who asks in this round of the loop shares the commit.
            self._loop.call_soon(self._flush)
        return await job.future

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._idle.wait()
        self._disk.put(None)
        await asyncio.to_thread(self._thread.join)
        self._database.close()

    def _flush(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
        try:
            self._database.begin()
            for job in batch:
                job.answer = job.work(self._database)
        except Exception as failure:
            self._disk.put(partial(self._recover, batch, failure))
        else:
            self._disk.put(partial(self._commit, batch))

    def _write(self) -> None:
        while (step := self._disk.get()) is not None:
            step()

    def _commit(self, batch: Sequence[Job]) -> None:
        try:
            self._database.commit()
        except Exception as failure:
            self._recover(batch, failure)
        else:
            self._tell(batch)

    def _recover(self, batch: Sequence[Job], failure: Exception) -> None:
        outcomes = recovered(self._database, [job.work for job in batch], failure, self._where)
        for job, (answer, error) in zip(batch, outcomes, strict=True):
            job.answer = answer
            job.error = error
        self._tell(batch)

    def _tell(self, batch: Sequence[Job]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._answer, batch)

    def _answer(self, batch: Sequence[Job]) -> None:
        for job in batch:
            if job.future.done():  # whoever asked was cancelled meanwhile
                continue
            if job.error is None:
                job.future.set_result(job.answer)
            else:
                job.future.set_exception(job.error)
        if self._queue:
            # Behind those who were just answered: what they ask for next goes along.
            self._loop.call_soon(self._flush)
        else:
            self._flushing = False
            self._idle.set()


Outcome = tuple[Any, Exception | None]


def committed(database: Database, work: Work[Any], where: str) -> Outcome:
    """The answer or the error of one work, committed or rolled back by now."""
    try:
        database.begin()
        answer = work(database)
        database.commit()
    except Exception as failure:
        return recovered(database, [work], failure, where)[0]
    except BaseException:
        database.roll_back()
        raise
    return answer, None


def recovered(
    database: Database, works: Sequence[Work[Any]], failure: Exception, where: str
) -> list[Outcome]:
    """What each work comes to, after all of them together met `failure`.

    No savepoints: they would copy every page that a job touches. The batch is undone and its
    jobs run again one by one, so a job may run twice and must touch nothing but the database.
    When it is the disk that fails, all of them fail.
    """
    error = store_error(failure, where)
    try:
        database.roll_back()
    except Exception as worse:
        return [(None, store_error(worse, where))] * len(works)
    if len(works) == 1 or is_disks(error):
        return [(None, error)] * len(works)
    return [committed(database, work, where) for work in works]
