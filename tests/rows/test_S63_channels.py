"""S63: one conversation over text, e-mail, push and WeChat, each by its own adapter."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from convo.core import record_codec
from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import soon
from tests.providers.test_smtp import Post
from tests.rows.crowd import Crowd
from tests.rows.examples import served

pytestmark = pytest.mark.anyio

ANNA, BEN = "+8613800138000", "+8613900139000"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def mail_port(post: Post) -> Iterator[int]:
    (port,) = free_ports(1)
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    yield port
    controller.stop()


async def booked(crowd: Crowd, to: str, mail: str) -> None:
    when = datetime.now(UTC) + timedelta(hours=3, seconds=2)
    answers = {"when": when.isoformat(timespec="milliseconds"), "email": mail}
    body = {"event": "tasting.booked", "to": to, "key": f"booked-{to}", "answers": answers}
    status, answer = await crowd.post("/v1/events", body)
    assert status == 202, answer


def lines(file: Path) -> list[dict[str, Any]]:
    text = file.read_text("utf-8") if file.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def channels(crowd: Crowd, contact: str) -> list[str]:
    """Where what was said went, in the order of the records."""
    rows = crowd.serving.rows(
        "SELECT records FROM record WHERE contact = ? ORDER BY number", contact
    )
    told = [record for (body,) in rows for record in record_codec.decode(body).records]
    return [each.facts["channel"] for each in told if each.kind == "said"]


async def test_each_step_goes_by_its_own_channel_until_it_is_paid(
    tmp_path: Path, post: Post, mail_port: int
) -> None:
    folder = tmp_path / "shop"
    changes = {
        ("convo.toml", "port = 8025"): f"port = {mail_port}",
        # The morning is a second before the three hours, for a test cannot wait for it.
        ("flows/tasting.yaml", "8h after event.when | date"): "10801s before event.when",
    }
    with served("shop", folder, changes) as crowd:
        await booked(crowd, BEN, "ben@home.example")
        paid = {"event": "tasting.paid", "to": BEN, "key": "paid"}
        assert (await crowd.post("/v1/events", paid))[0] == 202
        await booked(crowd, ANNA, "anna@home.example")
        soon(lambda: [line["to"] for line in lines(folder / "data" / "wechat.jsonl")], [ANNA])
        (push,) = lines(folder / "data" / "push.jsonl")
        assert (push["contact"], push["channel"]) == (ANNA, "push")
        assert push["text"] == "Tonight is your tasting. Your seat is not paid yet."
        soon(
            lambda: sorted(to for _, (to,), _ in post.letters),
            ["anna@home.example", "ben@home.example"],
        )
        letter: EmailMessage = post.letters[0][2]
        assert letter["Subject"] == "Your evening at Green Leaf"
        assert "Three harvests" in letter.get_content()
        assert channels(crowd, ANNA) == ["mail", "push", "wechat"]
        assert channels(crowd, BEN) == ["mail", "main"]
