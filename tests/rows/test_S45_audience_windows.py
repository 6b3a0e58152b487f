"""S45: what is due outside an audience's hours waits for them, each contact at its own moment."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from convo.core.business import Caps
from convo.core.contacts import EVERYTHING, Consent
from convo.core.numbers import PhoneNumber
from convo.settings.speaking import WindowSection, cap_of, window_hours
from tests.steps.conversation import Conversation, business

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
WINDOWS = {
    "office": WindowSection(hours="11:30-13:00, 20:00-21:30", days="mon-fri"),
    "home": WindowSection(hours="9:00-10:30"),
    "students": WindowSection(hours="10:00-20:00", days="sat, sun"),
}
AT = business(windows={name: window_hours(each) for name, each in WINDOWS.items()})
JOIN = """
flow: join
programme: survey
start: {words: [join]}
steps:
  yes: {consent: {give: survey}}
  in: {say: In., go: end}
"""
BOUGHT = """
flow: bought
busy: replace
start: {events: [bought]}
steps:
  a: {say: Thank you!, go: end}
"""
SALE = """
flow: sale
class: marketing
programme: survey
window: %s
busy: beside
start: {events: [sale.wanted]}
steps:
  a: {ask: A sale. Want it?, silent: [{after: 1d, go: end}], go: end}
"""
TEXT = "A sale. Want it? Reply STOP to opt out"


def at(year: int, month: int, day: int, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI):
    return int(datetime(year, month, day, hour, minute, tzinfo=zone).timestamp() * 1_000)


def talk(window: str, now: int, phone: str = "+8613800138000", **more) -> Conversation:
    conversation = Conversation(
        JOIN, BOUGHT, SALE % window, at=replace(AT, **more), contact=PhoneNumber(phone)
    )
    conversation.now = now
    conversation.text("join")
    return conversation


def opens(conversation: Conversation, zone: ZoneInfo = SHANGHAI) -> datetime:
    """When the text that was just put off is let go."""
    put_off = conversation.recorded("postponed")[-1]
    assert put_off["rule"] == "audience-window"
    return datetime.fromtimestamp(put_off["at"] / 1_000, zone)


@pytest.mark.parametrize(
    ("window", "now", "first", "last"),
    [
        ("office", at(2026, 11, 24, 9), (24, 11, 30), (24, 13, 0)),
        ("office", at(2026, 11, 24, 13), (24, 20, 0), (24, 21, 30)),
        ("office", at(2026, 11, 27, 21, 30), (30, 11, 30), (30, 13, 0)),
        ("home", at(2026, 11, 24, 12), (25, 9, 0), (25, 10, 30)),
        ("students", at(2026, 11, 24, 12), (28, 10, 0), (28, 20, 0)),
    ],
)
def test_it_waits_for_the_next_opening_and_is_spread_over_it(
    window: str, now: int, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    moments: set[datetime] = set()
    for n in range(60):
        conversation = talk(window, now, f"+86138001380{n:02}")
        assert conversation.request(event="sale.wanted") == []
        opening = opens(conversation)
        assert first <= (opening.day, opening.hour, opening.minute) < last
        conversation.now = int(opening.timestamp() * 1_000) - 1
        assert conversation.wait("1m") == [TEXT]
        moments.add(opening.replace(second=0, microsecond=0))
    # No quarter of the window is left out, and no minute has more than a few of sixty.
    begins = datetime(2026, 11, *first, tzinfo=SHANGHAI)
    length = datetime(2026, 11, *last, tzinfo=SHANGHAI) - begins
    assert {int((moment - begins) / length * 4) for moment in moments} == {0, 1, 2, 3}
    assert len(moments) > 25


def test_the_window_is_on_the_contact_s_clock() -> None:
    conversation = talk("home", at(2026, 11, 24, 11, zone=NEW_YORK), "+12125550100")
    assert conversation.request(event="sale.wanted") == []
    opening = opens(conversation, NEW_YORK)
    assert (opening.day, opening.hour) in {(25, 9), (25, 10)}


def test_within_the_window_it_goes_at_once() -> None:
    conversation = talk("office", at(2026, 11, 24, 12))
    assert conversation.request(event="sale.wanted") == [TEXT]


def test_at_its_release_consent_the_cap_and_whether_it_is_wanted_are_asked_again() -> None:
    night = at(2026, 11, 24, 22)
    stopped = talk("home", night)
    stopped.request(event="sale.wanted")
    taken_back = Consent(programme="survey", state="withdrawn", at=night, event="e")
    stopped.state = replace(
        stopped.state, consents={**stopped.state.consents, "survey": taken_back}
    )
    assert stopped.wait("1d") == []
    assert stopped.recorded("refused")[-1]["rule"] == "no-consent"
    assert EVERYTHING not in stopped.state.consents

    capped = talk("home", night, caps=Caps(tiers={"all": cap_of("1 per week")}, usual="all"))
    capped.request(event="sale.wanted")
    capped.request(event="sale.wanted")
    assert [each.say.window for each in capped.state.postponed] == ["home", "home"]
    assert capped.wait("1d") == [TEXT]
    assert "frequency-cap" in {each["rule"] for each in capped.recorded("refused")}

    bought = talk("home", night)
    bought.request(event="sale.wanted")
    assert bought.request(event="bought") == ["Thank you!"]
    assert bought.wait("2d") == []
