"""`convo run` as a process of its own: it serves, it ends cleanly, and there is only one of it."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from convo.cli.serving import Ending, Station, hold
from convo.wiring.authored import authored, settings_in
from tests.cli.conftest import Convo

ROOT = Path(__file__).parent.parent.parent
STARTS_WITHIN = 60.0
ENDS_WITHIN = 60.0
SETTLED_AFTER = 0.5
"""A message is settled by then; one that is not is in doubt, and what follows waits for it."""


@contextmanager
def running(folder: Path, *words: str) -> Generator[subprocess.Popen[str]]:
    """`convo run` in `folder`, told to be ready; killed at the end if it still is."""
    process = subprocess.Popen(
        [sys.executable, "-m", "convo.cli", "-C", str(folder), "run", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def post(url: str, body: object) -> int:
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=ENDS_WITHIN)
    return process.returncode, out, err


def test_it_serves_and_a_sigterm_ends_it_cleanly(shop: Path) -> None:
    settings = settings_in(shop)
    door = f"{settings.local_url}/in/main/{settings.connections['main'].path_token}"
    with running(shop) as process:
        assert first_line(process) == f"Shop is open at {settings.local_url}.\n"
        assert post(door, {"from": "+447400123456", "text": "hello"}) == 200
        assert first_line(process) == "Hello! What is your name?\n"
        assert post(door, {"from": "+447400123456", "text": "Ann"}) == 200
        process.send_signal(signal.SIGTERM)
        code, out, err = ended(process)
    assert code == 0, err
    assert out == "Nice to meet you, Ann!\n"
    assert "Stopped; nothing that was acknowledged is lost." in err
    assert "447400123456" not in err


def test_an_interrupt_ends_it_cleanly(shop: Path) -> None:
    with running(shop) as process:
        first_line(process)
        process.send_signal(signal.SIGINT)
        code, _, err = ended(process)
    assert code == 0, err
    assert "Traceback" not in err


@pytest.mark.anyio
async def test_an_end_that_is_asked_for_before_it_serves_is_not_forgotten(shop: Path) -> None:
    ending = Ending()
    ending.ask()
    async with asyncio.timeout(60):
        settings = settings_in(shop)
        station = Station(role="run", host=settings.host, port=settings.port)
        await hold(authored(settings), station, ending)
    assert not ending.dead


def test_a_text_that_was_kept_outlives_a_kill(shop: Path) -> None:
    settings = settings_in(shop)
    door = f"{settings.local_url}/in/main/{settings.connections['main'].path_token}"
    with running(shop) as process:
        first_line(process)
        assert post(door, {"from": "+447400123456", "text": "hello"}) == 200
        assert first_line(process) == "Hello! What is your name?\n"
        time.sleep(SETTLED_AFTER)
        process.kill()
        process.wait()
        with running(shop) as again:
            first_line(again)
            assert post(door, {"from": "+447400123456", "text": "Ann"}) == 200
            assert first_line(again) == "Nice to meet you, Ann!\n"


def test_a_second_process_on_the_same_database_names_the_first(shop: Path) -> None:
    with running(shop) as first:
        first_line(first)
        with running(shop) as second:
            code, out, err = ended(second)
    assert code == 75
    assert out == ""
    assert re.search(rf"is in use by process {first.pid}, started \d{{4}}-", err)
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_named(shop: Path, free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)), running(shop) as process:
        code, _, err = ended(process)
    assert code == 2
    assert f"server.bind: 127.0.0.1:{free_port} cannot be listened on" in err
    assert "Traceback" not in err


def test_without_a_console_channel_there_is_no_phone(convo: Convo, shop: Path) -> None:
    settings = shop / "convo.toml"
    text = settings.read_text("utf-8").replace(
        'provider = "console"',
        'provider = "generic_http"\nsend = {url = "http://127.0.0.1:9/send"}',
    )
    settings.write_text(text, "utf-8")
    answer = convo("-C", shop, "run", "--phone")
    assert answer.exit_code == 2
    assert 'none has provider = "console"' in answer.output


def test_an_asgi_server_of_ones_own_starts_and_stops_the_loops(shop: Path) -> None:
    settings = settings_in(shop)
    door = f"{settings.local_url}/in/main/{settings.connections['main'].path_token}"
    (shop / "app.py").write_text((ROOT / "app.py").read_text("utf-8"), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--port", str(settings.port)],
        cwd=shop,
        env={**os.environ, "PYTHONPATH": f"{ROOT}", "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and process.poll() is None:
            try:
                assert post(door, {"from": "+447400123456", "text": "hello"}) == 200
                break
            except urllib.error.URLError:
                time.sleep(0.05)
        assert first_line(process) == "Hello! What is your name?\n"
        process.send_signal(signal.SIGTERM)
        _, _, err = ended(process)
    finally:
        process.kill()
        process.communicate()
    assert "Stopped; nothing that was acknowledged is lost." in err
