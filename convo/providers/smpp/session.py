"""One connection to an SMSC: bound, asked and answered, and kept alive until it ends.

Wire facts: SMPP 3.4, 2.2 (states of a session), 2.9 (what follows what), 7.2 (timers).
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Final

from convo.errors import RateLimited, SendUncertain, Unavailable, WebhookRejected
from convo.providers.smpp.outcomes import INVALID_COMMAND, OK
from convo.providers.smpp.pdu import (
    ALERT_NOTIFICATION,
    DELIVER_SM,
    ENQUIRE_LINK,
    GENERIC_NACK,
    HEADER,
    LAST_SEQUENCE,
    OUTBIND,
    RESPONSE,
    UNBIND,
    Pdu,
    body_length,
    decoded,
    encoded,
)
from convo.sentences import sentence

log = logging.getLogger("convo.smpp")

ROOM_WITHIN: Final = 5.0
"""Seconds that a message waits for one before it to be answered: then the SMSC is slow."""

CLOSED_WITHIN: Final = 2.0

LATE_AT_MOST: Final = 1_000
"""Requests whose answers are known when they come although nobody waits for them any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """An SMSC, and how patient we are with it; seconds."""

    host: str
    port: int
    tls: SSLContext | None
    window: int
    answered_within: float
    enquire_every: float


def _nothing() -> None:
    """Nothing is to be looked at again."""


@dataclass(slots=True, kw_only=True)
class Answered:
    """A text that we have answered: whether the SMSC has read that is known later, if ever."""

    key: str = field(repr=False)
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """An answer that came when nobody waited for it any more."""

    #: What it is about, in the words of whoever asked.
    about: str
    answer: Pdu


