"""Calls to own systems: signed, keyed, tried again, and never more read than wanted."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from convo.runtime.own_systems import ANSWER_AT_MOST, OwnSystems, Unanswered, signed
from tests.runtime.stage import START, Time

pytestmark = pytest.mark.anyio

SECRET = b"a secret of both sides"
URL = "http://own.example/hook"


class System:
    """The other side: one entry of the script for each request."""

    def __init__(self, *script: httpx.Response | Exception | Callable[[], Any]) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []
        self.time = Time()
        self.calls = OwnSystems(
            httpx.AsyncClient(transport=httpx.MockTransport(self.answer)),
            secret=SECRET,
            clock=self.time.clock,
            sleep=self.time.sleep,
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        told = self.script.pop(0)
        if isinstance(told, Exception):
            raise told
        assert isinstance(told, httpx.Response)
        return told

    async def post(self, within: float = 20.0) -> Any:
        return await self.calls.post(URL, {"name": "小美"}, id="e1", key="K1", within=within)


async def test_a_call_is_signed_as_standard_webhooks_says() -> None:
    system = System(httpx.Response(200, json={"ok": True}))
    assert await system.post() == {"ok": True}
    (request,) = system.requests
    assert json.loads(request.content) == {"name": "小美"}
    assert request.headers["idempotency-key"] == "K1"
    assert request.headers["webhook-id"] == "e1"
    at = request.headers["webhook-timestamp"]
    assert at == str(START // 1_000)
    whole = b"e1." + at.encode() + b"." + request.content
    proof = hmac.new(SECRET, whole, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(proof).decode()}"


def test_the_standards_own_example_is_signed_alike() -> None:
    # From the specification's reference libraries: secret, id, time and body with their mark.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed(
        secret,
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_nothing_is_signed() -> None:
    assert "webhook-signature" not in signed(b"", id="e", at=1, body=b"")


@pytest.mark.parametrize(
    "failing",
    [
        httpx.ConnectError("no"),
        httpx.ReadTimeout("no"),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(429),
    ],
)
async def test_what_may_pass_is_tried_again_under_the_same_key(
    failing: httpx.Response | Exception,
) -> None:
    system = System(failing, failing, httpx.Response(200, json=7))
    assert await system.post() == 7
    assert (
        len({(r.headers["webhook-id"], r.headers["idempotency-key"]) for r in system.requests}) == 1
    )
    assert len(system.requests) == 3
    assert system.time.slept == sorted(system.time.slept)


async def test_a_wait_that_the_other_side_asks_for_is_kept() -> None:
    system = System(httpx.Response(429, headers={"retry-after": "4"}), httpx.Response(204))
    assert await system.post() is None
    assert system.time.slept == [4.0]


async def test_its_time_being_up_ends_it() -> None:
    system = System(*[httpx.Response(503)] * 50)
    with pytest.raises(Unanswered, match="status 503, 3 tries"):
        await system.post(within=2.5)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 422])
async def test_a_clear_refusal_is_not_tried_again(status: int) -> None:
    system = System(httpx.Response(status, headers={"location": "http://127.0.0.1/"}))
    with pytest.raises(Unanswered, match=f"status {status}"):
        await system.post()
    assert len(system.requests) == 1


async def test_an_answer_that_is_not_json_is_none() -> None:
    system = System(httpx.Response(200, text="<html>"))
    with pytest.raises(Unanswered, match="not JSON"):
        await system.post()


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    system = System(httpx.Response(200, content=b"1" * (ANSWER_AT_MOST + 1)))
    with pytest.raises(Unanswered, match="more than"):
        await system.post()
