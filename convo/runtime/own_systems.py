"""Calls to the business's own systems: JSON, signed, tried again, under an idempotency key.

Signed as Standard Webhooks 1.0.0 says: HMAC-SHA256 over "id.timestamp.body", so that any of its
libraries verifies it.
"""

import asyncio
import base64
import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from convo.ports import Clock, Sleep
from convo.runtime import backoff
from convo.runtime.calls import Unanswered

TRY_WITHIN = 10.0
"""Seconds that one try may take."""

FIRST_WAIT = 500
LONGEST_WAIT = 10_000
"""Milliseconds between tries."""

ANSWER_AT_MOST = 64 * 1024
"""Bytes of an answer that are read."""


class OwnSystems:
    """Posts to URLs that flows name. `secret` is the bytes both sides know; empty signs nothing."""

    def __init__(
        self, client: httpx.AsyncClient, *, secret: bytes, clock: Clock, sleep: Sleep
    ) -> None:
        self._client = client
        self._secret = secret
        self._clock = clock
        self._sleep = sleep

    async def post(
        self, url: str, arguments: Mapping[str, Any], *, id: str, key: str, within: float
    ) -> Any:
        """The JSON it answers. Raises `Unanswered`.

        Tried again within `within` seconds where no connection was made, none came back, or the
        other side says to (408, 429, 5xx): the key makes a repetition harmless.
        """
        body = json.dumps(arguments, ensure_ascii=False, separators=(",", ":")).encode()
        until = self._clock() + int(within * 1_000)
        tries = 0
        while True:
            why, wait = "", backoff.wait(tries, id, first=FIRST_WAIT, longest=LONGEST_WAIT)
            try:
                async with asyncio.timeout(TRY_WITHIN):
                    status, asked, answer = await self._once(url, body, id, key)
            except httpx.InvalidURL as error:
                raise Unanswered("the URL is not one") from error
            except (httpx.HTTPError, TimeoutError) as error:
                why = type(error).__name__
            else:
                if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                    return _value(answer)
                why = f"status {status}"
                if status not in _COME_BACK and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise Unanswered(why)
                wait = asked if asked is not None else wait
            tries += 1
            if self._clock() + wait >= until:
                raise Unanswered(f"{why}, {tries} {'try' if tries == 1 else 'tries'}")
            await self._sleep(wait / 1_000)

    async def _once(
        self, url: str, body: bytes, id: str, key: str
    ) -> tuple[int, int | None, bytes]:
        """Status, milliseconds that it asks us to wait, and the answer's bytes."""
        headers = {"content-type": "application/json", "idempotency-key": key} | signed(
            self._secret, id=id, at=self._clock() // 1_000, body=body
        )
        async with self._client.stream(
            "POST", url, content=body, headers=headers, follow_redirects=False
        ) as answer:
            read = bytearray()
            async for piece in answer.aiter_bytes():
                read += piece
                if len(read) > ANSWER_AT_MOST:
                    raise Unanswered(f"an answer of more than {ANSWER_AT_MOST} bytes")
            asked = answer.headers.get("retry-after", "")
            wait = int(asked) * 1_000 if asked.isascii() and asked.isdigit() else None
            return answer.status_code, wait, bytes(read)


_COME_BACK = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


def signed(secret: bytes, *, id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks; `at` in seconds since 1970. Empty without a secret."""
    headers = {"webhook-id": id, "webhook-timestamp": str(at)}
    if not secret:
        return headers
    whole = f"{id}.{at}.".encode() + body
    mark = base64.b64encode(hmac.digest(secret, whole, "sha256")).decode()
    return headers | {"webhook-signature": f"v1,{mark}"}


def _value(answer: bytes) -> Any:
    if not answer.strip():
        return None
    try:
        return json.loads(answer)
    except ValueError as error:
        raise Unanswered("an answer that is not JSON") from error
