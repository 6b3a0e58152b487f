"""Where providers call: `/in/<channel>[/<token>]` and `/dlr/<channel>/<signed id>`.

Bare ASGI, for this is the hottest path of the house. Nothing is read from `Host` or a forwarded
header: the URL that providers sign is the configured one, so no proxy needs to be trusted.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote

from convo.core.links import SignedIds
from convo.errors import BadSignature, SendError, StoreError, WebhookRejected
from convo.ports import HttpAnswer, Parsed, Provider, RawRequest
from convo.ports.fetching import Fetches
from convo.runtime.metrics import Metrics
from convo.web.exchange import (
    CLOSE,
    LATER,
    Gone,
    Headers,
    Receive,
    Scope,
    Send,
    TooLong,
    TooSlow,
    answer_with,
    body_of,
    headers_of,
    place,
)

MAX_WEBHOOK_BYTES = 262_144
READ_SECONDS = 10.0
"""For the whole body; who is slower holds a connection open for its own sake."""

#: Keeps what a webhook brought. Raises `StoreError` when it could not.
Accept = Callable[[str, Parsed], Awaitable[object]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One channel's way in."""

    channel: str
    provider: Provider
    #: The secret end of its inbound URL; empty for providers that sign.
    token: str = field(default="", repr=False)
    #: Where the world reaches us, like `https://sms.salon.example`: what comes before `/in/`.
    public_url: str


_NOT_FOUND = HttpAnswer(status=404, body=b"no such channel")
_FORBIDDEN = HttpAnswer(status=403, body=b"forbidden")
_METHOD = HttpAnswer(status=405, body=b"GET or POST")
_TOO_LONG = HttpAnswer(status=413, body=b"too long")
_TOO_SLOW = HttpAnswer(status=408, body=b"too slow")
_NOT_KEPT = HttpAnswer(status=503, body=b"not kept, try again")
_BROKEN = HttpAnswer(status=500, body=b"not kept")

_ALLOW: Headers = ((b"allow", b"GET, POST"),)


class Webhooks:
    """An ASGI app for the two kinds of path above."""

    def __init__(
        self, doors: Mapping[str, Door], ids: SignedIds, accept: Accept, metrics: Metrics
    ) -> None:
        self._doors = doors
        self._fetch = {
            name: cast(Fetches, door.provider).fetch
            for name, door in doors.items()
            if hasattr(door.provider, "fetch")
        }
        self._ids = ids
        self._accept = accept
        self._count = metrics.count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, kind, channel, *rest = scope["path"].split("/", 4)
        door = self._doors.get(channel)
        if door is None or len(rest) > 1 or (kind == "dlr" and not rest):
            await answer_with(send, _NOT_FOUND)
            return
        if scope["method"] not in ("GET", "POST"):
            await answer_with(send, _METHOD, _ALLOW)
            return
        try:
            result, answer, headers = await self._result(
                door, kind, rest[0] if rest else "", scope, receive
            )
        except Gone:
            self._count("convo_webhooks_total", channel, "hung up")
            return
        self._count("convo_webhooks_total", channel, result)
        await answer_with(send, answer, headers)

    async def _result(
        self, door: Door, kind: str, end: str, scope: Scope, receive: Receive
    ) -> tuple[str, HttpAnswer, Headers]:
        """What became of it, in a word; the answer; headers beside it."""
        outbound = self._ids.verify(end) if kind == "dlr" else ""
        if outbound is None or (kind == "in" and not _may_enter(door, end)):
            log.warning("%s: refused, the end of the /%s/ URL is wrong", door.channel, kind)
            return "refused", _FORBIDDEN, ()
        try:
            request = await _request(door, scope, receive)
            if fetch := self._fetch.get(door.channel):
                await fetch(request)
            parsed = (
                door.provider.report(request, outbound)
                if outbound
                else door.provider.receive(request)
            )
            if not parsed.arrivals:
                for reason in parsed.ignored:
                    log.info("%s: passed over, %s", door.channel, reason)
                return "ignored", parsed.answer, ()
            await self._accept(door.channel, parsed)
        except TooLong:
            return "too long", _TOO_LONG, CLOSE
        except TooSlow:
            return "too slow", _TOO_SLOW, CLOSE
        except BadSignature as error:
            log.warning(
                "%s: refused, %s It was verified for %s",
                door.channel,
                error,
                _shown(door, scope, kind),
            )
            return "refused", _FORBIDDEN, ()
        except WebhookRejected as error:
            log.warning("%s: nonsense, %s", door.channel, error)
            return "nonsense", HttpAnswer(status=400, body=str(error).encode()), ()
        except SendError as error:
            log.warning("%s: not read yet, %s", door.channel, error)
            return "not kept", _NOT_KEPT, LATER
        except StoreError as error:
            log.error("%s: not kept, %s", door.channel, error)
            return "not kept", _NOT_KEPT, LATER
        except Gone:
            raise
        except Exception as error:
            # Its text may quote the request, so only its kind and place are told.
            log.error("%s: %s at %s", door.channel, type(error).__name__, place(error))
            return "broken", _BROKEN, ()
        return "kept", parsed.answer, ()


def _may_enter(door: Door, end: str) -> bool:
    if door.token:
        return hmac.compare_digest(door.token.encode(), end.encode("utf-8", "replace"))
    # Without a token in the settings a provider that does not sign is let in by nothing.
    return not door.provider.unsigned and not end


async def _request(door: Door, scope: Scope, receive: Receive) -> RawRequest:
    """The request as it came. Raises `TooLong`, `TooSlow` and `Gone`."""
    headers = headers_of(scope)
    body = await body_of(headers, receive, at_most=MAX_WEBHOOK_BYTES, within=READ_SECONDS)
    query: bytes = scope["query_string"]
    url = f"{door.public_url}{_path(scope)}"
    return RawRequest(
        method=scope["method"],
        url=f"{url}?{query.decode('latin-1')}" if query else url,
        query=query,
        headers=headers,
        body=body,
    )


def _path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    return quote(scope["path"]) if raw is None else raw.decode("latin-1")


def _shown(door: Door, scope: Scope, kind: str) -> str:
    """The verified URL without its token and without values: they may be numbers and texts."""
    query: bytes = scope["query_string"]
    names = [pair.partition("=")[0] for pair in query.decode("latin-1").split("&") if pair]
    path = f"{door.public_url}/{kind}/{door.channel}"
    path += "/..." if scope["path"].count("/") > 2 else ""
    return path + ("?" + "&".join(f"{name}=..." for name in names) if names else "")
