"""Whole conversations through Debian's Kannel: phone, gateway, `convo run`, and back."""

import sqlite3
from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.end_to_end import kannel
from tests.end_to_end.handsets import OURS, Handset, Handsets
from tests.end_to_end.kannel import HOW_TO, Gateway, free_ports, replaced
from tests.end_to_end.serving import Serving, shown, written

ZONE = ZoneInfo("Asia/Shanghai")

PARROT = """\
flow: parrot
about: Says what it is told, however long
start: {words: [parrot, 鹦鹉]}
answers: {phrase: text}
expires: {after: 1h, go: end}
steps:
  listen:
    ask: {en: What shall I say?, zh: 要我说什么？}
    expect: text
    save: phrase
  talk:
    say: "{{ phrase }}"
    go: end
"""

LATER = """\
flow: later
about: Speaks twice by itself, a while after it was asked to
start: {words: [later]}
expires: {after: 1h, go: end}
steps:
  soon: {say: You will hear from me twice.}
  pause: {wait: 2s}
  first: {say: This is the first.}
  breath: {wait: 1s}
  second: {say: This is the second.}
  done: {end: told}
"""

MENU = "Hello! What can we do for you?\n1 Haircut\n2 Colour\n3 Talk to us"
DAY = 'Which day and time? For example "tomorrow 3pm".'
MENU_ZH = "您好！请问需要什么服务？\n1 剪发\n2 染发\n3 人工客服"
DAY_ZH = "您想约什么时间？例如“明天下午三点”。"
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class Stage:
    """A business behind a gateway, and the phones of its customers."""

    def __init__(self, folder: Path) -> None:
        (port,) = free_ports(1)
        self.gateway = Gateway(folder / "gateway", convo=port)
        channel = replaced(shown(HOW_TO, "toml"), ("13013", str(self.gateway.sendsms)))
        assert OURS in channel
        tables = f'\n[server]\nbind = "127.0.0.1:{port}"\n\n{channel}'
        written(folder / "salon", tables, {"parrot": PARROT, "later": LATER})
        secrets = {"KANNEL_PASSWORD": kannel.PASSWORD, "KANNEL_PATH_TOKEN": kannel.TOKEN}
        self.convo = Serving(folder / "salon", secrets)
        self.handsets = Handsets(self.gateway.carrier, folder / "fakesmsc.log")

    def phone(self, number: str) -> Handset:
        """Each test takes numbers of its own: the loop guard counts texts to a number."""
        return Handset(self.handsets, number)

    def start(self) -> None:
        self.gateway.start()
        self.handsets.connect()
        self.convo.start()

    def stop(self) -> None:
        self.handsets.disconnect()
        self.gateway.stop()
        self.convo.kill()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("kannel"))
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()


def tomorrow() -> tuple[tuple[str, str], ...]:
    """Tomorrow in English and Chinese; today's as well, for midnight may pass before the answer."""
    days = [datetime.now(ZONE) + timedelta(days=days) for days in (1, 2)]
    return tuple(
        (f"{day:%a} {day.day} {day:%b}", f"{day.month}月{day.day}日{WEEKDAYS_ZH[day.weekday()]}")
        for day in days
    )


def asked(days: tuple[tuple[str, str], ...], hour: int) -> dict[str, str]:
    """The question whether a haircut at `hour` is right -> how its time is called."""
    whens = [f"{day}, {hour}:00 pm" for day, _ in days]
    sure = "Haircut on {}. Reply YES to book it or NO to change the time."
    return {sure.format(when): when for when in whens}


def books(phone: Handset, hour: int) -> str:
    """The booking up to its confirmation; how its time is called. An hour is given only once."""
    phone.says("book")
    phone.hears(MENU)
    phone.says("1")
    phone.hears(DAY)
    questions = asked(tomorrow(), hour)
    phone.says(f"tomorrow {hour}pm")
    return questions[phone.hears(*questions)]


def test_a_visit_is_booked_in_english_and_every_text_is_reported_delivered(stage: Stage) -> None:
    phone = stage.phone("+447400123401")
    when = books(phone, 4)
    phone.says("YES")
    phone.hears(f"Booked! See you on {when}. To move it, text CHANGE.")
    stage.convo.waits_for_statuses(phone.number, *["delivered"] * 4)


def test_a_visit_is_booked_in_chinese_and_every_text_is_reported_delivered(stage: Stage) -> None:
    phone = stage.phone("+8613800138001")
    phone.says("预约")
    phone.hears(MENU_ZH)
    phone.says("二")
    phone.hears(DAY_ZH)
    whens = [f"{day} 下午3:00" for _, day in tomorrow()]
    phone.says("明天下午三点")
    questions = {f"染发，{when}。确认请回复“是”，换时间请回复“否”。": when for when in whens}
    when = questions[phone.hears(*questions)]
    phone.says("是")
    phone.hears(f"预约成功！{when}见。如需改期请回复“改期”。")
    stage.convo.waits_for_statuses(phone.number, *["delivered"] * 4)


