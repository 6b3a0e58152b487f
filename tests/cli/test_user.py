"""`convo user`: letting people into the console, and out."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from convo.cli import main
from tests.cli.conftest import Convo

PASSWORD = "a quiet afternoon"


def user(shop: Path, *words: str, typed: str = PASSWORD) -> Result:
    told = ["-C", str(shop), "user", *words]
    return CliRunner().invoke(main, told, input=f"{typed}\n")


def test_people_are_let_in_listed_changed_and_removed(convo: Convo, shop: Path) -> None:
    assert "Nobody can sign in." in convo("-C", shop, "user").output
    assert user(shop, "add", "Mei", "--role", "agent").output == "mei may sign in, as agent.\n"
    assert user(shop, "add", "ann@salon.example", "--role", "admin").exit_code == 0
    listed = convo("-C", shop, "user", "list").output.splitlines()
    assert [line.split() for line in listed[1:3]] == [
        ["ann@salon.example", "admin"],
        ["mei", "agent"],
    ]
    assert "decides on held messages" in "\n".join(listed)
    assert user(shop, "role", "mei", "editor").output == "mei is editor from now on.\n"
    changed = user(shop, "password", "mei", typed="another afternoon")
    assert changed.output == "mei has a new password, and is signed out everywhere.\n"
    assert "may sign in no more" in user(shop, "remove", "MEI").output
    assert "mei" not in convo("-C", shop, "user").output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "mei", "--role", "agent"), "mei is there already."),
        (("remove", "nobody"), "nobody: nobody is called so."),
        (("password", "nobody"), "nobody is called so."),
        (("role", "nobody", "agent"), "nobody is called so."),
        (("add", "two words", "--role", "agent"), "'two words' is no name"),
    ],
)
def test_what_cannot_be_done_is_told(shop: Path, words: tuple[str, ...], told: str) -> None:
    user(shop, "add", "mei", "--role", "agent")
    said = user(shop, *words)
    assert (said.exit_code, told in said.output) == (1, True), said.output


@pytest.mark.parametrize("typed", ["", "short", "a" * 20, "x1" * 101])
def test_a_password_that_is_none_changes_nothing(convo: Convo, shop: Path, typed: str) -> None:
    said = user(shop, "add", "mei", "--role", "agent", typed=typed)
    assert said.exit_code == 1
    assert "A password has 12 to 200 characters" in said.output
    assert "Nobody can sign in." in convo("-C", shop, "user").output


def test_a_password_is_never_shown(shop: Path) -> None:
    said = [user(shop, "add", "mei", "--role", "agent"), user(shop, "list")]
    assert all(PASSWORD not in each.output and "argon2" not in each.output for each in said)


def test_a_console_that_others_reach_is_not_opened_while_nobody_has_a_password(
    convo: Convo, shop: Path
) -> None:
    toml = shop / "convo.toml"
    text = toml.read_text("utf-8").replace("127.0.0.1:", "0.0.0.0:")
    toml.write_text(f"{text}\n[console]\n", "utf-8")
    said = convo("-C", shop, "run", "--no-phone")
    assert said.exit_code == 2
    assert "convo.toml: console: 0.0.0.0 is reached from other machines" in said.output
    assert "convo user add NAME --role admin" in said.output
