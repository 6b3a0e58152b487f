"""Where the command line brings what people have decided, while this process has the store."""

import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from convo.core.decision_codec import Decided, decode
from convo.core.links import SignedIds
from convo.errors import BadAddress, StoreError
from convo.ports import Acceptance
from convo.web.exchange import Gone, TooLong, TooSlow, body_of, headers_of

PATH = "/operator/decisions"
MAX_BODY_BYTES = 262_144
READ_SECONDS = 10.0

#: Has decisions done, and answers for each. Raises `StoreError`.
Decide = Callable[[Sequence[Decided]], Awaitable[Sequence[Acceptance]]]

_PASS = "operator"

log = logging.getLogger(__name__)


def _passes(secret: bytes) -> SignedIds:
    return SignedIds([secret], b"convo operator's pass", mac_bytes=32)


def pass_of(secret: bytes) -> str:
    """What opens this door: whoever can read the business's secret is its operator."""
    return _passes(secret).sign(_PASS)


class Operator:
    """A page for no browser: a list of decisions in, a list of what came of each out."""

    def __init__(self, *, secret: bytes, decide: Decide) -> None:
        self._passes = _passes(secret)
        self._decide = decide

    def routes(self) -> list[Route]:
        return [Route(PATH, self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        headers = headers_of(request.scope)
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if scheme.casefold() != "bearer" or self._passes.verify(shown.strip()) is None:
            log.warning("%s: refused, the pass is missing or wrong", PATH)
            return _complaint(401, "Only who can read the business's secret may decide.")
        try:
            body = await body_of(
                headers, request.receive, at_most=MAX_BODY_BYTES, within=READ_SECONDS
            )
            answers = await self._decide(decode(body))
        except (TooLong, TooSlow, Gone) as error:
            return _complaint(413, f"The body was not read: {type(error).__name__}.")
        except (msgspec.MsgspecError, BadAddress) as error:
            return _complaint(400, f"What was posted is no list of decisions: {error}")
        except StoreError as error:
            log.error("%s: not done, %s", PATH, error)
            return _complaint(503, str(error))
        return JSONResponse({"answers": list(answers)})


def _complaint(status: int, why: str) -> Response:
    return JSONResponse({"complaint": why}, status_code=status)
