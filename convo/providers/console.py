"""The terminal as a provider: the phone prompt of `convo run`, and the peer of tests.

A text comes in as JSON, `{"from": "+12025550101", "text": "book", "id": "1"}`; one with the same
`id` is the same text again, and without `id` every text is new. With pictures their links stand in
`media`, blanks between them, and the text may be empty. A report on a message comes to its
own address, `{"status": "delivered"}`, with a `code` where there is something to say.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
from pydantic import BaseModel, ConfigDict

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.turns import Outbound
from convo.errors import BadAddress, WebhookRejected
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.http import HttpClient
from convo.providers.in_time import still_ours
from convo.providers.wire import sender

Deliver = Callable[[Outbound], Awaitable[None]]

ANSWER = HttpAnswer(content_type="application/json", body=b'{"kept":true}')


class Options(BaseModel):
    """A channel in the terminal needs nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


async def printed(message: Outbound) -> None:
    """The whole of a message on the terminal, which is its phone."""
    print(message.text, flush=True)


def connect(
    channel: Channel,
    options: Options,  # noqa: ARG001 - every provider is connected alike
    http: HttpClient,  # noqa: ARG001
    *,
    country: str,
    clock: Clock,  # noqa: ARG001
    deliver: Deliver = printed,
) -> "Console":
    """The adapter of one channel, whose messages go to `deliver`."""
    return Console(channel.name, country, deliver)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    sender: str = field(repr=False)
    text: str = field(repr=False)
    id: str = ""
    media: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    status: DeliveryStatus
    code: str = ""


class Console:
    """One channel in the terminal."""

    unsigned = True

    def __init__(self, channel: str, country: str, deliver: Deliver) -> None:
        self._channel = channel
        self._country = country
        self._deliver = deliver

    async def close(self) -> None:
        """The terminal stays."""

    def receive(self, request: RawRequest) -> Parsed:
        typed = _typed(request.body)
        if not (typed.text or typed.media):
            return Parsed(arrivals=(), answer=ANSWER, ignored=("it has no text",))
        try:
            contact = sender(typed.sender, self._country)
        except BadAddress as reason:
            raise WebhookRejected(f"Not kept: {reason}.") from None
        event = Inbound(
            channel=self._channel,
            contact=contact,
            text=typed.text,
            provider_id=typed.id,
            media=typed.media,
        )
        dedupe = f"in:{self._channel}:{typed.id}" if typed.id else ""
        return Parsed(
            arrivals=(Arrival(event=event, dedupe=dedupe, raw=request.body),), answer=ANSWER
        )

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        told = _told(request.body)
        event = Report(channel=self._channel, outbound=outbound, status=told.status, code=told.code)
        dedupe = f"report:{self._channel}:{outbound}:{told.status}:{told.code}"
        return Parsed(
            arrivals=(Arrival(event=event, dedupe=dedupe, raw=request.body),), answer=ANSWER
        )

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002
        leave_by: float = math.inf,
    ) -> Sent:
        still_ours(leave_by, asyncio.get_running_loop().time)
        await self._deliver(message)
        return Sent(provider_ids=(message.id,), parts=message.parts)


def _typed(body: bytes) -> _Typed:
    try:
        said = msgspec.json.decode(body, type=dict[str, str])
        return _Typed(
            sender=said["from"],
            text=said["text"],
            id=said.get("id", ""),
            media=tuple(said.get("media", "").split()),
        )
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
        raise WebhookRejected(
            'The body must be {"from": "+...", "text": "...", "id": "..."}.'
        ) from None


def _told(body: bytes) -> _Told:
    try:
        return msgspec.json.decode(body, type=_Told)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise WebhookRejected('The body must be {"status": "delivered", "code": ""}.') from None
