"""`convo check` names every mistake with its place, its line and its mend."""

import json
from pathlib import Path

from convo.cli.problems import margin, source_line
from tests.cli.conftest import Convo


def test_a_business_that_is_well_is_told_so(convo: Convo, shop: Path) -> None:
    answer = convo("-C", shop, "check")
    assert answer.exit_code == 0
    assert answer.output == "All is well: 1 flow, 1 handler.\n"


def test_a_mistake_in_a_flow_is_shown_where_it_is(convo: Convo, shop: Path) -> None:
    flow = shop / "flows" / "hello.yaml"
    text = flow.read_text("utf-8")
    flow.write_text(text.replace("go: done", "go: dne"), "utf-8")
    answer = convo("-C", shop, "check")
    assert answer.exit_code == 1
    number = text.splitlines().index("    go: done") + 1
    lines = answer.output.splitlines()
    assert lines[0].startswith(f"flows/hello.yaml:{number}:")
    assert '"dne"' in lines[0]
    assert lines[1] == "        go: dne"
    assert lines[2].strip() == "^"
    assert 'Did you mean "done"?' in answer.output
    assert answer.output.endswith("1 mistake.\n")


def test_a_handler_that_cannot_be_imported_is_shown(convo: Convo, shop: Path) -> None:
    (shop / "keyword_handlers" / "bad.py").write_text("import not_there\n", "utf-8")
    answer = convo("-C", shop, "check")
    assert answer.exit_code == 1
    assert "keyword_handlers/bad.py:1:1: this file cannot be imported" in answer.output
    assert "    import not_there" in answer.output


def test_a_mistake_in_the_settings_ends_with_2(convo: Convo, shop: Path) -> None:
    (shop / ".env").unlink()
    answer = convo("-C", shop, "check")
    assert answer.exit_code == 2
    assert "the environment variable CONSOLE_PATH_TOKEN is not set" in answer.output


def test_an_unsigned_channel_without_a_token_is_a_mistake(convo: Convo, shop: Path) -> None:
    settings = shop / "convo.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('path_token = "env:CONSOLE_PATH_TOKEN"', ""), "utf-8")
    answer = convo("-C", shop, "check")
    assert answer.exit_code == 2
    assert "channels.main.path_token: it is missing. console signs nothing" in answer.output


def test_json_is_for_programs(convo: Convo, shop: Path) -> None:
    assert json.loads(convo("-C", shop, "check", "--json").output) == {
        "settings": [],
        "problems": [],
        "flows": 1,
        "handlers": 1,
    }
    (shop / "keyword_handlers" / "bad.py").write_text("import not_there\n", "utf-8")
    answer = convo("-C", shop, "check", "--json")
    assert answer.exit_code == 1
    (problem,) = json.loads(answer.output)["problems"]
    assert (problem["file"], problem["line"]) == ("keyword_handlers/bad.py", 1)


def test_nothing_is_made_by_looking(convo: Convo, shop: Path) -> None:
    convo("-C", shop, "check")
    assert not (shop / "data").exists()


def test_the_caret_stands_under_its_column_in_chinese_too() -> None:
    assert len(margin("  zh: 您好", 9)) == 10
    assert margin("\tsay: x", 2) == "\t"


def test_a_line_that_is_not_there_is_not_shown(tmp_path: Path) -> None:
    assert source_line(str(tmp_path / "gone.yaml"), 1, {}) is None
    assert source_line("here.yaml", 3, {"here.yaml": "one\ntwo"}) is None
    assert source_line("here.yaml", 2, {"here.yaml": "one\ntwo"}) == "two"
