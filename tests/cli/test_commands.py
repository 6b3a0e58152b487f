"""The command line itself: quick to help, plain about errors."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from convo.cli import ABOUT, COMMANDS, main
from tests.cli.conftest import Convo

#: What `convo --help` has no use for.
HEAVY = ("pydantic", "asyncio", "starlette", "httpx", "jinja2", "transitions", "sqlite3", "yaml")

LOADED = """
import sys
from convo.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
print(",".join(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


def test_help_lists_every_command(convo: Convo) -> None:
    text = convo("--help").output
    assert all(f"  {name}" in text and about in text for name, about in ABOUT.items())
    assert list(ABOUT) == list(COMMANDS)


def test_help_loads_no_command() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", LOADED.format(heavy=HEAVY)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Commands:" in answer.stdout
    assert answer.stderr.strip() == ""


@pytest.mark.parametrize("name", ["init", "run", "check", "doctor"])
def test_a_command_says_the_same_of_itself(name: str, convo: Convo) -> None:
    assert main.commands[name].get_short_help_str(100) == ABOUT[name]
    assert "Usage: " in convo(name, "--help").output


def test_a_word_that_is_no_command_is_told_so(convo: Convo) -> None:
    answer = convo("chek")
    assert answer.exit_code == 2
    assert 'There is no command chek. Did you mean "check"?' in answer.output
    assert "There is no command xyzzy. One of: init, run, dev," in convo("xyzzy").output


def test_settings_that_do_not_hold_end_with_2(convo: Convo, tmp_path: Path) -> None:
    answer: Result = convo("-C", tmp_path, "run")
    assert answer.exit_code == 2
    assert "convo init DIR" in answer.output
    assert "Traceback" not in answer.output


def test_a_flow_that_does_not_hold_ends_with_1(convo: Convo, shop: Path) -> None:
    (shop / "flows" / "hello.yaml").write_text("flow: hello\nsteps: 5\n", "utf-8")
    answer = convo("-C", shop, "run")
    assert answer.exit_code == 1
    assert "flows/hello.yaml:" in answer.output


def test_the_folder_of_the_moment_comes_back(convo: Convo, shop: Path) -> None:
    before = Path.cwd()
    assert convo("-C", shop, "check").exit_code == 0
    assert Path.cwd() == before
