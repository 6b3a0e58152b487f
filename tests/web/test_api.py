"""Where own systems post: who is let in, how much is read, and what they are answered."""

import asyncio
import json
import logging
from typing import Any

import pytest

from convo.core.events import HandedBack, MergeAsked, Requested
from convo.core.links import SignedIds
from convo.core.numbers import PhoneNumber
from convo.errors import Busy, StoreUnavailable
from convo.ports import Acceptance, Arrival, Parsed
from convo.routing.playbook import Playbook
from convo.runtime.codes import Redeemed
from convo.runtime.metrics import Metrics
from convo.web import api
from convo.web.api import MAX_POST_BYTES, POSTS, REDEEM, Api, Behind
from convo.web.app import build_app
from convo.web.health import Health
from convo.web.redeeming import Redemption
from tests.steps.conversation import ANNA, business, loaded

pytestmark = pytest.mark.anyio

TOKEN, OLD = "a-token-of-this-test", "the-token-before-it"
FLOW = "flow: {0}\nstart: {{events: [{0}.made]}}\nsteps:\n  a: {{say: Hello., go: end}}\n"
BODY = json.dumps({"event": "visit.made", "to": ANNA.e164, "channel": "main", "key": "k"}).encode()


class House:
    """The web room with a door for own systems, and an inbox that is a list."""

    def __init__(self, *tokens: str) -> None:
        self.kept: list[tuple[str, Arrival]] = []
        self.failure: Exception | None = None
        self.spent: dict[str, str] = {}
        shop = business(code_pools={"spring": ("MEI-1", "MEI-2")})
        self.playbook: Playbook = loaded(FLOW.format("visit"), at=shop).playbook
        self.metrics = Metrics()
        behind = Behind(
            tokens=tokens, playbook=lambda: self.playbook, keep=self.keep, redeem=self.redeem
        )
        self.app = build_app(
            {},
            self.accept,
            ids=SignedIds([b"x"]),
            health=Health(checks={}),
            metrics=self.metrics,
            api=Api(behind, self.metrics) if tokens else None,
        )

    async def accept(self, _channel: str, _parsed: Parsed) -> None:
        raise AssertionError("no webhook came")

    async def keep(self, channel: str, arrival: Arrival) -> Acceptance:
        if self.failure is not None:
            raise self.failure
        known = {kept.dedupe for _, kept in self.kept}
        self.kept.append((channel, arrival))
        return "duplicate" if arrival.dedupe in known else "accepted"

    async def redeem(self, asked: Redemption) -> Redeemed:
        if self.failure is not None:
            raise self.failure
        spent = self.spent.setdefault(asked.code, asked.key)
        return "unknown" if asked.code != "MEI-1" else "redeemed" if spent == asked.key else "used"

    async def post(
        self,
        body: bytes = BODY,
        *,
        path: str = "/v1/events",
        method: str = "POST",
        shown: str | None = f"Bearer {TOKEN}",
        receive: Any = None,
        length: int | None = None,
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers, body as JSON; None for a body that is none."""
        sent: list[Any] = []
        headers = [] if shown is None else [(b"authorization", shown.encode("latin-1"))]
        headers += [] if length is None else [(b"content-length", str(length).encode())]

        async def received() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": headers,
        }
        await self.app(scope, receive or received, send)
        start, end = sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        is_json = told["content-type"] == "application/json"
        return start["status"], told, json.loads(end["body"]) if is_json else None

    def counted(self, result: str, path: str = "/v1/events") -> bool:
        line = f'convo_posts_total{{path="{path}",result="{result}"}} 1.0'
        return line in self.metrics.page()[0].decode()


async def test_a_request_is_accepted_and_a_repetition_is_known() -> None:
    house = House(TOKEN)
    assert (await house.post())[::2] == (202, {"accepted": True})
    assert (await house.post())[::2] == (200, {"duplicate": True})
    channel, arrival = house.kept[0]
    assert (channel, arrival.dedupe, arrival.raw) == ("main", "request:k", BODY)
    assert arrival.event == Requested(contact=ANNA, channel="main", event="visit.made", key="k")
    assert house.counted("kept")
    assert house.counted("known")


async def test_a_conversation_is_given_back() -> None:
    house = House(TOKEN)
    path = "/v1/handbacks"
    status, _, said = await house.post(b'{"to": "+8613800138000"}', path=path)
    assert (status, said) == (202, {"accepted": True})
    assert house.kept[0][1].event == HandedBack(contact=ANNA, session="")
    assert house.counted("kept", path)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"pool": "spring", "code": "MEI-1", "key": "till 1"}, 200, {"redeemed": True}),
        ({"pool": "spring", "code": " MEI-1 ", "key": "till 1"}, 200, {"redeemed": True}),
        ({"pool": "spring", "code": "MEI-9", "key": "till 1"}, 404, "has no such code"),
        ({"pool": "autumn", "code": "MEI-1", "key": "till 1"}, 400, "pool: convo.toml has no"),
        ({"pool": "spring", "code": "MEI-1"}, 400, "key: it is missing."),
        ({"pool": "spring", "code": "", "key": "k"}, 400, "code: it must be a text"),
        ({"pool": "spring", "code": "MEI-1", "key": "k", "to": ""}, 400, "to: nothing here"),
        ({}, 400, "pool: it is missing."),
    ],
)
async def test_a_code_is_redeemed_or_it_is_said_why_not(body: Any, status: int, told: Any) -> None:
    house = House(TOKEN)
    answer = await house.post(json.dumps(body).encode(), path=REDEEM)
    assert answer[0] == status
    said = " ".join(answer[2]["complaints"]) if isinstance(told, str) else answer[2]
    assert told == said or told in said


async def test_a_code_that_somebody_else_redeemed_is_409_and_a_store_that_is_away_503() -> None:
    house = House(TOKEN)
    body = {"pool": "spring", "code": "MEI-1", "key": "till 1"}
    other = json.dumps(body | {"key": "till 2"}).encode()
    assert (await house.post(json.dumps(body).encode(), path=REDEEM))[0] == 200
    assert (await house.post(other, path=REDEEM))[0] == 409
    assert house.counted("redeemed", REDEEM)
    assert house.counted("used", REDEEM)
    house.failure = StoreUnavailable("away")
    assert (await house.post(other, path=REDEEM))[0] == 503


async def test_it_goes_by_the_flows_of_the_moment() -> None:
    house = House(TOKEN)
    house.playbook = loaded(FLOW.format("order")).playbook
    assert (await house.post())[0] == 400
    assert (await house.post(BODY.replace(b"visit", b"order")))[0] == 202


@pytest.mark.parametrize("path", POSTS)
async def test_without_a_token_in_the_settings_there_is_no_door(path: str) -> None:
    assert (await House().post(path=path))[0] == 404


@pytest.mark.parametrize("path", ["/v1/events/", "/v1/event", "/v1", "/v1/events/x"])
async def test_there_is_nothing_beside_the_doors(path: str) -> None:
    assert (await House(TOKEN).post(path=path))[0] == 404


@pytest.mark.parametrize(
    "shown",
    [None, "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \u00e9"],
)
async def test_nobody_enters_without_the_token(
    shown: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(TOKEN)
    status, headers, _ = await house.post(shown=shown)
    assert (status, headers["www-authenticate"]) == (401, "Bearer")
    assert house.kept == []
    assert house.counted("refused")
    assert TOKEN not in caplog.text


async def test_while_a_token_is_replaced_both_open() -> None:
    house = House(TOKEN, OLD)
    assert (await house.post(shown=f"bearer {OLD}"))[0] == 202
    assert (await house.post(shown=f"Bearer {TOKEN}"))[0] == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_only_a_post_is_one(method: str) -> None:
    status, headers, _ = await House(TOKEN).post(method=method)
    assert (status, headers["allow"]) == (405, "POST")


async def test_nonsense_is_400_with_every_complaint() -> None:
    house = House(TOKEN)
    status, _, said = await house.post(b'{"event": "visit.mad", "to": "x", "key": "k"}')
    assert status == 400
    assert len(said["complaints"]) == 3
    assert house.counted("nonsense")


async def test_a_body_that_is_too_long_is_413() -> None:
    house = House(TOKEN)
    assert (await house.post(b" " * (MAX_POST_BYTES - len(BODY)) + BODY))[0] == 202
    status, headers, _ = await house.post(b" " * (MAX_POST_BYTES + 1))
    assert (status, headers["connection"]) == (413, "close")
    assert (await house.post(length=MAX_POST_BYTES + 1))[0] == 413


async def test_a_body_that_does_not_come_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "READ_SECONDS", 0.05)
    assert (await House(TOKEN).post(receive=lambda: asyncio.sleep(60)))[0] == 408


async def test_a_caller_that_hangs_up_is_not_answered() -> None:
    house = House(TOKEN)

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(ValueError, match="not enough values"):  # nothing was sent
        await house.post(receive=gone)
    assert house.counted("hung up")


@pytest.mark.parametrize("failure", [Busy("full"), StoreUnavailable("gone")])
async def test_what_could_not_be_kept_is_503_with_a_time_to_try_again(failure: Exception) -> None:
    house = House(TOKEN)
    house.failure = failure
    status, headers, _ = await house.post()
    assert (status, headers["retry-after"]) == (503, "5")
    assert house.counted("not kept")


async def test_a_bug_is_500_and_its_text_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    house = House(TOKEN)
    house.failure = KeyError(ANNA.e164)
    assert (await house.post())[0] == 500
    assert "KeyError at " in caplog.text
    assert ANNA.e164 not in caplog.text


def test_nothing_shows_the_token() -> None:
    house = House(TOKEN)
    behind = Behind(
        tokens=(TOKEN,), playbook=lambda: house.playbook, keep=house.keep, redeem=house.redeem
    )
    assert TOKEN not in repr(behind)


async def test_consents_are_kept_row_by_row_and_what_became_of_each_is_told() -> None:
    house = House(TOKEN)
    whole = {
        "to": ANNA.e164,
        "programme": "survey",
        "given_at": "2026-11-20T15:00+08:00",
        "source": "form",
        "evidence": "form 1",
    }
    path = "/v1/consents"
    body = json.dumps({"consents": [whole, {**whole, "evidence": ""}, whole]}).encode()
    status, _, said = await house.post(body, path=path)
    assert status == 200
    assert (said["accepted"], said["duplicates"], said["without_consent"]) == (1, 1, 0)
    (refused,) = said["refused"]
    assert refused["row"] == 2
    assert refused["complaints"][0].startswith("evidence: it is missing.")
    status, _, said = await house.post(json.dumps({**whole, "source": ""}).encode(), path=path)
    assert (status, said["accepted"]) == (400, 0)
    house.failure = Busy("full")
    assert (await house.post(json.dumps(whole).encode(), path=path))[0] == 503


async def test_two_numbers_are_merged() -> None:
    house = House(TOKEN)
    path, new = "/v1/contacts/merge", PhoneNumber("+8613900139000")
    body = {"from": ANNA.e164, "into": new.e164, "key": "m"}
    assert (await house.post(json.dumps(body).encode(), path=path))[0] == 202
    assert house.kept[0][1].event == MergeAsked(contact=ANNA, into=new)
    for wrong in ({**body, "into": ANNA.e164}, {"from": ANNA.e164}, {**body, "into": "Ben"}):
        assert (await house.post(json.dumps(wrong).encode(), path=path))[0] == 400
