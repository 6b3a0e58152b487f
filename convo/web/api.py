"""Where the business's own systems post, behind a token: `POSTS`, and codes to redeem."""

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from convo.errors import StoreError
from convo.ports import Acceptance, Arrival, HttpAnswer
from convo.routing.playbook import Playbook
from convo.runtime.codes import Redeemed
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
from convo.web.posted import Nonsense, Posted, read_handback, read_request
from convo.web.posted_contacts import Rows, read_consents, read_merge
from convo.web.redeeming import ANSWERS, Redemption, read_redemption

MAX_POST_BYTES = 65_536
READ_SECONDS = 10.0

#: Where codes are redeemed; what comes of it is known at once.
REDEEM = "/v1/codes/redeem"

#: Every other path, and what is understood there: something to be kept.
POSTS: Mapping[str, Callable[[bytes, Playbook], Posted | Rows]] = {
    "/v1/events": read_request,
    "/v1/handbacks": read_handback,
    "/v1/consents": read_consents,
    "/v1/contacts/merge": read_merge,
}

_ALLOW: Headers = ((b"allow", b"POST"),)
_BEARER: Headers = ((b"www-authenticate", b"Bearer"),)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What the doors lead to."""

    #: Any of these opens; several while one is replaced.
    tokens: Sequence[str] = field(repr=False)
    #: The playbook of this moment: flows may change while we serve.
    playbook: Callable[[], Playbook]
    #: Keeps an arrival for a channel. Raises `StoreError` when it could not.
    keep: Callable[[str, Arrival], Awaitable[Acceptance]]
    #: Spends a code. Raises `StoreError` when it could not be written down.
    redeem: Callable[[Redemption], Awaitable[Redeemed]]


class Api:
    """An ASGI app for the paths above."""

    def __init__(self, behind: Behind, metrics: Metrics) -> None:
        self._behind = behind
        self._count = metrics.count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        try:
            result, answer, headers = await self._result(path, scope, receive)
        except Gone:
            self._count("convo_posts_total", path, "hung up")
            return
        self._count("convo_posts_total", path, result)
        await answer_with(send, answer, headers)

    async def _result(
        self, path: str, scope: Scope, receive: Receive
    ) -> tuple[str, HttpAnswer, Headers]:
        """What became of it, in a word; the answer; headers beside it."""
        if scope["method"] != "POST":
            return "refused", _complaining(405, "Only POST is answered here."), _ALLOW
        headers = headers_of(scope)
        if not _may_enter(headers.get("authorization", ""), self._behind.tokens):
            log.warning("%s: refused, the token is missing or wrong", path)
            why = "Send the header `Authorization: Bearer TOKEN` with server.api_token."
            return "refused", _complaining(401, why), (*_BEARER, *CLOSE)
        try:
            body = await body_of(headers, receive, at_most=MAX_POST_BYTES, within=READ_SECONDS)
            return await self._done(path, body)
        except TooLong:
            why = f"The body has more than {MAX_POST_BYTES} bytes."
            return "too long", _complaining(413, why), CLOSE
        except TooSlow:
            return "too slow", _complaining(408, "The body came too slowly."), CLOSE
        except Nonsense as error:
            status = 422 if error.unfit else 400
            return "nonsense", _complaining(status, *error.complaints), ()
        except StoreError as error:
            log.error("%s: not kept, %s", path, error)
            return "not kept", _complaining(503, "Not kept; post it again later."), LATER
        except Gone:
            raise
        except Exception as error:
            # Its text may quote the request, so only its kind and place are told.
            log.error("%s: %s at %s", path, type(error).__name__, place(error))
            return "broken", _complaining(500, "Not kept, by a fault of ours: see the log."), ()

    async def _done(self, path: str, body: bytes) -> tuple[str, HttpAnswer, Headers]:
        """Understand and keep it. Raises `Nonsense` and `StoreError`."""
        if path == REDEEM:
            pools = self._behind.playbook().business.code_pools
            redeemed = await self._behind.redeem(read_redemption(body, pools))
            return redeemed, ANSWERS[redeemed], ()
        posted = POSTS[path](body, self._behind.playbook())
        if isinstance(posted, Rows):
            return await self._rows(posted)
        acceptance = await self._behind.keep(posted.channel, posted.arrival)
        if acceptance == "duplicate":
            return "known", _json(200, {"duplicate": True}), ()
        return "kept", _json(202, {"accepted": True}), ()

    async def _rows(self, rows: Rows) -> tuple[str, HttpAnswer, Headers]:
        """Keep each row; whoever comes again after a failure half-way finds the first known."""
        answers = {row: await self._behind.keep("", each) for row, each in rows.kept.items()}
        new = [row for row, answer in answers.items() if answer == "accepted"]
        told = {
            "accepted": len([row for row in new if row not in rows.unproven]),
            "without_consent": len([row for row in new if row in rows.unproven]),
            "unproven": rows.unproven,
            "duplicates": len(answers) - len(new),
            "refused": [
                {"row": row, "complaints": complaints} for row, complaints in rows.refused.items()
            ],
        }
        if not rows.kept:
            return "nonsense", _json(400, told), ()
        return "kept", _json(200, told), ()


def _may_enter(header: str, tokens: Sequence[str]) -> bool:
    scheme, _, given = header.partition(" ")
    shown = given.strip().encode()
    # All are compared, so that the time tells nothing of which one was nearly right.
    fits = [hmac.compare_digest(shown, known.encode()) for known in tokens]
    return scheme.casefold() == "bearer" and any(fits)


def _complaining(status: int, *complaints: str) -> HttpAnswer:
    return _json(status, {"complaints": complaints})


def _json(status: int, value: Mapping[str, Any]) -> HttpAnswer:
    return HttpAnswer(
        status=status, content_type="application/json", body=msgspec.json.encode(value)
    )
