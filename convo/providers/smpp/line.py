"""The adapter of one channel: bound for as long as it runs, in both directions."""

import asyncio
import logging
import math
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from convo.core.business import Channel
from convo.core.numbers import Address
from convo.core.turns import Outbound
from convo.errors import (
    ConfigError,
    SendError,
    SettingsError,
    StoreError,
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.lines import Keep
from convo.providers.http import HttpClient
from convo.providers.smpp.hearing import Heard, fingerprint, heard
from convo.providers.smpp.options import Options
from convo.providers.smpp.outcomes import NEVER, OK, TRY_AGAIN, written
from convo.providers.smpp.pdu import (
    BIND_RECEIVER,
    BIND_TRANSCEIVER,
    BIND_TRANSMITTER,
    Bind,
    Pdu,
    bind_body,
    message_id_body,
    short_message,
)
from convo.providers.smpp.repeats import UNANSWERED_FOR, UNREAD_FOR, Repeats
from convo.providers.smpp.sending import Sending
from convo.providers.smpp.session import Answered, Session, Where
from convo.sentences import sentence

log = logging.getLogger("convo.smpp")

BOUND_WITHIN: Final = 5.0
"""Seconds that a message waits for a connection that is being made again."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 60.0
"""Seconds between two tries to bind; each is twice the one before it."""

LATE_AGAIN: Final = 1.0
"""Seconds until an answer that came late, and was not kept, is tried again."""

AT_ONCE: Final = 50
"""Texts that are kept together."""

#: ESME_RINVPASWD, ESME_RINVSYSID, ESME_RINVSYSTYP. A bind that failed or that is there already
#: may be our own last one, which the SMSC has not missed yet.
_NOT_US = frozenset((0x0E, 0x0F, 0x53))


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,  # noqa: ARG001 - every provider is connected alike
    *,
    country: str,
    clock: Clock,
) -> "Smpp":
    """The adapter of one channel."""
    if channel.address is None:
        raise SettingsError([f"channels.{channel.name}: SMPP needs an address to send from."])
    return Smpp(channel, channel.address, options, country=country, clock=clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A text that came: what to answer to, and the key that it is kept by."""

    pdu: Pdu
    heard: Heard
    answered: Answered | None = field(default=None, repr=False)


class Smpp:
    """One channel at an SMSC."""

    unsigned = False

    def __init__(
        self, channel: Channel, address: Address, options: Options, *, country: str, clock: Clock
    ) -> None:
        self._channel = channel.name
        self._options = options
        self._country = country
        self._clock = clock
        self._sending = Sending(address, options)
        self._where = Where(
            host=options.host,
            port=options.port,
            tls=ssl.create_default_context() if options.tls else None,
            window=options.window,
            answered_within=options.answer_s,
            enquire_every=options.enquire_s,
        )
        self._bind = bind_body(
            Bind(
                system_id=options.system_id,
                password=options.password.get_secret_value(),
                system_type=options.system_type,
            )
        )
        self.lines = options.binds
        self._repeats = Repeats(channel.name)
        #: What an SMSC that is gone may not have read of our answers.
        self._unread: list[Answered] = []
        self._sender: Session | None = None
        self._bound = asyncio.Event()
        self._refusal: ConfigError | None = None
        self.trouble = ""

    async def close(self) -> None:
        """The connections are of `run`, and end with it."""

    def receive(self, request: RawRequest) -> Parsed:
        raise WebhookRejected(f"Nothing comes here by HTTP: {len(request.body)} bytes.")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        raise WebhookRejected(f"No report comes by HTTP: {len(request.body)} bytes on {outbound}.")

    # --- the connection -----------------------------------------------------------------------

    async def run(self, keep: Keep) -> None:
        tries = 0
        while True:
            try:
                if await self._serve(keep):
                    tries = 0
            except SendError as error:
                self._refusal = error if isinstance(error, ConfigError) else None
                self.trouble = (
                    str(error)
                    if self._refusal is None
                    else str(sentence("the SMSC does not let us in {status}", status=error.code))
                )
                level = logging.ERROR if self._refusal else logging.WARNING
                log.log(level, "Channel %s is not bound: %s", self._channel, error)
            await asyncio.sleep(min(FIRST_WAIT * 2**tries, LONGEST_WAIT))
            tries = min(tries + 1, 16)

    async def _serve(self, keep: Keep) -> bool:
        """Be bound until a connection ends. Raises a `SendError` when it cannot be bound."""
        kinds = (
            (BIND_TRANSCEIVER,)
            if self._options.bind == "transceiver"
            else (BIND_TRANSMITTER, BIND_RECEIVER)
        )
        sessions: list[Session] = []
        try:
            for kind in kinds:
                sessions.append(await Session.open(self._where))
                await self._introduce(sessions[-1], kind)
            log.info("Channel %s is bound.", self._channel)
            self._expect()
            self._sender, self._refusal, self.trouble = sessions[0], None, ""
            self._bound.set()
            await self._until_one_ends(sessions, keep)
        finally:
            self._bound.clear()
            self._sender = None
            for session in sessions:
                await session.close()
                self._unread += session.unread
        return True

    async def _introduce(self, session: Session, kind: int) -> None:
        answer = await session.ask(kind, self._bind)
        if answer.status in _NOT_US:
            raise ConfigError("the SMSC does not let us in", code=written(answer.status))
        if answer.status != OK:
            raise Unavailable(
                sentence("the SMSC answers the bind {status}", status=written(answer.status))
            )

    async def _until_one_ends(self, sessions: list[Session], keep: Keep) -> None:
        loops = [
            asyncio.create_task(work)
            for session in sessions
            for work in (
                session.ended.wait(),
                self._hear(session, keep),
                self._hear_late(session, keep),
            )
        ]
        try:
            done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            for loop in done:
                loop.result()
        finally:
            for loop in loops:
                loop.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*loops, return_exceptions=True)

    def _expect(self) -> None:
        """What the SMSC may not know to be kept it brings again, now that we are back."""
        until = self._clock() + UNREAD_FOR
        for each in self._unread:
            self._repeats.expect(each.fingerprint, each.key, until)
        self._unread.clear()

    # --- hearing ------------------------------------------------------------------------------

    async def _hear(self, session: Session, keep: Keep) -> None:
        while True:
            texts = [self._read(await session.heard.get())]
            while not session.heard.empty() and len(texts) < AT_ONCE:
                texts.append(self._read(session.heard.get_nowait()))
            kept = False
            try:
                kept = await self._keep(texts, keep)
            finally:
                # Also when we are ended in the middle of it: it may be kept, and is not answered.
                for text in texts:
                    self._answer(session, text, kept)

    def _read(self, pdu: Pdu) -> _Text:
        try:
            said = short_message(pdu.body)
        except WebhookRejected as reason:
            return _Text(pdu=pdu, heard=Heard(ignored=str(reason), nonsense=True))
        found = heard(
            said,
            pdu.body,
            channel=self._channel,
            country=self._country,
            options=self._options,
            whose=self._sending.whose,
        )
        if found.event is None:
            return _Text(pdu=pdu, heard=found)
        looks = fingerprint(said)
        key = self._repeats.key(looks, self._clock())
        return _Text(pdu=pdu, heard=found, answered=Answered(key=key, fingerprint=looks))

    async def _keep(self, texts: list[_Text], keep: Keep) -> bool:
        arrivals: list[Arrival] = []
        for text in texts:
            arrivals += text.heard.reported
            if text.heard.event is not None and text.answered is not None:
                event, key = text.heard.event, text.answered.key
                arrivals.append(Arrival(event=event, dedupe=key, raw=text.heard.raw))
        ignored = tuple(text.heard.ignored for text in texts if text.heard.ignored)
        parsed = Parsed(arrivals=tuple(arrivals), answer=HttpAnswer(), ignored=ignored)
        return await self._kept(parsed, keep)

    async def _kept(self, parsed: Parsed, keep: Keep) -> bool:
        try:
            await keep(parsed)
        except StoreError as error:
            log.warning("Channel %s: not kept, and tried again: %s", self._channel, error)
            return False
        return True

    def _answer(self, session: Session, text: _Text, kept: bool) -> None:
        body = message_id_body("")
        if text.heard.nonsense:
            session.answer(text.pdu, NEVER, body)
        elif not kept:
            session.answer(text.pdu, TRY_AGAIN, body)
        elif text.answered is None:
            session.answer(text.pdu, OK, body)
        elif session.acknowledge(text.pdu, text.answered, body):
            return
        if text.answered is not None:
            until = self._clock() + UNANSWERED_FOR
            self._repeats.expect(text.answered.fingerprint, text.answered.key, until)

    async def _hear_late(self, session: Session, keep: Keep) -> None:
        """Answers that settle what was given up waiting for, as a report would."""
        while True:
            late = await session.late.get()
            report = self._sending.told_late(late, self._channel)
            if report is None:
                continue
            key = f"report:{self._channel}:{report.outbound}:late:{report.provider_id}"
            told = Parsed(arrivals=(Arrival(event=report, dedupe=key),), answer=HttpAnswer())
            while not await self._kept(told, keep):
                await asyncio.sleep(LATE_AGAIN)

    # --- sending ------------------------------------------------------------------------------

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002 - receipts come by the connection
        leave_by: float = math.inf,
    ) -> Sent:
        return await self._sending.send(message, self._session, leave_by)

    async def _session(self) -> Session:
        """The one to send by, also when it is just being made. Raises what keeps it from that."""
        if self._sender is None and self._refusal is not None:
            raise ConfigError(str(self._refusal), code=self._refusal.code)
        with suppress(TimeoutError):
            async with asyncio.timeout(BOUND_WITHIN):
                await self._bound.wait()
        if self._sender is None:
            raise Unavailable(sentence("there is no connection to the SMSC"))
        return self._sender
