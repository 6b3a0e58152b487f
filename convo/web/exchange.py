"""A request's body read within limits, and an answer sent: what the bare ASGI apps share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from convo.ports import HttpAnswer

RETRY_AFTER = b"5"
"""Seconds after which somebody may try again what we could not keep."""

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

CLOSE: Headers = ((b"connection", b"close"),)  # what is still to come is not read
LATER: Headers = ((b"retry-after", RETRY_AFTER),)


class TooLong(Exception):
    """More bytes than are read."""


class TooSlow(Exception):
    """The body took longer than it may take."""


class Gone(Exception):
    """The caller hung up before the body was there."""


def headers_of(scope: Scope) -> dict[str, str]:
    """Names in lower case; the last of equal names."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def body_of(
    headers: Mapping[str, str], receive: Receive, *, at_most: int, within: float
) -> bytes:
    """The body: `at_most` bytes, all of it there `within` seconds.

    Raises `TooLong`, `TooSlow` and `Gone`.
    """
    told = headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > at_most:
        raise TooLong
    try:
        async with asyncio.timeout(within):
            return await _read(receive, at_most)
    except TimeoutError:
        raise TooSlow from None


async def _read(receive: Receive, at_most: int) -> bytes:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= at_most:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
    if len(body) > at_most:
        raise TooLong
    return body


def place(error: BaseException) -> str:
    """Where it was raised; its text may quote the request, so that is not for the log."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return "?" if last is None else f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}"


async def answer_with(send: Send, answer: HttpAnswer, headers: Headers = ()) -> None:
    """The whole answer, its length told; `headers` beside the two that it always has."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                (b"content-type", answer.content_type.encode("latin-1")),
                (b"content-length", str(len(answer.body)).encode()),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})
