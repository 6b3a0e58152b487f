"""When and how often we begin: windows, caps, and what a cut-off conversation had to say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from convo.core.business import Business, Caps
from convo.core.hours import Hours, daily
from convo.core.numbers import PhoneNumber
from convo.policy.frequency_cap import DAY
from convo.settings.speaking import WindowSection, cap_of, window_hours
from tests.steps.conversation import START, Conversation, business, quiet

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3_600_000
CAPS = Caps(
    tiers={"normal": cap_of("1 per 10 days"), "high": cap_of("2 per week")},
    field="city",
    usual="normal",
)


def flow(name: str, *, steps: str = "a: {say: An offer., go: end}", more: str = "") -> str:
    return (
        f"flow: {name}\nclass: marketing\nprogramme: survey\n"
        f"start: {{events: [{name}.wanted]}}\n{more}\nsteps:\n  {steps}\n"
    )


JOIN = """
flow: join
programme: survey
start: {words: [join]}
steps:
  yes: {consent: {give: survey}}
  hello: {say: Welcome., go: end}
"""


JOIN_TWICE = """
flow: join
class: marketing
programme: survey
start: {words: [join]}
steps:
  invite:
    consent: {ask: survey}
    confirm: Reply YES for 2 texts a month.
    yes: in
    no: end
    silent: [{after: 1d, go: end}]
  in: {consent: {give: survey}, go: end}
"""


def joined(*flows: str, at: Business | None = None) -> Conversation:
    talk = Conversation(JOIN, *flows, at=at or business(caps=CAPS))
    assert talk.text("join") == ["Welcome."]
    return talk


OFFER = "An offer. Reply STOP to opt out"


# --- caps -----------------------------------------------------------------------------------------


def test_all_flows_together_are_counted_and_the_refusal_names_the_cap_and_the_next_time() -> None:
    talk = joined(flow("sale"), flow("news"))
    assert talk.request(event="sale.wanted") == [OFFER]
    began = talk.now
    assert talk.request(event="news.wanted") == []
    refused = talk.recorded("refused")[-1]
    assert refused["rule"] == "frequency-cap"
    assert refused["cap"] == "normal: 1 per 10 days"
    assert refused["next"] == began + 10 * DAY
    talk.wait("10d")
    assert talk.request(event="news.wanted") == [OFFER]


def test_a_contact_s_field_names_their_tier_also_in_the_turn_that_sets_it() -> None:
    praise = """
flow: praise
start: {words: [praise], events: [praised]}
steps:
  up: {set: {contact.city: "'high'"}}
  go: {say: "Thanks!", go: end}
"""
    talk = joined(flow("sale"), flow("news"), praise)
    talk.request(event="sale.wanted")
    assert talk.request(event="news.wanted") == []
    talk.text("praise")
    assert talk.request(event="news.wanted") == [OFFER]
    assert talk.request(event="sale.wanted") == []
    assert talk.recorded("refused")[-1]["cap"] == "high: 2 per week"


def test_answers_service_and_emergencies_are_not_counted_and_not_held_back() -> None:
    service = "flow: order\nstart: {events: [shipped]}\nsteps:\n  a: {say: It is sent., go: end}\n"
    alarm = (
        "flow: alarm\nclass: emergency\nstart: {events: [fire]}\nsteps:\n"
        "  a: {say: Leave now., go: end}\n"
    )
    word = flow("menu").replace("events: [menu.wanted]", "words: [menu]")
    talk = joined(flow("sale"), service, alarm, word)
    for _ in range(3):
        assert talk.request(event="shipped") == ["It is sent."]
        assert talk.text("menu") == [OFFER]
        assert talk.request(event="fire") == ["Leave now."]
    assert talk.state.heed.touches == ()
    assert "ignores" not in talk.recorded("said")[-1]
    assert talk.request(event="sale.wanted") == [OFFER]
    assert talk.request(event="fire") == ["Leave now."]
    assert talk.recorded("said")[-1]["ignores"] == ["frequency-cap"]
    assert talk.recorded("said")[-1]["cap"] == "normal: 1 per 10 days"
    assert len(talk.state.heed.touches) == 1


def test_what_one_conversation_says_in_one_turn_is_one_touch_and_its_reminder_another() -> None:
    steps = """hello: {say: An offer.}
  ask: {ask: "Want it?", silent: [{after: 1d, again: true}, {after: 2d, go: end}], go: end}"""
    talk = joined(flow("sale", steps=steps))
    assert len(talk.request(event="sale.wanted")) == 2
    assert talk.wait("1d") == []
    assert talk.recorded("refused")[-1]["rule"] == "frequency-cap"


def test_both_texts_of_one_touch_come_in_the_morning() -> None:
    steps = """hello: {say: An offer.}
  more: {say: "And another.", go: end}"""
    at = business(caps=CAPS, quiet=quiet("marketing", 9, 20))
    talk = joined(flow("sale", steps=steps), at=at)
    talk.wait("13h")
    assert talk.request(event="sale.wanted") == []
    assert talk.state.heed.touches == ()
    assert talk.wait("11h") == [OFFER, "And another. Reply STOP to opt out"]
    assert len(talk.state.heed.touches) == 1


def test_a_postponed_text_counts_when_it_leaves_and_asks_for_its_cap_then() -> None:
    at = business(caps=CAPS, quiet=quiet("marketing", 9, 20))
    talk = joined(flow("sale"), flow("news"), at=at)
    talk.wait("13h")
    talk.request(event="sale.wanted")
    talk.request(event="news.wanted")
    assert talk.wait("11h") == [OFFER]
    assert talk.recorded("refused")[-1]["rule"] == "frequency-cap"


def test_a_text_over_the_cap_may_wait_for_the_next_allowed_time() -> None:
    caps = Caps(tiers={"normal": cap_of("1 per 10 days")}, usual="normal", when_full="wait")
    talk = joined(flow("sale"), flow("news"), at=business(caps=caps))
    talk.request(event="sale.wanted")
    assert talk.request(event="news.wanted") == []
    postponed = talk.recorded("postponed")[-1]
    assert (postponed["rule"], postponed["at"]) == ("frequency-cap", talk.now + 10 * DAY)
    assert talk.wait("9d 23h") == []
    assert talk.wait("2h") == [OFFER]


def test_asking_for_it_through_a_question_or_an_errand_is_beginning_all_the_same() -> None:
    question = """
