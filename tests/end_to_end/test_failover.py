"""A provider that goes away and comes back, under a `convo run` whose channel has a backup."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from convo.cli import FOUND_MISTAKES
from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import ROOT, Serving, soon
from tests.end_to_end.test_many_processes import FLOW
from tests.fakes.http_server import Answer, Asked, FakeServer
from tests.servers import ON_DISK, PROGRAMS, running

SETTINGS = """
[business]
name = "Echo"
zone = "UTC"
country = "GB"
languages = ["en"]

[store]
url = "{store}"

[server]
bind = "127.0.0.1:{port}"
secret = "signs links, and is long enough for that"

[breaker]
in_a_row = 3
every = "500ms"
tries = 2
"""
CHANNEL = """
[channels.{name}]
provider = "generic_http"
address = "{address}"
path_token = "a-token-that-nobody-guesses-123"
incoming = {{from = "from", text = "text", id = "id"}}
response = {{id = "/id"}}
send.url = "{gateway}/send"
send.format = "json"
send.body = '{{"to": {{{{to}}}}, "text": {{{{text}}}}}}'
"""
CUSTOMERS = [f"+4474000001{n:02}" for n in range(6)]


class Gateway(FakeServer):
    """Takes every text, as long as it is there."""

    def __init__(self) -> None:
        super().__init__(self._take)

    def _take(self, asked: Asked) -> Answer:
        return Answer(body=json.dumps({"id": f"g{len(self.asked)}"}).encode())

    @property
    def sent(self) -> list[tuple[str, str]]:
        """To whom, and what."""
        told = [json.loads(asked.body) for asked in self.asked]
        return [(each["to"], each["text"]) for each in told]

    async def go_away(self) -> None:
        """Nobody answers there any more."""
        self._server.close()
        for task in self._serving:
            task.cancel()
        await self._server.wait_closed()

    async def come_back(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)


class Echo:
    """The business, its two gateways, and its customers."""

    def __init__(self, folder: Path, store: str, main: Gateway, other: Gateway) -> None:
        (self.port,) = free_ports(1)
        self.folder = folder
        self.main, self.other = main, other
        (folder / "flows").mkdir(parents=True)
        (folder / "keyword_handlers").mkdir()
        (folder / "flows" / "echo.yaml").write_text(FLOW, "utf-8")
        channels = [
            CHANNEL.format(name="main", address="+447400000000", gateway=main.url),
            'backups = ["other"]\n',
            CHANNEL.format(name="other", address="+447400000001", gateway=other.url),
        ]
        settings = SETTINGS.format(store=store, port=self.port)
        (folder / "convo.toml").write_text("".join([settings, *channels]), "utf-8")
        self.serving = Serving(folder, {})
        self._texts = 0

    def text(self, number: str, words: str, channel: str = "main") -> None:
        self._texts += 1
        body = json.dumps({"from": number, "text": words, "id": str(self._texts)}).encode()
        url = f"http://127.0.0.1:{self.port}/in/{channel}/a-token-that-nobody-guesses-123"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

    def all_text(self, words: str, channel: str) -> list[tuple[str, str]]:
        """Every customer writes; what they are to hear."""
        for number in CUSTOMERS:
            self.text(number, words, channel)
        return [(number, f"You said {words}.") for number in CUSTOMERS]

    def sent_by(self, gateway: Gateway, wanted: list[tuple[str, str]]) -> None:
        """Until this one has had all of these."""
        soon(lambda: sorted(set(gateway.sent) & set(wanted)), sorted(wanted))

    def doctor(self) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "convo.cli", "-C", str(self.folder), "doctor"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == FOUND_MISTAKES, done.stdout + done.stderr
        return done.stdout

    def stopped(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as page:
            return 'convo_channel_stopped{channel="main"} 1.0' in page.read().decode()


@contextmanager
def serving(folder: Path, store: str) -> Generator[tuple[Echo, BlockingPortal]]:
    with start_blocking_portal() as portal, ExitStack() as stack:
        main, other = Gateway(), Gateway()
        for gateway in (main, other):
            stack.enter_context(portal.wrap_async_context_manager(gateway))
        echo = Echo(folder, store, main, other)
        try:
            echo.serving.start()
            yield echo, portal
        finally:
            echo.serving.kill()


@contextmanager
def stored(kind: str, folder: Path) -> Generator[str]:
    """The URL of an empty store."""
    if kind == "sqlite":
        yield "sqlite:data/convo.db"
        return
    with running(PROGRAMS[kind](), folder / "redis", *ON_DISK) as server:
        yield server.url


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_a_backup_carries_on_while_the_provider_is_away(kind: str, tmp_path: Path) -> None:
    with stored(kind, tmp_path) as store, serving(tmp_path / "echo", store) as (echo, portal):
        for number in CUSTOMERS:
            echo.text(number, "hello")
        greeted = [(number, "Hello! Say something.") for number in CUSTOMERS]
        echo.sent_by(echo.main, greeted)
        portal.call(echo.main.go_away)
        away = echo.all_text("one", "main")
        echo.sent_by(echo.other, away)
        assert echo.stopped()
        assert "channels.main is stopped, for its sends fail" in echo.doctor()
        answered = echo.all_text("two", "other")
        echo.sent_by(echo.other, answered)
        portal.call(echo.main.come_back)
        fresh = (f"+4474000002{n:02}" for n in range(100))
        until = time.monotonic() + 60
        while echo.stopped():
            assert time.monotonic() < until
            echo.text(next(fresh), "hello")
            time.sleep(0.3)
        stayed = echo.all_text("three", "other")
        echo.sent_by(echo.other, stayed)
        last = next(fresh)
        echo.text(last, "hello")
        echo.sent_by(echo.main, [(last, "Hello! Say something.")])
        everything = Counter(echo.main.sent + echo.other.sent)
        assert {*greeted, *away, *answered, *stayed} < everything.keys()
        assert set(everything.values()) == {1}, "nobody heard anything twice"
