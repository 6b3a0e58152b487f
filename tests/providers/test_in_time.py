"""Behind its deadline a message leaves by no provider, and in front of it by each."""

import asyncio
import math
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from convo.core.turns import Outbound
from convo.errors import LeaseOver
from convo.ports import Provider
from convo.providers.http import HttpClient
from convo.wiring.brands import PROVIDERS
from tests.fakes.outbound import channel, message
from tests.providers.test_every_provider import SHEETS, standing

pytestmark = pytest.mark.anyio

BY_HTTP = [name for name in PROVIDERS if SHEETS[name].sends]
OTHERWISE = ("console", "log", "smtp")
BY_LINE = ("smpp",)
"""These need their own peer: tests/providers/test_smpp.py."""


def connected(name: str, options: dict[str, Any], http: HttpClient, **more: Any) -> Provider:
    brand = PROVIDERS[name]
    made = brand.options.model_validate(options)
    return brand.connect(channel(name), made, http, country="US", clock=lambda: 0, **more)


async def leaves_in_time(
    provider: Provider, left: Callable[[], int], out: Outbound | None = None
) -> None:
    out = out or message()
    with pytest.raises(LeaseOver):
        await provider.send(out, "", asyncio.get_running_loop().time() - 0.001)
    assert left() == 0
    await provider.send(out, "", math.inf)
    assert left() == 1


async def test_every_provider_is_tried_here() -> None:
    assert {*BY_HTTP, *OTHERWISE, *BY_LINE} == set(PROVIDERS)


@pytest.mark.parametrize("name", BY_HTTP)
async def test_by_http(name: str) -> None:
    async with standing(name) as (stands, server):
        await leaves_in_time(stands.provider, lambda: len(server.asked), stands.message())


async def test_by_the_terminal() -> None:
    phone: list[Outbound] = []

    async def deliver(out: Outbound) -> None:
        phone.append(out)

    await leaves_in_time(
        connected("console", {}, HttpClient(), deliver=deliver), lambda: len(phone)
    )


async def test_by_a_file(tmp_path: Path) -> None:
    file = tmp_path / "push.jsonl"

    def lines() -> int:
        return len(file.read_text("utf-8").splitlines()) if file.exists() else 0

    await leaves_in_time(connected("log", {"file": str(file)}, HttpClient()), lines)


class Post:
    """The mail server's own part."""

    def __init__(self) -> None:
        self.letters = 0

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd calls it so
        self.letters += 1
        return "250 OK"


async def test_by_mail() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    options: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none"}
    options |= {"sender": "hello@greenleaf.example", "subject": "News"}
    mail = replace(message(), to="anna@home.example")
    try:
        await leaves_in_time(connected("smtp", options, HttpClient()), lambda: post.letters, mail)
    finally:
        controller.stop()
