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
from tests.fakes.http_server import Answer, FakeServer
from tests.fakes.outbound import channel, message

pytestmark = pytest.mark.anyio

ACCOUNT = "AC00000000000000000000000000000001"

#: What a channel of each provider needs to send to `URL`, a server of HTTP on this machine.
BY_HTTP: dict[str, dict[str, Any]] = {
    "twilio": {"account": ACCOUNT, "token": "x", "base_url": "URL"},
    "kannel": {"sendsms_url": "URL/cgi-bin/sendsms", "username": "x", "password": "x"},
    "generic_http": {"send": {"url": "URL/send", "body": "to={{to}}&text={{text}}"}},
}
OTHERWISE = ("console", "log", "smtp")


def connected(name: str, options: dict[str, Any], http: HttpClient, **more: Any) -> Provider:
    brand = PROVIDERS[name]
    made = brand.options.model_validate(options)
    return brand.connect(channel(name), made, http, country="US", clock=lambda: 0, **more)


def at(url: str, told: Any) -> Any:
    """What is written there, with the server's address in it."""
    if isinstance(told, dict):
        return {key: at(url, value) for key, value in told.items()}  # pyright: ignore
    return told.replace("URL", url)


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
    assert {*BY_HTTP, *OTHERWISE} == set(PROVIDERS)


@pytest.mark.parametrize("name", BY_HTTP)
async def test_by_http(name: str) -> None:
    async with FakeServer(lambda _: Answer(status=202, body=b'{"sid": "SM1"}')) as server:
        http = HttpClient()
        provider = connected(name, at(server.url, BY_HTTP[name]), http)
        await leaves_in_time(provider, lambda: len(server.asked))
        await http.close()


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
