"""When? Read on Sunday 22 November 2026 at ten in the morning, in Shanghai."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from convo.understanding.dates import When, understand_date, understand_time, understand_when

BOTH = ("en", "zh")
SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2026, 11, 22, 10, 0, 30, tzinfo=SHANGHAI)
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


def rows(written: str) -> list[str]:
    return written.split("|")


# What was written | month-day of 2026 (or of 2027, 2028) or - | time or -
UNDERSTOOD = """
tomorrow 3pm | 11-23 | 15:00
3pm tomorrow | 11-23 | 15:00
Tomorrow, 3 P.M. | 11-23 | 15:00
tomorrow at 3 | 11-23 | 15:00
tomorrow at 9 | 11-23 | 09:00
tomorrow at 9 in the morning | 11-23 | 09:00
tomorrow 3 | 11-23 | 15:00
tomorrow 15 | 11-23 | 15:00
tomorrow 3:30 | 11-23 | 15:30
tomorrow 03:30 | 11-23 | 03:30
tomorrow noon | 11-23 | 12:00
tomorrow at 12 noon | 11-23 | 12:00
tomorrow afternoon | 11-23 | -
tomorrow evening at 7 | 11-23 | 19:00
the day after tomorrow at 10am | 11-24 | 10:00
today 5pm | 11-22 | 17:00
tonight 8 | 11-22 | 20:00
tonight at 8:30 | 11-22 | 20:30
8 tonight | 11-22 | 20:00
tonight at 12 | 11-23 | 00:00
this evening | 11-22 | -
this afternoon at 4 | 11-22 | 16:00
next Tuesday | 11-24 | -
Tuesday | 11-24 | -
Tues | 11-24 | -
on Friday | 11-27 | -
Friday 3pm | 11-27 | 15:00
Friday at half past three | 11-27 | 15:30
three pm friday | 11-27 | 15:00
friday 27 | 11-27 | -
Friday 27 November | 11-27 | -
Saturday 5 December 3pm | 12-05 | 15:00
Sat, Dec 5, 2026 | 12-05 | -
Friday the 4th | 12-04 | -
12月5日（周六）下午3点 | 12-05 | 15:00
周五3点 | 11-27 | 15:00
周五8点半 | 11-27 | 08:30
星期三15:00 | 11-25 | 15:00
周3下午4点 | 11-25 | 16:00
下周一10点 | 11-23 | 10:00
明天星期一 | 11-23 | -
5号下午两点 | 12-05 | 14:00
12月5日3点 | 12-05 | 15:00
this friday | 11-27 | -
this sunday | 11-22 | -
sunday | 11-29 | -
coming monday | 11-23 | -
next week Tuesday at 2 | 11-24 | 14:00
Tuesday next week | 11-24 | -
monday at 10.30 | 11-23 | 10:30
Dec 5 3pm | 12-05 | 15:00
5 December | 12-05 | -
5th of Dec at 15:30 | 12-05 | 15:30
Dec 5th, 2026 at 3:30 p.m. | 12-05 | 15:30
december the second | 12-02 | -
second of december | 12-02 | -
the 5th | 12-05 | -
the fifth at noon | 12-05 | 12:00
22 Nov | 11-22 | -
21 Nov | 2027-11-21 | -
may i come on may 5 | 2027-05-05 | -
the 31st | 12-31 | -
29 Feb | 2028-02-29 | -
25/12 | 12-25 | -
12/25 at 2pm | 12-25 | 14:00
12/12 | 12-12 | -
2026-12-05 15:00 | 12-05 | 15:00
2026-12-05T15:00 | 12-05 | 15:00
2026/12/5 | 12-05 | -
13.12.2026 | 12-13 | -
christmas day | 12-25 | -
new year's day | 2027-01-01 | -
noon | - | 12:00
midnight | - | 00:00
12am | - | 00:00
12pm | - | 12:00
3pm | - | 15:00
around 3pm | - | 15:00
at three | - | 15:00
three thirty | - | 15:30
half past three | - | 15:30
quarter to 4 | - | 15:45
a quarter past 4 pm | - | 16:15
10 past 3 | - | 15:10
5 mins to 4 pm | - | 15:55
3 o'clock | - | 15:00
3 o’clock | - | 15:00
eleven o'clock | - | 11:00
9 in the evening | - | 21:00
330pm | - | 15:30
at 1530 | - | 15:30
15h30 | - | 15:30
in 2 hours | 11-22 | 12:00
in an hour | 11-22 | 11:00
in half an hour | 11-22 | 10:30
in 30 minutes | 11-22 | 10:30
in 3 days | 11-25 | -
in three days at 3pm | 11-25 | 15:00
in 2 weeks | 12-06 | -
in a week | 11-29 | -
3 days from now | 11-25 | -
can I come tomorrow at 3pm please? | 11-23 | 15:00
Hi! I'd like to book an appointment for Friday at 2pm if possible, thank you | 11-27 | 14:00
how about monday morning? | 11-23 | -
yes, friday at 2pm works for me | 11-27 | 14:00
tommorow | 11-23 | -
tmrw 3pm | 11-23 | 15:00
tuseday | 11-24 | -
wendesday 5pm | 11-25 | 17:00
5 decemeber | 12-05 | -
tomorrow afernoon | 11-23 | -
明天下午三点 | 11-23 | 15:00
明天下午三點 | 11-23 | 15:00
明天 下午 3 点 | 11-23 | 15:00
12 月 5 日 | 12-05 | -
后天上午十点半 | 11-24 | 10:30
大后天 | 11-25 | -
今晚八点 | 11-22 | 20:00
今晚8:30 | 11-22 | 20:30
今晚十二点 | 11-23 | 00:00
明晚12点半 | 11-24 | 00:30
周五 | 11-27 | -
週五晚上八點 | 11-27 | 20:00
周五晚8点 | 11-27 | 20:00
禮拜六 | 11-28 | -
星期天 | 11-29 | -
下周五 | 11-27 | -
下下周一 | 11-30 | -
本周日 | 11-22 | -
周三三点 | 11-25 | 15:00
下周三三点半 | 11-25 | 15:30
12月5日下午3点 | 12-05 | 15:00
12月5号 | 12-05 | -
十二月五日 | 12-05 | -
２０２６年１２月５日１５点 | 12-05 | 15:00
二〇二六年十二月五日 | 12-05 | -
明年1月3日 | 2027-01-03 | -
1月1日 | 2027-01-01 | -
元旦 | 2027-01-01 | -
聖誕節 | 12-25 | -
5号 | 12-05 | -
二十号 | 12-20 | -
下个月5号 | 12-05 | -
三点 | - | 15:00
十点 | - | 10:00
三点一刻 | - | 15:15
三点零五 | - | 15:05
三点二十分 | - | 15:20
差一刻四点 | - | 15:45
下午3点45 | - | 15:45
下午3 | - | 15:00
上午9:30 | - | 09:30
凌晨三点 | - | 03:00
晚上7点半 | - | 19:30
中午 | - | 12:00
中午一点 | - | 13:00
明天中午12点 | 11-23 | 12:00
15:00 | - | 15:00
明天 15：30 | 11-23 | 15:30
明早九点 | 11-23 | 09:00
明儿 | 11-23 | -
明天晚上 | 11-23 | -
三天后 | 11-25 | -
两周后 | 12-06 | -
两个小时后 | 11-22 | 12:00
半小时后 | 11-22 | 10:30
一个半小时后 | 11-22 | 11:30
我想约明天下午三点可以吗 | 11-23 | 15:00
那就周三上午10点吧谢谢 | 11-25 | 10:00
请问明天下午3点左右方便吗？ | 11-23 | 15:00
好的，明天下午3点 | 11-23 | 15:00
ok明天3pm | 11-23 | 15:00
tomorrow下午3点 | 11-23 | 15:00
"""
NOT_UNDERSTOOD = rows(
    "|1|10|a|3|15|31|三|十|hello|yes|ok|好的|可以|no|book|cut|?|👍|"
    "12/5|5/12|12/5 3pm|1/2|5.12.2026|30 Feb|Feb 30|31 April|2026-02-30|2026-13-01|32/12|0/12|"
    "25:00|12:60|24:00|25点|三点七十分|2月30日|13月5日|0月5日|32号|15am|0pm|13am|"
    "Monday or Tuesday|monday and tuesday|Monday-Wednesday|monday to friday|3 or 4pm|3-5pm|"
    "3pm to 5pm|between 3 and 5|tomorrow at 3 or 4|tomorrow 3pm 4pm|3pm or tomorrow|"
    "before 3pm|after 3pm|until friday|by monday|from 3pm|not monday|not tomorrow|no, not friday|"
    "any day but monday|except friday|monday doesn't work|friday is bad|never|"
    "next week|this week|weekend|next month|december|dec|soon|later|asap|whenever|anytime|"
    "morning|afternoon|in the evening|last friday|yesterday|last week|"
    "friday dec 5|saturday 6 december|friday the 5th|12月5日周五|明天周五|tomorrow friday|"
    "monday 25|"
    "tomorrow for 3|table for 3 tomorrow|9am tonight|8 in the afternoon|tonight at 2|"
    "friday midnight|tomorrow or the day after tomorrow|tomorrow in 3 days|in 2 hours tomorrow|"
    "3pm 3am|my number is 5551234|room 5 tomorrow|1 2 3|3 4|5 5 5|12:30:99:1|1.5|-3|+3pm|3/|"
    "周五或周六|周一到周五|周六周日|三点到五点|三点或四点|明天下午三点半和四点|三点后|三点以后|三点前|三点以前|"
    "不是明天|除了周一|周五不行|明天没空|别约周五|周末|这周末|下周|下个月|上周五|昨天|改天|再说|随便|都可以|"
    "明天早一点|晚一点|早点|有一点|快一点|上午|晚上|年底|这周五|明天半夜两点|今晚两点|明天或后天|早上15点|"
    "八点九点|明天3 4|我有3个人|两个人|第三个|二月三十号|十三月"
)


def expected(day: str, hour: str) -> When:
    return When(
        day=None if day == "-" else date.fromisoformat(day if len(day) > 5 else f"2026-{day}"),
        time=None if hour == "-" else time.fromisoformat(hour),
    )


@pytest.mark.parametrize("row", UNDERSTOOD.strip().splitlines())
def test_a_day_and_a_time_are_understood(row: str) -> None:
    text, day, hour = row.split(" | ")
    assert understand_when(text, now=SUNDAY, languages=BOTH) == expected(day, hour)


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_what_names_no_one_day_or_time_is_not_guessed(text: str) -> None:
    assert understand_when(text, now=SUNDAY, languages=BOTH) is None


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("12/5", True, "2027-05-12"),
        ("12/5", False, "2026-12-05"),
        ("12/5/27", True, "2027-05-12"),
        ("5.12.2026", True, "2026-12-05"),
        ("05-12-2026", False, "2026-05-12"),
        ("12/25", True, "2026-12-25"),
        ("25/12", False, "2026-12-25"),
        ("31/4", True, None),
        ("13/13", True, None),
    ],
)
def test_figures_follow_the_order_of_the_business(
    text: str, day_first: bool, day: str | None
) -> None:
    found = understand_date(text, now=SUNDAY, day_first=day_first, languages=BOTH)
    assert found == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("wednesday", "2026-12-02"),
        ("周三", "2026-12-02"),
        ("this wednesday", "2026-11-25"),
        ("这周三", "2026-11-25"),
        ("friday", "2026-11-27"),
        ("this friday", "2026-11-27"),
        ("这周五", "2026-11-27"),
        ("本週五", "2026-11-27"),
        ("next friday", "2026-12-04"),
        ("下周五", "2026-12-04"),
        ("下星期天", "2026-12-06"),
        ("下下周五", "2026-12-11"),
        ("monday", "2026-11-30"),
        ("这周一", None),
        ("next monday", "2026-11-30"),
    ],
)
def test_weeks_go_from_monday_to_sunday(text: str, day: str | None) -> None:
    found = understand_date(text, now=WEDNESDAY, languages=BOTH)
    assert found == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("3", "15:00"),
        ("7", "07:00"),
        ("12", "12:00"),
        ("15", "15:00"),
        ("三", "15:00"),
        ("三点", "15:00"),
        ("3pm", "15:00"),
        ("at 3", "15:00"),
        ("three", "15:00"),
        ("3ish", None),
        ("9:30", "09:30"),
        ("tonight at 8", "20:00"),
        ("下午3点", "15:00"),
        ("24", None),
        ("99", None),
        ("tomorrow 3pm", None),
        ("明天三点", None),
        ("周五", None),
        ("3 or 4", None),
        ("3 4", None),
        ("three people", None),
        ("a", None),
        ("", None),
        ("morning", None),
        ("one", "13:00"),
    ],
)
def test_with_the_day_known_a_bare_hour_is_a_time(text: str, hour: str | None) -> None:
    found = understand_time(text, now=SUNDAY, languages=BOTH)
    assert found == (time.fromisoformat(hour) if hour else None)


def test_hours_from_now_go_by_the_clock_over_a_change_of_the_clocks() -> None:
    paris = ZoneInfo("Europe/Paris")
    before_the_change = datetime(2026, 3, 29, 1, 30, tzinfo=paris)
    assert understand_when("in 1 hour", now=before_the_change, languages=BOTH) == When(
        day=date(2026, 3, 29), time=time(3, 30)
    )


def test_only_the_languages_asked_for_are_read() -> None:
    assert understand_when("明天", now=SUNDAY, languages=("en",)) is None
    assert understand_when("tomorrow", now=SUNDAY, languages=("zh",)) is None
    assert understand_when("2026-12-05", now=SUNDAY, languages=()) is not None


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        understand_when("tomorrow", now=datetime(2026, 11, 22), languages=BOTH)


def test_the_end_of_the_calendar_is_no_error() -> None:
    last = datetime(9999, 12, 31, 12, tzinfo=SHANGHAI)
    for text in rows(
        "tomorrow|monday|next friday|1 jan|the 5th|in 30 hours|下个月5号|明年1月3日|"
        "今晚十二点|in 9999 weeks|下下周一|1月1日|12/31"
    ):
        understand_when(text, now=last, languages=BOTH)
