"""A business in a folder of its own, and a port that is free."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from convo.cli import main

Convo = Callable[..., Result]


@pytest.fixture
def convo() -> Convo:
    """Call the command line as a shell would, in this process."""
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def shop(convo: Convo, tmp_path: Path, free_port: int) -> Path:
    """A new business from the smallest template, on a free port."""
    folder = tmp_path / "shop"
    assert convo("init", folder, "--template", "blank").exit_code == 0
    with (folder / "convo.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[server]\nbind = "127.0.0.1:{free_port}"\n')
    return folder