flow: poll
start: {words: [poll]}
steps:
  a: {ask: "Well?", silent: [{after: 1d, go: end}], go: end}
"""
    fetch = """fetch: {do: reserve, with: {what: "'seat'"}, failed: told}
  told: {say: An offer., go: end}"""
    talk = joined(flow("sale"), flow("news"), flow("deal", steps=fetch), question)
    talk.request(event="sale.wanted")
    talk.text("poll")
    talk.request(event="news.wanted")
    assert talk.text("fine") == []
    assert talk.recorded("refused")[-1]["rule"] == "frequency-cap"
    talk.request(event="deal.wanted")
    assert talk.answer_errand(value=1) == []
    assert talk.recorded("refused")[-1]["rule"] == "frequency-cap"


# --- windows --------------------------------------------------------------------------------------

OFFICE = window_hours(WindowSection(hours="11:30-13:00, 20:00-21:30", days="mon-fri"))
AT_OFFICE = "window: office"


def with_window(hours: Hours = OFFICE, contact: str = "+8613800138000") -> Conversation:
    talk = Conversation(
        JOIN,
        flow("sale", more=AT_OFFICE),
        at=business(windows={"office": hours}),
        contact=PhoneNumber(contact),
    )
    talk.text("join")
    return talk


def test_what_is_due_outside_the_window_waits_and_is_spread_over_it() -> None:
    moments: set[datetime] = set()
    for n in range(40):
        talk = with_window(contact=f"+86138001380{n:02}")
        assert talk.request(event="sale.wanted") == []
        assert talk.recorded("postponed")[-1]["rule"] == "audience-window"
        assert talk.wait("4h") == [OFFER]
        left = datetime.fromtimestamp(talk.recorded("postponed")[-1]["at"] / 1_000, SHANGHAI)
        assert (left.date(), left.hour * 60 + left.minute >= 690) == (
            datetime(2026, 11, 23).date(),
            True,
        )
        assert left.hour < 13
        moments.add(left.replace(second=0, microsecond=0))
    assert len(moments) > 25
    assert max(moments) - min(moments) > timedelta(minutes=60)


def test_what_is_due_within_the_window_goes_at_once_and_answers_always_do() -> None:
    talk = with_window()
    talk.wait("2h")
    assert talk.request(event="sale.wanted") == [OFFER]
    told = flow("sale", more=AT_OFFICE).replace("events: [sale.wanted]", "words: [sale]")
    talk = Conversation(JOIN, told, at=business(windows={"office": OFFICE}))
    talk.text("join")
    assert talk.text("sale") == [OFFER]


def test_at_release_consent_and_the_cap_are_asked_again() -> None:
    leave = (
        "flow: leave\nstart: {words: [leave]}\nsteps:\n"
        "  out: {consent: {withdraw: survey}, go: end}\n"
    )
    at = business(windows={"office": OFFICE}, caps=CAPS)
    talk = Conversation(JOIN, leave, flow("sale", more=AT_OFFICE), flow("news"), at=at)
    talk.text("join")
    talk.request(event="sale.wanted")
    talk.request(event="news.wanted")
    assert talk.wait("4h") == []
    assert talk.recorded("refused")[-1]["rule"] == "frequency-cap"
    talk.wait("10d")
    talk.request(event="sale.wanted")
    talk.text("leave")
    assert talk.wait("4d") == []
    assert talk.recorded("refused")[-1]["rule"] == "no-consent"


def test_a_window_that_convo_toml_has_no_more_refuses_what_we_start() -> None:
    talk = Conversation(JOIN, flow("sale", more=AT_OFFICE), at=business())
    talk.text("join")
    assert talk.request(event="sale.wanted") == []
    assert talk.recorded("refused")[-1]["rule"] == "no-such-window"


def test_a_queue_that_is_too_long_does_not_carry_marketing_into_the_night() -> None:
    talk = joined(flow("sale"), at=business(quiet=quiet("marketing", 9, 20)))
    talk.request(event="sale.wanted")
    closes = datetime(2026, 11, 23, 20, tzinfo=SHANGHAI)
    assert talk.sent[-1].not_after == int(closes.timestamp() * 1_000) - 1
    assert talk.sent[0].not_after is None


def test_answers_may_have_hours_of_their_own() -> None:
    menu = "flow: menu\nstart: {words: [menu]}\nsteps:\n  a: {say: The menu., go: end}\n"
    talk = Conversation(menu, at=business(quiet={"replies": daily(7 * 60, 23 * 60)}))
    assert talk.text("menu") == ["The menu."]
    talk.wait("14h")
    assert talk.text("menu") == []
    assert len(talk.text("HELP")) == 1
    assert talk.wait("8h") == ["The menu."]


ZONES = {
    "+8613800138000": "Asia/Shanghai",
    "+12125550100": "America/New_York",
    "+493012345678": "Europe/Berlin",
    "+61212345678": "Australia/Sydney",
}


@pytest.mark.parametrize(
    "day", [(2026, 3, 8), (2026, 11, 1), (2026, 3, 29), (2026, 10, 25), (2026, 10, 4)]
)
@pytest.mark.parametrize("number", ZONES)
def test_no_marketing_leaves_outside_the_hours_over_a_change_of_clocks(
    number: str, day: tuple[int, int, int]
) -> None:
    """Every 20 minutes of three days something is due; all of it leaves by day."""
    zone = ZoneInfo(ZONES[number])
    at = business(quiet=quiet("marketing", 9, 20))
    begins = int((datetime(*day, tzinfo=UTC) - timedelta(days=1)).timestamp() * 1_000)
    left = 0
    for minutes in range(0, 3 * 24 * 60, 20):
        talk = Conversation(JOIN_TWICE, flow("sale"), at=at, contact=PhoneNumber(number))
        talk.text("join")
        talk.text("yes")
        # Australia has several zones: the contact's own is known.
        talk.state = replace(talk.state, zone=ZONES[number])
        talk.now = begins + minutes * 60_000
        said = talk.request(event="sale.wanted")
        if not said:
            postponed = talk.recorded("postponed")[-1]
            talk.now = postponed["at"]
            said = talk.wait("1m")
        assert said == [OFFER]
        wall = datetime.fromtimestamp(talk.sent[-1].due / 1_000, zone)
        assert 9 <= wall.hour < 20, wall
        left += 1
    assert left == 216


# --- what is cut off ------------------------------------------------------------------------------


def test_a_conversation_that_is_replaced_says_no_more_in_the_morning() -> None:
    bought = (
        "flow: bought\nbusy: replace\nstart: {events: [bought]}\nsteps:\n"
        "  a: {say: Thank you!, go: end}\n"
    )
    steps = """ask: {ask: "Want it?", silent: [{after: 12h, go: remind}]}
  remind: {say: "Still on sale!"}
  more: {ask: "Well?", silent: [{after: 1d, go: end}], go: end}"""
    talk = joined(flow("sale", steps=steps), bought, at=business(quiet=quiet("marketing", 9, 20)))
    talk.request(event="sale.wanted")
    assert talk.wait("13h") == []
    assert len(talk.state.postponed) == 2
    assert talk.request(event="bought") == ["Thank you!"]
    assert talk.state.postponed == ()
    assert [each["why"] for each in talk.recorded("dropped")] == ["its conversation was ended"] * 2
    assert talk.wait("2d") == []


def test_a_conversation_that_came_to_its_end_may_have_a_last_word_in_the_morning() -> None:
    talk = joined(flow("sale"), at=business(quiet=quiet("marketing", 9, 20)))
    talk.now = START + 13 * HOUR
    assert talk.request(event="sale.wanted") == []
    assert talk.wait("11h") == [OFFER]


def test_an_emergency_in_the_night_says_that_it_did_not_heed_the_hours() -> None:
    flow = (
        "flow: x\nclass: emergency\nstart: {events: [alarm]}\n"
        "steps:\n  a: {say: Leave the building., go: end}\n"
    )
    talk = Conversation(flow, at=business(quiet={"service": daily(8 * 60, 21 * 60)}))
    talk.request(event="alarm")
    assert "ignores" not in talk.recorded("said")[-1]
    talk.wait("13h")
    assert talk.request(event="alarm") == ["Leave the building."]
    assert talk.recorded("said")[-1]["ignores"] == ["quiet-hours"]
