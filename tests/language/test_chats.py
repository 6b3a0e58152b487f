"""A chat file is read line by line, and its lines are written back as they were meant."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from convo.language.chat_reading import read_chats
from convo.language.chats import (
    Asking,
    Deed,
    Duplicate,
    From,
    GivenBack,
    Now,
    OnChannel,
    Passing,
    Pictured,
    Reported,
    Restart,
    Speaking,
    Standing,
    Written,
    answer_words,
    deed_line,
    lines_of,
    read_answer,
    rewritten,
    said_on,
)

PICTURES = ("https://a.example/1", "https://a.example/2")
DEEDS: list[tuple[str, Deed]] = [
    ("> book a visit", Written(text="book a visit")),
    ("~ 1d 2h", Passing(length=timedelta(hours=26))),
    ("% picture https://a.example/1 https://a.example/2", Pictured(links=PICTURES)),
    ("% duplicate", Duplicate()),
    ("% restart", Restart()),
    ("% back", GivenBack()),
    ("% report delivered", Reported(status="delivered")),
    ("@ now 2026-11-22 10:00", Now(at=datetime(2026, 11, 22, 10, 0))),
    ("@ zh", Speaking(language="zh")),
    ("@ from +8613800138000", From(phone=PhoneNumber("+8613800138000"))),
    ("@ channel sms", OnChannel(name="sms")),
    ("@ request visit.requested", Asking(name="visit.requested")),
    ('@ request visit {"service": "cut"}', Asking(name="visit", answers={"service": "cut"})),
]

WRONG: list[tuple[str, str]] = [
    ("Hello", "begins with one of"),
    ("< Hello", "Nothing has happened yet"),
    ("= nothing", "Nothing has happened yet"),
    ("! a.b -> ok", "Nothing has happened yet"),
    ("> a\n! calendar.book ok", "what is answered"),
    ("> a\n= booking at day", "where a session stands"),
    ("~ later", "not a length of time"),
    ("~ 2 months", "count in days"),
    ("% restrt", 'Did you mean "restart"'),
    ("% picture", "A picture is its link"),
    ("% picture roof.jpg", "A picture is its link"),
    ("% restart now", "Nothing may follow"),
    ("% report lost", "A report says one of"),
    ("@ now tomorrow", "A time is written like"),
    ("@ now 2026-13-22 10:00", "A time is written like"),
    ("> a\n@ now 2026-11-22 10:00", "before anything happens"),
    ("@ frm +123", 'Did you mean "from"'),
    ("@ from 12", "7 to 15 digits"),
    ("@ channel a-b", "A channel is named like"),
    ("@ request", "Say what is asked for"),
    ("@ request a {x}", "not JSON"),
    ("@ request a [1]", "JSON object"),
    ("# nothing here", "no conversation"),
    ("", "no conversation"),
]


@pytest.mark.parametrize(("line", "deed"), DEEDS)
def test_a_line_is_read_and_written_back(line: str, deed: Deed) -> None:
    (chat,) = read_chats(line, "a.chat")
    assert [moment.deed for moment in chat.moments] == [deed]
    assert deed_line(deed) == line


@pytest.mark.parametrize(("source", "what"), WRONG)
def test_a_wrong_line_is_told_with_its_mend(source: str, what: str) -> None:
    with pytest.raises(FlowErrors) as told:
        read_chats(source, "flows/tests/a.chat")
    assert what in str(told.value)
    assert str(told.value).startswith("flows/tests/a.chat:")


def test_every_wrong_line_is_told_at_once_with_its_number() -> None:
    with pytest.raises(FlowErrors) as told:
        read_chats("> a\nHello\n~ later\n", "a.chat")
    assert [problem.place.line for problem in told.value.problems] == [2, 3]


def test_a_title_after_an_empty_line_begins_a_chat_and_other_marks_are_comments() -> None:
    source = "# one\n# about it\n> a\n# here\n< b\n\n# two\n> c\n\n> d\n"
    one, two = read_chats(source, "a.chat")
    assert (one.title, one.line, len(one.moments)) == ("one", 1, 1)
    assert (two.title, two.line, len(two.moments)) == ("two", 7, 2)


def test_a_chat_without_a_title_is_called_by_its_line() -> None:
    (chat,) = read_chats("\n> a\n", "a.chat")
    assert chat.title == "line 2"


def test_a_moment_has_what_is_pretended_said_and_stood_at() -> None:
    source = '> y\n! a.b -> {"visit": 7}\n< one\n<\n< two\n= f: waiting at s\n= g: ended kept\n'
    (moment,) = read_chats(source, "a.chat")[0].moments
    assert moment.said == ((3, "one"), (4, ""), (5, "two"))
    assert (moment.pretended[0].name, moment.pretended[0].value) == ("a.b", {"visit": 7})
    assert moment.standings == (
        Standing(line=6, flow="f", step="s"),
        Standing(line=7, flow="g", outcome="kept"),
    )


def test_an_answer_behind_what_was_said_is_a_moment_of_its_own() -> None:
    first, second = read_chats("> y\n< one\n! a.b -> ok\n< two\n", "a.chat")[0].moments
    assert first.said == ((2, "one"),)
    assert second.deed is None
    assert second.said == ((4, "two"),)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ok", ("ok", "")),
        ("7", (7, "")),
        ('{"visit": 7}', ({"visit": 7}, "")),
        ("null", (None, "")),
        ("failed: no room", (None, "no room")),
        ("failed", (None, "failed")),
    ],
)
def test_an_answer_is_json_or_a_failure_or_a_text(text: str, answer: object) -> None:
    assert read_answer(text) == answer
    assert answer_words(*read_answer(text)) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_any_answer_is_read_back_from_one_line(value: object) -> None:
    written = answer_words(value, "")
    assert len(written.split("\n")) == 1
    assert read_answer(written) == (value, "")


def test_what_was_said_is_written_where_it_belongs() -> None:
    source = "# a\n> x\n# why\n< old\n< older\n= nothing\n> y\n! a.b -> ok\n> z\n< gone\n"
    (chat,) = read_chats(source, "a.chat")
    spoken = {2: ["new\nlines"], 7: ["answered"], 9: []}
    assert rewritten(source, spoken, chat.moments) == (
        "# a\n> x\n# why\n< new\n< lines\n= nothing\n> y\n! a.b -> ok\n< answered\n> z\n"
    )


def test_what_is_said_on_another_channel_is_marked_and_written_back() -> None:
    source = "> y\n<@mail The menu\n<@mail of today\n< @mail is no channel\n"
    (moment,) = read_chats(source, "a.chat")[0].moments
    texts = [said_on("mail", "The menu\nof today"), "@mail is no channel"]
    assert [text for _, text in moment.said] == [*lines_of(texts)]
    assert rewritten("> y\n< x\n", {1: texts}, read_chats("> y\n< x\n", "a")[0].moments) == source
