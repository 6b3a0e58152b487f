"""`convo request`: what an own system would post, to the server that runs here."""

import asyncio
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input

from convo.cli.phone import Phone
from convo.cli.serving import Ending, Station, hold
from convo.wiring.authored import authored, settings_in
from tests.cli.conftest import Convo
from tests.cli.test_phone import Screen
from tests.cli.test_run import ROOT, first_line, running

PAGE = ROOT / "docs/how-to/start-a-flow-from-your-system.md"
ANN = "+447400123456"
ASKED = ("request", "visit.made", "--to", ANN, "--answers", '{"when": "2030-05-01T15:00"}')
VISIT = """
flow: visit
languages: [en]
start: {events: [visit.made]}
answers: {when: datetime}
steps:
  told: {say: "See you on {{ when | default('time') }}.", go: end}
"""
ECHO = "flow: echo\nlanguages: [en]\nsteps:\n  a: {say: Hello there., go: end}\n"


@pytest.fixture
def salon(shop: Path) -> Path:
    """A business whose own systems may post."""
    (shop / "flows" / "visit.yaml").write_text(VISIT, "utf-8")
    (shop / "flows" / "echo.yaml").write_text(ECHO, "utf-8")
    with_token(shop, '"a-token-of-this-test"')
    return shop


def with_token(folder: Path, token: str) -> None:
    settings = folder / "convo.toml"
    text = re.sub(r"(?m)^api_token = .*\n", "", settings.read_text("utf-8"))
    settings.write_text(text.replace("[server]", f"[server]\napi_token = {token}"), "utf-8")


def test_a_flow_is_started_by_an_event_and_by_its_name(convo: Convo, salon: Path) -> None:
    with running(salon) as process:
        first_line(process)
        told = convo("-C", salon, *ASKED, "--key", "visit-1")
        assert (told.exit_code, told.output) == (
            0,
            "Accepted: visit.made, under the key visit-1.\n",
        )
        assert first_line(process) == "See you on Wed 1 May 2030, 3:00 pm.\n"
        told = convo("-C", salon, *ASKED, "--key", "visit-1")
        assert told.exit_code == 0
        assert told.output == "Nothing done: the key visit-1 was posted before.\n"
        # Had the repetition been done, its text would come first.
        told = convo("-C", salon, "request", "echo", "--to", ANN, "--channel", "main")
        assert told.exit_code == 0
        assert first_line(process) == "Hello there.\n"


def test_every_complaint_is_told(convo: Convo, salon: Path) -> None:
    with running(salon) as process:
        first_line(process)
        told = convo("-C", salon, "request", "visit.mad", "--to", "Ann", "--channel", "mian")
        assert told.exit_code == 1
        assert 'Did you mean "visit.made"?' in told.output
        assert "to: This has letters" in told.output
        assert 'Did you mean "main"?' in told.output
        with_token(salon, '"another-token-of-this-test"')
        told = convo("-C", salon, *ASKED)
        assert told.exit_code == 1
        assert "Authorization: Bearer TOKEN" in told.output


def test_without_a_token_in_the_settings_nothing_is_posted(convo: Convo, shop: Path) -> None:
    told = convo("-C", shop, *ASKED)
    assert told.exit_code == 2
    assert "convo.toml: server.api_token: it is missing." in told.output


def test_a_server_that_was_started_without_a_token_has_no_door(convo: Convo, shop: Path) -> None:
    with running(shop) as process:
        first_line(process)
        with_token(shop, '"a-token-of-this-test"')
        told = convo("-C", shop, *ASKED)
    assert told.exit_code == 1
    assert "The server was started without server.api_token." in told.output


def test_where_nothing_runs_it_says_what_to_start(convo: Convo, salon: Path) -> None:
    told = convo("-C", salon, *ASKED)
    assert told.exit_code == 1
    assert f"Nothing answers at {settings_in(salon).local_url}" in told.output
    assert "convo run" in told.output


@pytest.mark.parametrize("answers", ["{", "when=5"])
def test_answers_that_are_no_json_are_a_wrong_call(answers: str, convo: Convo, salon: Path) -> None:
    told = convo("-C", salon, "request", "visit.made", "--to", ANN, "--answers", answers)
    assert told.exit_code == 2
    assert "it is no JSON" in told.output


class Full(BaseHTTPRequestHandler):
    """A server whose inbox is full."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(503)
        self.end_headers()
        self.wfile.write(b'{"complaints": ["Not kept; post it again later."]}')

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving_once(port: int) -> Generator[None]:
    with HTTPServer(("127.0.0.1", port), Full) as server:
        one = threading.Thread(target=server.handle_request)
        one.start()
        yield
        one.join()


def test_a_full_inbox_ends_with_try_again_later(convo: Convo, salon: Path, free_port: int) -> None:
    with serving_once(free_port):
        told = convo("-C", salon, *ASKED)
    assert told.exit_code == 75
    assert told.output == "Not kept; post it again later.\n"


# --- the page that tells of it -------------------------------------------------------------------


def block(after: str) -> str:
    """The first fenced block behind these words of the page."""
    _, _, rest = PAGE.read_text("utf-8").partition(after)
    found = re.search(r"```\w*\n(.*?)```", rest, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def example(tmp_path: Path, free_port: int) -> Path:
    """The example business on a free port, open at every hour."""
    for name in ("flows", "keyword_handlers", "codes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    text = (ROOT / "convo.toml").read_text("utf-8")
    changed = text.replace("127.0.0.1:8000", f"127.0.0.1:{free_port}")
    changed = changed.replace('service = "8:00-21:30"', 'service = "0:00-24:00"')
    assert changed.count(str(free_port)) == 1
    assert "0:00-24:00" in changed
    (tmp_path / "convo.toml").write_text(changed, "utf-8")
    return tmp_path


@pytest.mark.anyio
async def test_the_example_of_the_page_appears_on_the_phone(example: Path) -> None:
    shell, _, said = block("In another terminal").partition("Accepted:")
    words = shlex.split(shell.removeprefix("$ convo").replace("\\\n", ""))
    found = authored(settings_in(example))
    screen = Screen()
    with create_pipe_input() as keys, create_app_session(input=keys, output=screen):
        ending = Ending()
        phone = Phone(found, "main", keys=keys, screen=screen)
        settings = found.settings
        station = Station(role="run", host=settings.host, port=settings.port, phone=phone)
        serving = asyncio.create_task(hold(found, station, ending))
        async with asyncio.timeout(60):
            while "Ctrl-D ends." not in screen.seen:
                await asyncio.sleep(0.01)
            told = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "convo.cli", "-C", example, *words],
                env={"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )
            assert (told.returncode, told.stdout) == (0, f"Accepted:{said}"), told.stderr
            while "GSM-7" not in screen.seen:
                await asyncio.sleep(0.01)
            keys.send_text("/quit\r")
            await serving
    assert block("so the text appears on it") in screen.seen
