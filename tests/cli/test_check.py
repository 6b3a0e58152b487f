"""`convo check` names every mistake with its place, its line and its mend."""

import json
from pathlib import Path

from convo.cli.problems import pointed_at
from convo.errors import Place
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
    assert answer.output.endswith("1 mistake.\nMore may show once these are mended.\n")


def test_a_mistake_is_said_in_chinese_to_who_asks_for_it(convo: Convo, shop: Path) -> None:
    assert convo("-C", shop, "check", "--lang", "zh").output == (
        "一切正常：1 个流程，1 个处理程序。\n"
    )
    flow = shop / "flows" / "hello.yaml"
    flow.write_text(flow.read_text("utf-8").replace("go: done", "go: dne"), "utf-8")
    told = convo("-C", shop, "check", "--lang", "zh").output
    assert ": 没有步骤“dne”。\n        go: dne\n" in told
    assert "    您是想写“done”吗？\n" in told
    assert told.endswith("共 1 处错误。\n修正之后可能还会发现其他错误。\n")
    (problem,) = json.loads(convo("-C", shop, "check", "--lang", "zh", "--json").stdout)["problems"]
    assert problem["what"] == 'There is no step "dne".'


def test_flows_are_checked_beside_a_flow_that_cannot_be_read(convo: Convo, shop: Path) -> None:
    flow = shop / "flows" / "hello.yaml"
    text = flow.read_text("utf-8")
    second = text.replace("flow: hello", "flow: second").replace("[hello, hi]", "[second]")
    third = "flow: third\nsteps:\n  one: {run: second, go: end}\n"
    (shop / "flows" / "second.yaml").write_text(second.replace("go: done", "go: dne"), "utf-8")
    (shop / "flows" / "third.yaml").write_text(third, "utf-8")
    flow.write_text(text.replace("{{ name }}", "{{ nam }}"), "utf-8")
    (shop / "keyword_handlers" / "bad.py").write_text("import not_there\n", "utf-8")
    answer = convo("-C", shop, "check")
    assert "keyword_handlers/bad.py:1:1: this file cannot be imported" in answer.output
    assert 'Nothing gives "nam" a value.' in answer.output
    assert 'There is no step "dne".' in answer.output
    assert 'There is no flow "second"' not in answer.output
    assert answer.output.endswith("3 mistakes.\nMore may show once these are mended.\n")


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


CAPS = """
[caps]
monthly = "1 per month"
never = "never"
usual = "monthly"

[caps.signals]
complaint = {tag = "unhapy", tier = "never"}
"""


def test_a_complaint_that_no_flow_hears_is_told_where_its_tag_stands(
    convo: Convo, shop: Path
) -> None:
    file, flow = shop / "convo.toml", shop / "flows" / "hello.yaml"
    file.write_text(file.read_text("utf-8") + CAPS, "utf-8")
    answer = convo("-C", shop, "check")
    assert answer.exit_code == 1
    line = (
        file.read_text("utf-8").splitlines().index('complaint = {tag = "unhapy", tier = "never"}')
    )
    assert f'convo.toml:{line + 1}:21: No flow gives the tag "unhapy"' in answer.output
    assert "Write `tag: unhapy` at the step" in answer.output
    text = flow.read_text("utf-8")
    flow.write_text(text.replace("    go: done", "    tag: unhappy\n    go: done"), "utf-8")
    assert 'Did you mean "unhappy"?' in convo("-C", shop, "check").output
    file.write_text(file.read_text("utf-8").replace("unhapy", "unhappy"), "utf-8")
    assert convo("-C", shop, "check").exit_code == 0


def test_outside_of_a_business_nothing_is_counted(convo: Convo, tmp_path: Path) -> None:
    answer = convo("-C", tmp_path, "check")
    assert answer.exit_code == 2
    assert answer.output.endswith("or make a new one: convo init DIR\n")


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


def test_a_line_is_shown_with_a_caret_below_it(tmp_path: Path) -> None:
    file = tmp_path / "here.yaml"
    file.write_text("say:\n  zh: 您好\n", "utf-8")
    assert pointed_at(place(file, 2, 8)) == ("  zh: 您好", " " * 8 + "^")


def test_a_line_that_is_not_there_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "here.yaml"
    assert pointed_at(place(file, 1, 1)) is None
    file.write_text("one\ntwo", "utf-8")
    assert pointed_at(place(file, 3, 1)) is None
    assert pointed_at(place(file, 2, 1)) == ("two", "^")


def place(file: Path, line: int, column: int) -> Place:
    return Place(file=str(file), line=line, column=column)
