"""`convo chat` talks to a flow, lets time pass, and saves what was said as a test."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from convo.cli import main
from convo.cli.telling import beside, wrapped
from tests.cli.conftest import Convo

FLOW = Path(__file__).parent.parent / "flows" / "visit.yaml"
ACTION = """
from convo import Call, action

@action("calendar.book")
async def book(call: Call) -> int:
    \"\"\"Counts the letters.\"\"\"
    return len(str(call.given["service"]))
"""
AT = ("--now", "2026-11-22 10:00")
MENU = ["< What can we do for you?", "< 1 Haircut", "< 2 Colour"]


@pytest.fixture
def salon(shop: Path) -> Path:
    (shop / "flows" / "visit.yaml").write_text(FLOW.read_text("utf-8"), "utf-8")
    (shop / "keyword_handlers" / "calendar.py").write_text(ACTION, "utf-8")
    settings = shop / "convo.toml"
    known = settings.read_text("utf-8")
    settings.write_text(known.replace('languages = ["en"]', 'languages = ["en", "zh"]'), "utf-8")
    return shop


def say(convo: Convo, salon: Path, *lines: str, more: Sequence[str] = ()) -> Result:
    told = [word for line in lines for word in ("--say", line)]
    return convo("-C", salon, "chat", "visit", *AT, *more, *told)


def piped(salon: Path, text: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(salon), "chat", *words], input=text)


def test_what_is_said_comes_out_as_a_chat(convo: Convo, salon: Path) -> None:
    answer = say(convo, salon, "visit", "1")
    assert answer.exit_code == 0
    assert answer.output.splitlines() == ["> visit", *MENU, "> 1", "< When?"]


def test_lines_may_be_piped_in(salon: Path) -> None:
    answer = piped(salon, "visit\n\n1\n")
    assert answer.output.splitlines() == ["> visit", *MENU, "> 1", "< When?"]


def test_a_flow_is_begun_without_a_word(convo: Convo, salon: Path) -> None:
    answer = say(convo, salon, "/start")
    assert answer.output.splitlines() == ["@ request visit", *MENU]


def test_time_passes_as_long_as_one_says_or_until_something_happens(
    convo: Convo, salon: Path
) -> None:
    answer = say(convo, salon, "visit", "/wait", "/wait 5m", "/wait")
    assert answer.output.splitlines()[4:] == [
        "~ 10m",
        "< Still there?",
        "~ 5m",
        "~ 5m",
        "< Are you asleep?",
    ]


def test_actions_run_for_real_unless_one_pretends(convo: Convo, salon: Path) -> None:
    lines = ("visit", "1", "tomorrow 3pm")
    real = say(convo, salon, *lines).output.splitlines()
    assert real[-3:] == ["! calendar.book -> 3", "< One moment.", "< Booked, number 3."]
    pretended = say(convo, salon, *lines, "77", more=["--pretend"]).output.splitlines()
    assert pretended[-3:] == ["! calendar.book -> 77", "< One moment.", "< Booked, number 77."]
    failed = say(convo, salon, *lines, "failed: full", more=["--pretend"]).output.splitlines()
    assert failed[-3:] == ["! calendar.book -> failed: full", "< One moment.", "< We are full."]


def test_an_action_that_fails_is_told_with_its_line(convo: Convo, salon: Path) -> None:
    handler = salon / "keyword_handlers" / "calendar.py"
    handler.write_text(ACTION.replace("return len", "raise LookupError #"), "utf-8")
    answer = say(convo, salon, "visit", "1", "tomorrow 3pm")
    assert "! calendar.book -> failed: LookupError" in answer.stdout
    assert "keyword_handlers/calendar.py" in answer.stderr


def test_what_is_saved_passes_as_a_test(convo: Convo, salon: Path) -> None:
    lines = (
        "/lang zh",
        "预约",
        "/as +8613800138000",
        "visit",
        "/wait",
        "2",
        "明天下午三点",
        "/wait",
        "/picture https://pictures.example/roof.jpg",
    )
    answer = say(convo, salon, *lines, "/save first they come")
    assert answer.exit_code == 0, answer.output
    assert say(convo, salon, "hours", "visit", "STOP", "/save first and go").exit_code == 0
    saved = (salon / "flows" / "tests" / "first.chat").read_text("utf-8")
    assert saved.startswith("# they come\n@ now 2026-11-22 10:00\n@ zh\n> 预约\n< 需要")
    assert "\n% picture https://pictures.example/roof.jpg\n" in saved
    assert "\n\n# and go\n@ now" in saved
    assert saved.endswith("= visit: ended stopped\n")
    answer = convo("-C", salon, "test", "flows/tests/first.chat")
    assert answer.output.endswith("2 chats passed, 0 failed\n"), answer.output


def test_a_saved_chat_fails_once_the_flow_says_something_else(convo: Convo, salon: Path) -> None:
    say(convo, salon, "visit", "1", "/save first")
    flow = salon / "flows" / "visit.yaml"
    flow.write_text(flow.read_text("utf-8").replace("ask: When?", "ask: And when?"), "utf-8")
    assert convo("-C", salon, "test", "-k", "first").exit_code == 1


def test_nothing_is_saved_when_nothing_happened_or_the_name_is_none(
    convo: Convo, salon: Path
) -> None:
    answer = say(convo, salon, "/save first")
    assert answer.exit_code == 1
    assert "Nothing has happened yet" in answer.output
    assert "Name it with letters" in say(convo, salon, "visit", "/save ../x").output
    assert not (salon / "flows" / "tests" / "first.chat").exists()


def test_why_and_state_are_told_in_words(convo: Convo, salon: Path) -> None:
    answer = say(convo, salon, "visit", "1", "/why", "/state")
    assert 'They wrote "1" on main.' in answer.output
    assert "Routed at level 3: it is for the open question." in answer.output
    assert "visit: from menu by next to day." in answer.output
    assert 'answer     service = "cut"' in answer.output
    assert "visit: waiting at day" in answer.output
    assert "something happens in 2h" in answer.output


def test_a_time_is_told_as_texts_show_it(convo: Convo, salon: Path) -> None:
    answer = say(convo, salon, "visit", "1", "tomorrow 3pm", "/state")
    assert "  answer     when = Mon 23 Nov, 3:00 pm\n" in answer.output


def test_words_stand_in_a_column_of_their_own() -> None:
    told = list(beside("  /wait  ", "let time pass, or until something happens", 30))
    assert told == [
        "  /wait  let time pass, or",
        "         until something",
        "         happens",
    ]


def test_json_tells_everything(convo: Convo, salon: Path) -> None:
    answer = say(convo, salon, "visit", "/why", "/help", "/wait 3h", more=["--json"])
    assert "Routed at level 4" in answer.stderr
    told = json.loads(answer.stdout)
    assert told[0]["lines"] == ["> visit"]
    assert told[0]["said"][0]["parts"] == 1
    assert told[0]["where"] == [{"flow": "visit", "step": "menu"}]
    assert told[1]["ended"] == [{"flow": "visit", "outcome": "lapsed"}]
    assert [said["text"] for said in told[1]["said"]] == ["Still there?", "Are you asleep?"]


def test_a_beginning_anew_reads_the_files_again(salon: Path, convo: Convo) -> None:
    answer = say(convo, salon, "visit", "/restart", "/state", "/words")
    assert "Begun again." in answer.output
    assert "session    none" in answer.output
    assert "visit   预约" in answer.output


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("/nonsense", "There is no /nonsense"),
        ("/wait a while", "not a length of time"),
        ("/wait", "Nothing will happen by itself"),
        ("/as 12", "no number to text from"),
        ("/lang fr", "does not speak"),
        ("/channel x", "There is no channel"),
        ("/picture roof.jpg", "A picture is its link"),
        ("/start vist", 'Did you mean "visit"'),
    ],
)
def test_a_wrong_command_is_told_and_fails_a_script(
    convo: Convo, salon: Path, line: str, what: str
) -> None:
    answer = say(convo, salon, line)
    assert answer.exit_code == 1
    assert what in answer.output


def test_help_names_every_command(convo: Convo, salon: Path) -> None:
    from convo.cli.talk import COMMANDS

    answer = say(convo, salon, "/help", "/quit", "visit")
    assert all(command in answer.output for command in COMMANDS)
    assert "> visit" not in answer.output


def test_a_flow_that_is_not_there_is_told_with_the_nearest(convo: Convo, salon: Path) -> None:
    answer = convo("-C", salon, "chat", "vist", "--say", "x")
    assert answer.exit_code == 2
    assert 'Did you mean "visit"?' in answer.output


def test_a_broken_flow_is_shown_as_by_check(convo: Convo, salon: Path) -> None:
    flow = salon / "flows" / "visit.yaml"
    flow.write_text(flow.read_text("utf-8").replace("go: kept", "go: kpt"), "utf-8")
    answer = convo("-C", salon, "chat", "flows/visit.yaml", "--say", "visit")
    assert answer.exit_code == 1
    assert "flows/visit.yaml:" in answer.output
    assert 'Did you mean "kept"?' in answer.output


def test_a_flow_can_be_talked_to_while_another_is_broken(convo: Convo, salon: Path) -> None:
    (salon / "flows" / "hello.yaml").write_text("flow: hello\n", "utf-8")
    answer = convo("-C", salon, "chat", "visit", "--say", "visit")
    assert answer.exit_code == 0
    assert "only this flow is loaded" in answer.output
    assert "< 1 Haircut" in answer.output
    assert convo("-C", salon, "chat", "--say", "visit").exit_code == 1


def test_a_flow_from_elsewhere_can_be_talked_to(convo: Convo, salon: Path, tmp_path: Path) -> None:
    text = FLOW.read_text("utf-8").replace("flow: visit", "flow: draft")
    text = text.replace("[visit, 预约]", "[draft]").replace("visit.requested", "draft.asked")
    (tmp_path / "draft.yaml").write_text(text, "utf-8")
    answer = convo("-C", salon, "chat", str(tmp_path / "draft.yaml"), "--say", "draft")
    assert answer.output.splitlines() == ["> draft", *MENU]


def test_a_clock_that_is_none_is_a_wrong_call(convo: Convo, salon: Path) -> None:
    answer = convo("-C", salon, "chat", "visit", "--now", "noon", "--say", "x")
    assert answer.exit_code == 2
    assert "--now" in answer.output


def test_at_the_keyboard_replies_are_bubbles(
    salon: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from convo.cli.chat import playbook_for
    from convo.cli.talk import Talk
    from convo.wiring.authored import settings_in

    monkeypatch.chdir(salon)
    settings = settings_in(salon)
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(
            "visit\r1\r/lang zh\r/wait\rtomorrow 3pm\rvisit\r1\rtomorrow 3pm\r7\r/quit\r"
        )
        talk = Talk(
            load=lambda: playbook_for(settings, "visit"),
            settings=settings,
            flow="visit",
            start=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
            pretends=True,
            tells="bubbles",
        )
        assert asyncio.run(talk.hold(None)) is False
    told = capsys.readouterr().out
    assert "You talk to visit of" in told
    assert "  ┃ 1 Haircut" in told
    assert "1 part, GSM-7 · visit: waiting at menu" in told
    assert "You are known to speak zh now." in told
    assert "2h later: Sun 22 Nov, 12:00" in told
    assert "nothing is said · visit: ended lapsed" in told
    assert "calendar.book is asked for with service cut, at 2026-11-23T15:00:00" in told
    assert "Booked, number 7." in told


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("abcdefghij", ["abcdefgh", "ij"]),
        ("您好您好您", ["您好您好", "您"]),
        ("", [""]),
    ],
)
def test_a_long_line_is_broken_to_fit(text: str, lines: list[str]) -> None:
    assert list(wrapped(text, 8)) == lines