class Session:
    """`open` it, `ask` it and `answer` what comes into `heard`; `ended` is set when it is over."""

    def __init__(
        self, where: Where, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._where = where
        self._reader = reader
        self._writer = writer
        self._sequence = 0
        self._asked: dict[int, tuple[asyncio.Future[Pdu], int]] = {}
        self._room = asyncio.Semaphore(where.window)
        #: By sequence: what the requests were about that were not answered in time.
        self._overdue: OrderedDict[int, str] = OrderedDict()
        self.heard: asyncio.Queue[Pdu] = asyncio.Queue()
        self.late: asyncio.Queue[Late] = asyncio.Queue()
        self.ended = asyncio.Event()
        #: What we have answered, oldest first, and is not known to have been read.
        self.unread: deque[Answered] = deque()
        self._answers = 0
        self._loops = (
            asyncio.create_task(self._read()),
            asyncio.create_task(self._enquire()),
        )

    @classmethod
    async def open(cls, where: Where) -> "Session":
        """Raises `Unavailable`."""
        try:
            async with asyncio.timeout(where.answered_within):
                reader, writer = await asyncio.open_connection(
                    where.host, where.port, ssl=where.tls
                )
        except OSError as error:  # a timeout is one as well
            raise Unavailable(
                sentence("the SMSC cannot be reached: {error}", error=type(error).__name__)
            ) from None
        return cls(where, reader, writer)

    # --- asking -------------------------------------------------------------------------------

    async def ask(
        self,
        command: int,
        body: bytes = b"",
        last_look: Callable[[], None] = _nothing,
        about: str = "",
    ) -> Pdu:
        """The answer to a request; `last_look` may raise before it is written. What is `about`
        something has its answer told in `late` when that comes too late.

        Raises `Unavailable` when it was surely not written, `SendUncertain` when it was, and no
        answer came.
        """
        if self.ended.is_set() or self._writer.is_closing():
            raise Unavailable(sentence("the connection to the SMSC is lost"))
        last_look()
        sequence = self._sequence = self._sequence % LAST_SEQUENCE + 1
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._asked[sequence] = answer, self._answers
        self._write(Pdu(command=command, sequence=sequence, body=body))
        try:
            async with asyncio.timeout(self._where.answered_within):
                return await answer
        except TimeoutError:
            if about:
                self._overdue[sequence] = about
                while len(self._overdue) > LATE_AT_MOST:
                    self._overdue.popitem(last=False)
            raise SendUncertain(sentence("the SMSC does not answer")) from None
        finally:
            self._asked.pop(sequence, None)

    async def ask_in_turn(
        self, command: int, body: bytes, last_look: Callable[[], None], about: str
    ) -> Pdu:
        """As `ask`, with no more than the window's requests unanswered. Raises `RateLimited` too,
        when those before it are not answered."""
        try:
            async with asyncio.timeout(ROOM_WITHIN):
                await self._room.acquire()
        except TimeoutError:
            raise RateLimited("the SMSC answers slowly", code="window") from None
        try:
            return await self.ask(command, body, last_look, about)
        finally:
            self._room.release()

    # --- answering ----------------------------------------------------------------------------

    def answer(self, asked: Pdu, status: int = OK, body: bytes = b"") -> bool:
        """Whether it was written; who is gone asks again."""
        if self.ended.is_set() or self._writer.is_closing():
            return False
        command = asked.command | RESPONSE
        self._write(Pdu(command=command, status=status, sequence=asked.sequence, body=body))
        return True

    def acknowledge(self, asked: Pdu, answered: Answered, body: bytes) -> bool:
        """Answer that a text is kept, and remember it until the SMSC must have read that."""
        if not self.answer(asked, OK, body):
            return False
        self._answers += 1
        self.unread.append(answered)
        return True

    # --- its end ------------------------------------------------------------------------------

    async def close(self) -> None:
        """Take leave if it is still there, and end."""
        if not self.ended.is_set():
            with suppress(Unavailable, SendUncertain, TimeoutError):
                async with asyncio.timeout(CLOSED_WITHIN):
                    await self.ask(UNBIND)
        self.end()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSED_WITHIN):
                await self._writer.wait_closed()

    def end(self) -> None:
        """It is over: who waits for an answer learns that none will come."""
        if self.ended.is_set():
            return
        self.ended.set()
        for loop in self._loops:
            loop.cancel()
        self._writer.close()
        for answer, _ in self._asked.values():
            if not answer.done():
                answer.set_exception(
                    SendUncertain(sentence("the connection was lost before the answer"))
                )

    # --- its loops ----------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while True:
                head = await self._reader.readexactly(HEADER)
                body = await self._reader.readexactly(body_length(head))
                self._take(decoded(head, body))
        except (EOFError, OSError):
            log.info("The SMSC has closed the connection.")
        except WebhookRejected as error:
            log.warning("The connection is given up: %s", error)
        finally:
            self.end()

    def _take(self, pdu: Pdu) -> None:
        if pdu.command & RESPONSE:
            self._answered(pdu)
            return
        match pdu.command:
            case c if c == DELIVER_SM:
                self.heard.put_nowait(pdu)
            case c if c == ENQUIRE_LINK:
                self.answer(pdu)
            case c if c == UNBIND:
                self.answer(pdu)
                raise EOFError
            case c if c in (OUTBIND, ALERT_NOTIFICATION):
                pass  # neither has an answer
            case _:
                nack = Pdu(command=GENERIC_NACK, status=INVALID_COMMAND, sequence=pdu.sequence)
                self._write(nack)

    def _answered(self, pdu: Pdu) -> None:
        asked = self._asked.get(pdu.sequence)
        if asked is None:
            if about := self._overdue.pop(pdu.sequence, ""):
                self.late.put_nowait(Late(about=about, answer=pdu))
            return
        answer, answers_before = asked
        # Requests and answers are read in their order: what we had answered before is read.
        while self.unread and self._answers - len(self.unread) < answers_before:
            self.unread.popleft()
        if not answer.done():
            answer.set_result(pdu)

    async def _enquire(self) -> None:
        try:
            while True:
                await asyncio.sleep(self._where.enquire_every)
                await self.ask(ENQUIRE_LINK)
        except (Unavailable, SendUncertain):
            log.warning("The SMSC is silent: the connection is given up.")
            self.end()

    def _write(self, pdu: Pdu) -> None:
        self._writer.write(encoded(pdu))