def test_a_long_text_comes_in_joined_and_goes_out_in_parts(stage: Stage) -> None:
    phone = stage.phone("+447400123402")
    phone.says("parrot")
    phone.hears("What shall I say?")
    first = "Peter Piper picked a peck of pickled peppers, 100% of them; " * 2
    second = "a + b = c, and where is the peck that Peter Piper picked?"
    phone.says_in_parts(first, second)
    phone.hears(first + second)
    stage.convo.waits_for(
        "SELECT parts, status FROM message WHERE contact = ? ORDER BY seq",
        [phone.number],
        [(1, "delivered"), (2, "delivered")],
    )


def test_a_long_chinese_text_goes_out_in_parts(stage: Stage) -> None:
    phone = stage.phone("+8613800138002")
    phone.says("鹦鹉")
    phone.hears("要我说什么？")
    poem = "床前明月光，疑是地上霜。举头望明月，低头思故乡。" * 5 + "☺ 100% a+b"
    phone.says(poem)
    phone.hears(poem)
    stage.convo.waits_for(
        "SELECT parts, status FROM message WHERE contact = ? ORDER BY seq",
        [phone.number],
        [(1, "delivered"), (2, "delivered")],
    )


@pytest.mark.parametrize(
    ("number", "hello", "menu", "word", "farewell", "back", "welcome"),
    [
        (
            "+447400123403",
            "book",
            MENU,
            "STOP",
            "Salon Mei: you will get no more texts from us. Reply START to undo.",
            "START",
            "Salon Mei: welcome back, you will get our texts again. Reply STOP to end.",
        ),
        (
            "+8613800138003",
            "预约",
            MENU_ZH,
            "退订",
            "Salon Mei：已为您退订，不会再向您发送短信。如需恢复请回复 START。",
            "恢复订阅",
            "Salon Mei：欢迎回来，已恢复向您发送短信。退订请回复“退订”。",
        ),
    ],
    ids=["english", "chinese"],
)
def test_a_stop_is_confirmed_once_and_then_there_is_silence(
    stage: Stage,
    number: str,
    hello: str,
    menu: str,
    word: str,
    farewell: str,
    back: str,
    welcome: str,
) -> None:
    phone = stage.phone(number)
    phone.says(hello)
    phone.hears(menu)
    phone.says(word)
    phone.hears(farewell)
    for unanswered in (word, "1"):
        phone.says(unanswered)
        phone.hears_nothing()
    stage.convo.waits_for_statuses(number, "delivered", "delivered")
    phone.says(back)
    phone.hears(welcome)


def test_a_restart_in_the_middle_loses_nothing(stage: Stage) -> None:
    phone = stage.phone("+447400123404")
    phone.says("book")
    phone.hears(MENU)
    phone.says("1")
    phone.hears(DAY)
    questions = asked(tomorrow(), 5)
    stage.convo.stop()
    phone.says("tomorrow 5pm")  # nobody is there: Kannel keeps it
    phone.hears_nothing()
    stage.convo.start()
    when = questions[phone.hears(*questions)]
    phone.says("yes")
    phone.hears(f"Booked! See you on {when}. To move it, text CHANGE.")
    phone.hears_nothing()
    stage.convo.waits_for_statuses(phone.number, *["delivered"] * 4)


def test_what_comes_due_while_the_gateway_is_away_arrives_later_in_order(stage: Stage) -> None:
    phone = stage.phone("+447400123405")
    phone.says("later")
    phone.hears("You will hear from me twice.")
    stage.convo.waits_for_statuses(phone.number, "delivered")
    stage.handsets.disconnect()
    stage.gateway.stop()
    tried = "SELECT count(*) FROM message WHERE contact = ? AND tries > 0"
    stage.convo.waits_for(tried, [phone.number], [(1,)])
    stage.gateway.start()
    stage.handsets.connect()
    phone.hears("This is the first.")
    phone.hears("This is the second.")
    phone.hears_nothing()
    stage.convo.waits_for_statuses(phone.number, *["delivered"] * 3)


def test_while_the_carrier_is_away_kannel_keeps_the_text(stage: Stage) -> None:
    phone = stage.phone("+447400123406")
    phone.says("later")
    phone.hears("You will hear from me twice.")
    stage.convo.waits_for_statuses(phone.number, "delivered")
    stage.handsets.disconnect()
    stage.convo.waits_for_statuses(phone.number, "delivered", "queued", "queued")
    stage.handsets.connect()
    phone.hears("This is the first.")
    phone.hears("This is the second.")
    stage.convo.waits_for_statuses(phone.number, *["delivered"] * 3)


def test_the_visits_are_in_the_calendar_and_no_number_is_in_a_log(stage: Stage) -> None:
    phone = stage.phone("+447400123407")
    books(phone, 6)
    phone.says("y")
    stage.convo.waits_for_statuses(phone.number, *["delivered"] * 4)
    calendar = sqlite3.connect(stage.convo.folder / "data" / "calendar.db")
    visits = calendar.execute("SELECT contact FROM visit").fetchall()
    calendar.close()
    assert (phone.number,) in visits
    log = stage.convo.log.read_text("utf-8")
    assert phone.number[1:] not in log
    assert kannel.TOKEN not in log
    assert "Traceback" not in log
