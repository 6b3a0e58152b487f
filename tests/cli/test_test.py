"""`convo test` holds the chats of flows/tests, and tells what was never walked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from convo.cli.test import difference
from tests.cli.conftest import Convo

FLOW = Path(__file__).parent.parent / "flows" / "visit.yaml"
ACTION = """
from convo import Call, action

@action("calendar.book")
async def book(call: Call) -> None:
    \"\"\"Must not be called by a test.\"\"\"
    raise SystemExit
"""
GOOD = "# they book\n> visit\n< What can we do for you?\n< 1 Haircut\n< 2 Colour\n> 1\n< When?\n"
BAD = (
    "# they wait\n> visit\n< What may we do for you?\n< 1 Haircut\n"
    "~ 10m\n= visit: waiting at menu\n"
)


@pytest.fixture
def salon(shop: Path) -> Path:
    """A business with one more flow and no chats but ours."""
    (shop / "flows" / "visit.yaml").write_text(FLOW.read_text("utf-8"), "utf-8")
    (shop / "keyword_handlers" / "calendar.py").write_text(ACTION, "utf-8")
    for chat in (shop / "flows" / "tests").glob("*.chat"):
        chat.unlink()
    return shop


def write(salon: Path, **chats: str) -> None:
    for name, text in chats.items():
        (salon / "flows" / "tests" / f"{name}.chat").write_text(text, "utf-8")


def test_the_chats_of_a_new_business_pass(convo: Convo, shop: Path) -> None:
    answer = convo("-C", shop, "test")
    assert answer.exit_code == 0
    assert "1 chat passed, 0 failed" in answer.output


def test_chats_that_pass_are_counted_and_what_was_never_walked_is_told(
    convo: Convo, salon: Path
) -> None:
    write(salon, a=GOOD, b=GOOD)
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 0
    assert "flows/tests/a.chat ✓\nflows/tests/b.chat ✓\n" in answer.output
    assert "visit  2 of 9 steps, 1 of 14 ways" in answer.output
    assert "never came to: book, booked" in answer.output
    assert "menu: silent:2 -> let_go" in answer.output
    assert answer.output.endswith("2 chats passed, 0 failed\n")


def test_a_failure_is_told_with_its_place_and_its_difference(convo: Convo, salon: Path) -> None:
    write(salon, a=f"{GOOD}\n{BAD}")
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 1
    assert "flows/tests/a.chat:11: they wait\n    We say something else." in answer.output
    assert "      - What may we do for you?\n      + What can we do for you?\n" in answer.output
    assert "        1 Haircut\n      + 2 Colour\n" in answer.output
    assert "1 chat passed, 1 failed" in answer.output


def test_a_missing_answer_says_which_line_to_add(convo: Convo, salon: Path) -> None:
    write(salon, a=f"{GOOD}> tomorrow 3pm\n< One moment.\n")
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 1
    assert "Write `! calendar.book -> ok` below line 8." in answer.output
    assert "> tomorrow 3pm" in answer.output


def test_accepting_writes_what_was_said_and_then_it_passes(convo: Convo, salon: Path) -> None:
    write(salon, a=f"{GOOD}\n{BAD}")
    answer = convo("-C", salon, "test", "--accept")
    assert answer.exit_code == 0
    assert "flows/tests/a.chat: 1 chat written anew." in answer.output
    written = (salon / "flows" / "tests" / "a.chat").read_text("utf-8")
    assert written == f"{GOOD}\n" + (
        "# they wait\n> visit\n< What can we do for you?\n< 1 Haircut\n< 2 Colour\n"
        "~ 10m\n< Still there?\n= visit: waiting at menu\n"
    )
    assert convo("-C", salon, "test").exit_code == 0


def test_what_cannot_be_accepted_is_left_as_it_is(convo: Convo, salon: Path) -> None:
    source = GOOD.replace("When?", "Wann?") + "= visit: ended\n"
    write(salon, a=source)
    answer = convo("-C", salon, "test", "--accept")
    assert answer.exit_code == 1
    assert (salon / "flows" / "tests" / "a.chat").read_text("utf-8") == source


def test_only_what_is_asked_for_is_held(convo: Convo, salon: Path) -> None:
    write(salon, a=GOOD, b=BAD)
    for words in (["-k", "BOOK"], ["flows/tests/a.chat"], ["flows/tests", "-k", "a.chat"]):
        answer = convo("-C", salon, "test", *words)
        assert answer.exit_code == 0
        assert answer.output.endswith("1 chat passed, 0 failed\n")
        assert "never" not in answer.output


def test_a_program_gets_json(convo: Convo, salon: Path) -> None:
    write(salon, a=f"{GOOD}\n{BAD}")
    answer = convo("-C", salon, "test", "--json")
    assert answer.exit_code == 1
    told = json.loads(answer.output)
    assert (told["passed"], told["failed"]) == (1, 1)
    assert [chat["passed"] for chat in told["chats"]] == [True, False]
    assert told["chats"][1]["failures"][0]["line"] == 11
    assert {flow["flow"] for flow in told["flows"]} == {"hello", "visit"}


def test_a_path_without_chats_is_a_wrong_call(convo: Convo, salon: Path) -> None:
    answer = convo("-C", salon, "test", "nowhere")
    assert answer.exit_code == 2
    assert "nowhere: there is no chat file here." in answer.output


def test_no_chats_at_all_is_said(convo: Convo, salon: Path) -> None:
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 0
    assert "There are no chats yet." in answer.output


def test_mistakes_in_chat_files_are_told_like_those_in_flows(convo: Convo, salon: Path) -> None:
    write(salon, a="> x\nHello\n", b="~ later\n")
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 1
    assert "flows/tests/a.chat:2:1: A line begins with one of" in answer.output
    assert "flows/tests/b.chat:1:1: " in answer.output


def test_a_file_that_is_not_utf_8_is_told(convo: Convo, salon: Path) -> None:
    (salon / "flows" / "tests" / "a.chat").write_bytes(b"> \xff\n")
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 1
    assert "it is not UTF-8" in answer.output


def test_a_mistake_in_a_flow_is_told_before_any_chat_is_held(convo: Convo, salon: Path) -> None:
    write(salon, a=GOOD)
    (salon / "flows" / "visit.yaml").write_text("flow: visit\n", "utf-8")
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 1
    assert "flows/visit.yaml:" in answer.output


def test_a_keyword_that_fails_is_told_with_its_line(convo: Convo, salon: Path) -> None:
    (salon / "keyword_handlers" / "boom.py").write_text(
        'from convo import Call, keyword\n\n@keyword("boom")\n'
        'async def boom(call: Call) -> None:\n    """Fails."""\n    raise KeyError\n',
        "utf-8",
    )
    write(salon, a="> boom\n< Bang\n")
    answer = convo("-C", salon, "test")
    assert answer.exit_code == 1
    assert "keyword_handlers/boom.py" in answer.output
    assert "KeyError" in answer.output


def test_a_difference_keeps_what_is_the_same() -> None:
    told = [line for line, _ in difference(("a", "b", "d"), ("a", "c", "d"))]
    assert told == ["  a", "- b", "+ c", "  d"]


def test_neither_the_web_nor_a_client_is_loaded_for_it(salon: Path) -> None:
    write(salon, a=GOOD)
    script = (
        "import sys\nfrom convo.cli import main\n"
        "main(['test'], standalone_mode=False)\n"
        "print({'httpx', 'aiohttp', 'starlette', 'uvicorn', 'redis'} & set(sys.modules))\n"
    )
    root = Path(__file__).parent.parent.parent
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=salon,
        env={"PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.endswith("set()\n")
