"""Quiet hours, windows, holidays and caps of convo.toml, and every mistake in them."""

from datetime import date
from pathlib import Path

import pytest

from convo.core.business import Cap, Caps, Move
from convo.core.hours import Hours, Span, daily
from convo.errors import SettingsError
from convo.settings import Settings, read
from convo.settings.holidays import BadHolidays, missing_years, read_calendar
from convo.wiring.brands import OFFERED
from tests.cli.conftest import Convo, convo, free_port, shop

__all__ = ["convo", "free_port", "shop"]

HEAD = """
[business]
name = "Salon Mei"
zone = "Asia/Shanghai"
country = "CN"
languages = ["en", "zh"]

[channels.main]
provider = "console"
path_token = "terminal-of-the-example-business"

[contact]
tier = "text"
born = "date"
"""
SHIPPED = Path("convo/cli/templates/every/zh/holidays")


def settings(folder: Path, more: str) -> Settings:
    (folder / "convo.toml").write_text(HEAD + more, "utf-8")
    return read(folder, OFFERED, {})


def complaint(folder: Path, more: str) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(folder, more)
    (problem,) = caught.value.problems
    return problem


def test_quiet_hours_may_be_of_one_span_of_several_or_by_days(tmp_path: Path) -> None:
    quiet = settings(
        tmp_path,
        """
[quiet]
service = "8:00-21:30"
replies = "6:00-24:00"
otp = "9:00-12:00, 14:00-18:00"
[quiet.marketing]
mon-sat = "9:00-20:00"
sun = "12:00-20:00"
""",
    ).business.quiet
    assert quiet["service"] == daily(480, 1290)
    assert quiet["replies"] == daily(360, 1440)
    assert quiet["otp"].week == ((Span(opens=540, closes=720), Span(opens=840, closes=1080)),) * 7
    noon, nine = (Span(opens=720, closes=1200),), (Span(opens=540, closes=1200),)
    assert quiet["marketing"] == Hours(week=(*(nine,) * 6, noon))


def test_a_window_is_hours_on_days(tmp_path: Path) -> None:
    windows = settings(
        tmp_path, '[windows.office]\nhours = "11:30-13:00"\ndays = "fri-mon"\n'
    ).business.windows
    lunch = (Span(opens=690, closes=780),)
    assert windows["office"].week == (lunch, (), (), (), lunch, lunch, lunch)


def test_caps_are_tiers_with_a_field_that_names_them(tmp_path: Path) -> None:
    caps = settings(
        tmp_path,
        '[caps]\nfield = "tier"\nhigh = "2 per week"\nnormal = "1 per 10 days"\n',
    ).business.caps
    assert caps == Caps(
        tiers={
            "high": Cap(most=2, days=7, written="2 per week"),
            "normal": Cap(most=1, days=10, written="1 per 10 days"),
        },
        field="tier",
        usual="normal",
        when_full="refuse",
    )


def test_signals_move_contacts_to_tiers_and_some_want_to_hear_nothing(tmp_path: Path) -> None:
    caps = settings(
        tmp_path,
        '[caps]\nnormal = "2 per week"\nnone = "never"\n'
        '[caps.signals]\nunanswered = {touches = 3, tier = "none"}\n'
        'complaint = {tag = "angry", tier = "none"}\n',
    ).business.caps
    assert caps is not None
    assert caps.tiers["none"].most == 0
    assert caps.signals == {
        "unanswered": Move(tier="none", touches=3),
        "complaint": Move(tier="none", tag="angry"),
    }


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[quiet]\nservice = "9-5"', '"9-5" is no span of hours. Write it like "9:00-20:00".'),
        ('[quiet]\nservice = "12:00-13:00, 9:00-10:00"', "Write its spans in their order, apart."),
        ("[quiet]\nservice = {}", "or hours by days, like"),
        ("[quiet]\nservice = 9", "or hours by days, like"),
        ('[quiet.service]\nmonday = "9:00-10:00"', '"monday" is no day. Write days like "mon-fri"'),
        (
            '[quiet.service]\nmon-fri = "9:00-10:00"\nfri = "9:00-10:00"',
            'it names "fri" twice. One must go.',
        ),
        ('[windows.a]\nhours = "9:00-10:00"\ndays = "weekdays"', '"weekdays" is no day.'),
        ('[windows.a]\ndays = "mon"', "windows.a.hours: it is missing."),
        (
            '[windows.a]\nhours = "9:00-10:00"\ndays = "workdays"',
            "it goes by holidays, and no file names them.",
        ),
        ('[caps]\nnormal = "now and then"', '"now and then" is no cap. Write it like "2 per week"'),
        ('[caps]\nhigh = "2 per week"', 'there is no tier "normal"'),
        ("[caps]\n", 'there is no tier "normal"'),
        ('[caps]\nnormal = "1 per week"\nchosen = "wish"', '"wish" is no field that can hold'),
        (
            '[caps]\nnormal = "1 per week"\n'
            '[caps.signals]\nunanswered = {touches = 3, tier = "norml"}',
            'caps.signals.unanswered.tier: there is no tier "norml". Did you mean "normal"?',
        ),
        (
            '[caps]\nnormal = "1 per week"\n'
            '[caps.signals]\nanswered = {touches = 0, tier = "normal"}',
            "caps.signals.answered.touches",
        ),
        (
            '[caps]\nnormal = "1 per week"\n[caps.signals]\nignored = 3',
            "caps.signals.ignored",
        ),
        (
            '[caps]\nnormal = "1 per week"\nfield = "born"',
            '"born" is no field that can hold a tier\'s name. Add born = "text" under [contact].',
        ),
        ('[caps]\nnormal = "1 per week"\nwhen_full = "drop"', '"drop" will not do.'),
        ('[opt_out]\nen = "Bye"', '"Bye" says no way to refuse more texts.'),
        ('[opt_out]\nenglish = "Reply STOP to end"', '"english" is no language.'),
        ('[holidays]\nfile = "holidays.yaml"', "it cannot be read (No such file or directory)."),
    ],
)
def test_a_mistake_is_told_with_how_to_mend_it(more: str, said: str, tmp_path: Path) -> None:
    assert said in complaint(tmp_path, more + "\n")


