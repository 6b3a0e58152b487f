"""The phone prompt: what is typed goes through the real webhook, and replies come back priced."""

import asyncio
import re
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from convo.cli.phone import Phone
from convo.cli.serving import Ending, Station, hold
from convo.wiring.authored import authored, settings_in

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen(DummyOutput):
    """Remembers what was written on it."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def write_raw(self, data: str) -> None:
        self.written.append(data)

    @property
    def seen(self) -> str:
        return ESCAPES.sub("", "".join(self.written)).replace("\r", "")


async def typed(folder: Path, *lines: tuple[str, str]) -> str:
    """Type each line once what must be seen before it is there; what was seen, in the end."""
    found = authored(settings_in(folder))
    screen = Screen()
    with create_pipe_input() as keys, create_app_session(input=keys, output=screen):
        phone = Phone(found, "main", keys=keys, screen=screen)
        ending = Ending()
        settings = found.settings
        station = Station(role="run", host=settings.host, port=settings.port, phone=phone)
        serving = asyncio.create_task(hold(found, station, ending))
        try:
            async with asyncio.timeout(60):
                for before, line in lines:
                    while before not in screen.seen and not serving.done():
                        await asyncio.sleep(0.01)
                    keys.send_text(line)
                await serving
        except TimeoutError:
            raise AssertionError(screen.seen) from None
    assert not ending.dead
    return screen.seen


@pytest.mark.anyio
async def test_a_conversation_is_held_in_the_terminal(shop: Path) -> None:
    seen = await typed(
        shop,
        ("Ctrl-D ends.", "hello\r"),
        ("What is your name?\n  1 part, GSM-7", "小梅\r"),
        ("Nice to meet you, 小梅!\n  1 part, UCS-2", "/number\r"),
        ("You text from +447400123456.\n", "/quit\r"),
    )
    assert "Shop is open at" in seen
    assert "Try:   hello   hours" in seen
    assert "/help shows what else you can do." in seen
    assert "Bye. Conversations wait for you: everything is kept." in seen


@pytest.mark.anyio
async def test_one_can_be_somebody_else_and_ask_for_help(shop: Path) -> None:
    seen = await typed(
        shop,
        ("Ctrl-D ends.", "/help\r"),
        ("be somebody else", "/words\r"),
        ("hello   hours   hi", "/dance\r"),
        ("There is no /dance.", "/as nobody\r"),
        ("That is no number to text from.", "/as +8613800138000\r"),
        ("You text from +8613800138000 now.", "hi\r"),
        ("Hello! What is your name?", "\x04"),
    )
    assert "Bye." in seen


@pytest.mark.anyio
async def test_the_phone_says_why_nothing_is_said(shop: Path) -> None:
    seen = await typed(
        shop,
        ("Ctrl-D ends.", "STOP\r"),
        ("Reply START to undo.\n  1 part, GSM-7", "hello\r"),
        ("Nothing was to be done: the contact has said STOP.\n", "/quit\r"),
    )
    assert "Bye." in seen
