"""A file as a provider: one line a message, in order, and nothing comes in."""

import asyncio
import json
from pathlib import Path

import pytest

from convo.core.business import Channel
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import NotSent, WebhookRejected
from convo.ports import RawRequest
from convo.providers.http import HttpClient
from convo.providers.log import Log, Options, connect

pytestmark = pytest.mark.anyio


def log(file: Path) -> Log:
    channel = Channel(name="push", provider="log", address=None)
    return connect(channel, Options(file=str(file)), HttpClient(), country="CN", clock=lambda: 7)


def message(n: int, to: str = "") -> Outbound:
    return Outbound(
        id=f"m{n}",
        contact=PhoneNumber("+8613800138000"),
        channel="push",
        text=f"您好\nNo {n}",
        kind="service",
        purpose="first",
        lane="bulk",
        parts=1,
        to=to,
        due=0,
    )


async def test_every_message_is_a_line_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "data" / "push.jsonl"
    one = log(file)
    sent = await asyncio.gather(*(one.send(message(n), "") for n in range(50)))
    assert [each.provider_ids for each in sent] == [(f"m{n}",) for n in range(50)]
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["text"] for line in lines] == [f"您好\nNo {n}" for n in range(50)]
    assert lines[0] == {
        "id": "m0",
        "at": 7,
        "channel": "push",
        "contact": "+8613800138000",
        "to": "+8613800138000",
        "class": "service",
        "text": "您好\nNo 0",
    }


async def test_the_line_says_where_it_goes_and_only_we_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "push.jsonl"
    await log(file).send(message(1, to="device-7"), "")
    assert json.loads(file.read_text("utf-8"))["to"] == "device-7"
    assert file.stat().st_mode & 0o077 == 0


async def test_a_file_that_cannot_be_written_is_surely_not_sent_to(tmp_path: Path) -> None:
    (tmp_path / "push.jsonl").mkdir()
    with pytest.raises(NotSent, match="cannot be written"):
        await log(tmp_path / "push.jsonl").send(message(1), "")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSent, match="cannot be written"):
        await log(tmp_path / "file" / "push.jsonl").send(message(1), "")


async def test_nothing_comes_in(tmp_path: Path) -> None:
    request = RawRequest(method="POST", url="", query=b"", headers={}, body=b"x")
    with pytest.raises(WebhookRejected):
        log(tmp_path / "x").receive(request)
    with pytest.raises(WebhookRejected):
        log(tmp_path / "x").report(request, "m1")