def test_the_shipped_calendar_of_china_knows_the_year_2026(tmp_path: Path) -> None:
    calendar = read_calendar(SHIPPED, "cn.yaml")
    assert calendar.years == {2026}
    assert calendar.days[date(2026, 2, 15)] == "holiday"
    assert calendar.days[date(2026, 2, 14)] == "working"
    assert sum(kind == "holiday" for kind in calendar.days.values()) == 33
    # Whoever works on a weekend has it back on a weekday.
    worked = [day for day, kind in calendar.days.items() if kind == "working"]
    assert all(day.weekday() >= 5 for day in worked)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{}", "It names no years."),
        ("years: {2026: {holidays: {A: 2026-02-30}}}", '"2026-02-30" is no day.'),
        ("years: {2026: {holidays: {A: 2026-03-09..2026-03-01}}}", "is no holiday of 2026."),
        ("years: {2026: {holidays: {A: 2025-03-01}}}", "is no holiday of 2026."),
        ("years: {2026: {working: [tomorrow]}}", '"tomorrow" is no day.'),
        ("years: {2026: {closed: [2026-01-01]}}", '"closed" holds no days.'),
        ("years: {next: {working: []}}", '"next" holds no year of holidays.'),
        ("dates: []\nyears: {2026: {}}", '"dates" means nothing here.'),
        (
            "years: {2026: {holidays: {A: 2026-01-01}, working: [2026-01-01]}}",
            "2026-01-01 is a holiday and worked, both.",
        ),
    ],
)
def test_a_mistake_in_the_holidays_is_told_with_its_place(
    written: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "days.yaml").write_text(written, "utf-8")
    with pytest.raises(BadHolidays) as caught:
        read_calendar(tmp_path, "days.yaml")
    assert said in caught.value.problems[0]
    assert caught.value.problems[0].startswith("days.yaml:")


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        ((2026, 5, 1), []),
        ((2026, 10, 31), []),
        ((2026, 11, 1), [("warning", 2027)]),
        ((2026, 12, 1), [("error", 2027)]),
        ((2027, 1, 1), [("error", 2027)]),
        ((2025, 12, 31), [("error", 2025)]),
    ],
)
def test_a_missing_year_is_warned_of_in_november_and_refused_in_december(
    today: tuple[int, int, int], missing: list[tuple[str, int]]
) -> None:
    assert [*missing_years(read_calendar(SHIPPED, "cn.yaml"), date(*today))] == missing


@pytest.mark.parametrize(("year", "well"), [(date.today().year, True), (2001, False)])
def test_the_check_refuses_a_list_without_this_year(
    year: int, well: bool, convo: Convo, shop: Path
) -> None:
    years = [year, year + 1] if well else [year]
    written = "".join(f"  {each}: {{working: []}}\n" for each in years)
    (shop / "holidays.yaml").write_text(f"years:\n{written}", "utf-8")
    with (shop / "convo.toml").open("a", encoding="utf-8") as file:
        file.write('\n[holidays]\nfile = "holidays.yaml"\n')
    answer = convo("-C", shop, "check")
    assert answer.exit_code == (0 if well else 2)
    assert (f"it has no holidays of {date.today().year}" in answer.output) != well
