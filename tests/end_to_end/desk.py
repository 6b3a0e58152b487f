"""A small business served behind a gateway that does what a test wants, and its operator's desk."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal

from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import ROOT, Serving
from tests.fakes.http_server import Answer, Asked, FakeServer

#: Where nobody tells, lines are broken at eighty.
WIDE = {"COLUMNS": "200"}
API_TOKEN = "own-systems-of-the-desk"
PATH_TOKEN = "gateway-of-the-desk"
SETTINGS = """
[business]
name = "Salon Mei"
zone = "Asia/Shanghai"
country = "CN"
languages = ["en"]

[store]
url = "{store}"

[server]
bind = "127.0.0.1:{port}"
api_token = "{api_token}"

[doubts]
within = "5s"
grace = "5s"

[channels.main]
provider = "generic_http"
address = "12345"
path_token = "{path_token}"
{rate}
incoming = {{from = "from", text = "text", id = "id"}}
response = {{id = "/id"}}
send.url = "{gateway}/send"
send.format = "json"
send.body = '{{"to": {{{{to}}}}, "text": {{{{text}}}}}}'
"""


class Gateway(FakeServer):
    """Takes texts as it is told: `mode` says how its answers come."""

    def __init__(self) -> None:
        super().__init__(self._take)

    def _take(self, asked: Asked) -> Answer:
        return Answer(body=json.dumps({"id": f"g{len(self.asked)}"}).encode())

    @property
    def texts(self) -> list[str]:
        """What it was asked to send, in its order, also what it did not answer for."""
        return [json.loads(asked.body)["text"] for asked in self.asked]


class Desk:
    """The business with its server and gateway, and the command line beside it."""

    def __init__(self, folder: Path, gateway: Gateway, rate: str, store: str, role: str) -> None:
        (self.port,) = free_ports(1)
        self.folder = folder
        self.gateway = gateway
        (folder / "flows").mkdir(parents=True)
        (folder / "keyword_handlers").mkdir()
        settings = SETTINGS.format(
            port=self.port,
            store=store,
            api_token=API_TOKEN,
            path_token=PATH_TOKEN,
            gateway=gateway.url,
            rate=f'rate = "{rate}"' if rate else "",
        )
        (folder / "convo.toml").write_text(settings, "utf-8")
        self.serving = Serving(folder, {}, role)
        self._texts = 0

    def flow(self, name: str, text: str) -> None:
        """Write a flow; it is known from the next start on."""
        (self.folder / "flows" / f"{name}.yaml").write_text(text, "utf-8")

    def convo(self, *words: str, status: int = 0) -> str:
        """What the command says, on whatever way it says it."""
        done = subprocess.run(
            [sys.executable, "-m", "convo.cli", "-C", str(self.folder), *words],
            env={**os.environ, "PYTHONPATH": str(ROOT), "USER": "mei", "LOGNAME": "mei"} | WIDE,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, said
        assert "Traceback" not in done.stderr, said
        return said

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """The same with --json: one object a line."""
        return [json.loads(line) for line in self.convo(*words, "--json").splitlines()]

    def post(self, path: str, body: Mapping[str, Any]) -> int:
        """An own system, or the gateway, posts to the server."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def text(self, number: str, words: str) -> None:
        """A customer texts."""
        self._texts += 1
        body = {"from": number, "text": words, "id": str(self._texts)}
        assert self.post(f"/in/main/{PATH_TOKEN}", body) == 200

    def ask(self, flow: str, number: str, key: str) -> None:
        """An own system asks for a flow."""
        assert self.post("/v1/events", {"flow": flow, "to": number, "key": key}) == 202


@contextmanager
def desk(
    folder: Path,
    flows: Mapping[str, str],
    rate: str = "",
    *,
    store: str = "sqlite:data/convo.db",
    role: str = "run",
) -> Generator[Desk]:
    """Served as long as the block is open; the test may stop, kill and start it."""
    with start_blocking_portal() as portal:
        gateway = Gateway()
        with portal.wrap_async_context_manager(gateway):
            made = Desk(folder, gateway, rate, store, role)
            for name, text in flows.items():
                made.flow(name, text)
            try:
                made.serving.start()
                yield made
            finally:
                made.serving.kill()
