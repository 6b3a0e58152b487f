"""A rehearsal is the real thing on a clock that stands still until it is set."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from convo.authoring import Action, Call, Keyword, Reply, action, keyword
from convo.core.business import Business, Channel
from convo.core.failures import failure_in
from convo.core.limits import Limit, Rate
from convo.core.numbers import PhoneNumber
from convo.errors import ConvoError
from convo.language.chat_reading import read_chats
from convo.rehearsal.chat_run import Outcome, hold, local_ms
from convo.rehearsal.coverage import covered
from convo.rehearsal.rehearsal import Rehearsal
from convo.routing.loading import load
from convo.routing.playbook import Playbook
from convo.wiring.rehearsing import EVERYTHING, TESTED, rehearse

pytestmark = pytest.mark.anyio

FLOW = Path(__file__).parent.parent / "flows" / "visit.yaml"
START = local_ms(datetime(2026, 11, 22, 10, 0), "Asia/Shanghai")
BERT = PhoneNumber("+12025550122")
MENU = "What can we do for you?\n1 Haircut\n2 Colour"


@action("calendar.book")
async def book(call: Call) -> int:
    """The length of the service's name, so that what was given is seen to arrive."""
    return len(str(call.given["service"]))


@keyword("hours", "opening hours")
async def hours(call: Call) -> Reply:
    """When we are open."""
    return Reply(en="9 to 6.", zh="9点到6点。")


@keyword("boom")
async def boom(call: Call) -> Reply:
    """Fails."""
    raise ZeroDivisionError


def playbook(*handlers: Action | Keyword, **flows: str) -> Playbook:
    business = Business(
        name="Salon",
        zone="Asia/Shanghai",
        country="CN",
        languages=("en", "zh"),
        channels={
            name: Channel(
                name=name,
                provider="console",
                address=PhoneNumber(address),
                limit=Limit(name=f"channels.{name}", rate=Rate.of(1, 1_000_000)),
                fallback={"": "What?"},
            )
            for name, address in (("main", "+12025550100"), ("other", "+12025550101"))
        },
    )
    sources = {f"flows/{name}.yaml": text for name, text in flows.items()}
    sources["flows/visit.yaml"] = FLOW.read_text("utf-8")
    return load(sources, handlers or (book, hours, boom), business).playbook


@asynccontextmanager
async def stage(*, real: Any = TESTED, **flows: str) -> AsyncIterator[Rehearsal]:
    async with rehearse(playbook(**flows), start=START, real=real) as rehearsal:
        yield rehearsal


async def held(source: str, **flows: str) -> Outcome:
    (chat,) = read_chats(source, "a.chat")
    async with rehearse(playbook(**flows), start=0) as rehearsal:
        return await hold(chat, rehearsal)


def words(rehearsal: Rehearsal) -> Sequence[str]:
    return [said.text for said in rehearsal.said()]


# --- the rehearsal ----------------------------------------------------------------------------


async def test_a_text_is_answered_and_the_session_stands_at_its_question() -> None:
    async with stage() as rehearsal:
        await rehearsal.text("visit")
        (said,) = rehearsal.said()
        assert said.text == MENU
        assert (said.parts.encoding, said.parts.count, said.channel) == ("GSM-7", 1, "main")
        assert said.to == rehearsal.phone
        assert await rehearsal.where() == (("visit", "menu"),)
        assert rehearsal.said() == ()


async def test_several_messages_leave_at_once_whatever_the_rate_of_the_channel() -> None:
    async with stage(real=EVERYTHING) as rehearsal:
        for text in ("visit", "1", "tomorrow 3pm"):
            await rehearsal.text(text)
        assert words(rehearsal)[-2:] == ["One moment.", "Booked, number 3."]


async def test_silences_fire_in_their_order_each_at_its_own_time() -> None:
    async with stage() as rehearsal:
        await rehearsal.text("visit")
        await rehearsal.records()
        await rehearsal.wait(timedelta(hours=3))
        assert words(rehearsal) == [MENU, "Still there?", "Are you asleep?"]
        fired = [
            (record.kind, (turn.at - START) // 60_000)
            for turn in await rehearsal.records()
            for record in turn.records
            if record.kind in ("said", "ended")
        ]
        assert fired == [("said", 10), ("said", 20), ("ended", 120)]
        assert rehearsal.clock.now == START + 3 * 3_600_000


async def test_it_is_known_when_something_happens_by_itself() -> None:
    async with stage() as rehearsal:
        assert rehearsal.next_due() is None
        await rehearsal.text("visit")
        assert rehearsal.next_due() == timedelta(minutes=10)


async def test_the_very_same_rehearsal_makes_the_very_same_ids() -> None:
    ids: list[list[str]] = []
    for _ in range(2):
        async with stage() as rehearsal:
            await rehearsal.text("visit")
            await rehearsal.text("1")
            ids.append([said.id for said in rehearsal.said()])
    assert ids[0] == ids[1]


async def test_time_stands_still_while_an_errand_is_open_and_goes_on_behind_it() -> None:
    flow = FLOW.read_text("utf-8")
    flow = flow.replace("flow: visit", "flow: later").replace("[visit, 预约]", "[later]")
    flow = flow.replace("events: [visit.requested]", "events: [later.asked]")
    flow = flow.replace("after: 2h, go: let_go", "after: 2h, go: book").replace(
        "{service: service, at: when}", "{service: 1 + 1}"
    )
    async with stage(later=flow) as rehearsal:
        await rehearsal.text("later")
        await rehearsal.wait(timedelta(days=1))
        assert [errand.name for errand in rehearsal.open_errands()] == ["calendar.book"]
        assert rehearsal.clock.now == START + 2 * 3_600_000
        rehearsal.said()
        await rehearsal.pretend("calendar.book", failure="no room")
        assert words(rehearsal) == ["We are full."]
        assert rehearsal.clock.now == START + 24 * 3_600_000


async def test_a_pretended_answer_must_be_waited_for() -> None:
    async with stage() as rehearsal:
        with pytest.raises(ConvoError, match="Nothing waits"):
            await rehearsal.pretend("calendar.book", "ok")


async def test_what_is_run_for_real_is_the_authored_python() -> None:
    async with stage() as rehearsal:
        await rehearsal.text("opening hours")
        assert words(rehearsal) == ["9 to 6."]
        await rehearsal.text("boom")
        assert len(words(rehearsal)) == 1


async def test_a_duplicate_changes_nothing() -> None:
    async with stage() as rehearsal:
        await rehearsal.text("visit")
        before = await rehearsal.state()
        rehearsal.said()
        await rehearsal.duplicate()
        assert rehearsal.said() == ()
        assert await rehearsal.state() == before


async def test_a_restart_keeps_what_the_store_keeps() -> None:
    async with stage() as rehearsal:
        await rehearsal.text("visit")
        rehearsal.said()
        before = await rehearsal.state()
        await rehearsal.restart()
        assert await rehearsal.state() == before
        await rehearsal.wait(timedelta(minutes=10))
        assert words(rehearsal) == ["Still there?"]
        await rehearsal.text("2")
        assert words(rehearsal) == ["When?"]


async def test_a_report_is_kept_for_the_last_message() -> None:
    async with stage() as rehearsal:
        with pytest.raises(ConvoError, match="Nothing was sent"):
            await rehearsal.report("delivered")
        await rehearsal.text("visit")
        (said,) = rehearsal.said()
        await rehearsal.report("delivered")
        facts = [
            record.facts
            for turn in await rehearsal.records()
            for record in turn.records
            if record.kind == "status"
        ]
        assert facts == [{"message": said.id, "status": "delivered", "code": ""}]
        assert rehearsal.said() == ()


async def test_phones_and_channels_have_conversations_of_their_own() -> None:
    async with stage() as rehearsal:
        await rehearsal.text("visit")
        await rehearsal.text("visit", from_=BERT, channel="other")
        anna, bert = rehearsal.said()
        assert (anna.to, anna.channel) == (rehearsal.phone, "main")
        assert (bert.to, bert.channel) == (BERT, "other")
        assert await rehearsal.where(BERT) == (("visit", "menu"),)


async def test_a_flow_is_asked_for_by_its_name_or_by_an_event() -> None:
    for name in ("visit", "visit.requested"):
        async with stage() as rehearsal:
            rehearsal.speak("zh")
            await rehearsal.request(name)
            assert words(rehearsal) == ["需要什么服务？\n1 剪发\n2 染发"]
            with pytest.raises(ConvoError, match="Did you mean"):
                await rehearsal.request("vist")


async def test_a_turn_that_fails_is_told_with_its_account() -> None:
    broken = "flow: broken\nclass: service\nstart: {words: [broken]}\nanswers: {n: number}\n"
    broken += 'steps:\n  a:\n    say: "{{ n + 1 }}"\n    go: end\n'
    async with stage(broken=broken) as rehearsal:
        await rehearsal.text("broken")
        (account,) = rehearsal.parked()
        failed = failure_in(account)
        assert (failed.error, failed.flow, failed.step) == ("RenderError", "broken", "a")
        assert "needs numbers" in failed.told
        assert rehearsal.parked() == ()


# --- chats ------------------------------------------------------------------------------------

MENU_LINES = "< What can we do for you?\n< 1 Haircut\n< 2 Colour\n"
TO_BOOKING = f"> visit\n{MENU_LINES}> 1\n< When?\n> tomorrow 3pm\n"

GOOD = {
    "the whole of it": TO_BOOKING + "< One moment.\n! calendar.book -> 7\n< Booked, number 7.\n"
    "= visit: waiting at the_day_before\n% duplicate\n% restart\n% report delivered\n"
    "~ 1d\n< See you tomorrow.\n= visit: ended kept\n= visit: ended\n= nothing\n",
    "an answer before all that is said": TO_BOOKING
    + "! calendar.book -> failed: full\n< One moment.\n< We are full.\n= visit: ended lapsed\n",
    "a text that waits with the errand": TO_BOOKING
    + "< One moment.\n> hours\n! calendar.book -> 7\n< Booked, number 7.\n< 9 to 6.\n",
    "a keyword for real": "> hours\n< 9 to 6.\n",
    "a keyword pretended by another of its words": "> hours\n! opening hours -> Closed\n< Closed\n",
    "a keyword pretended in two languages": '> hours\n! hours -> {"en": "Yes"}\n< Yes\n',
    "a language": "@ zh\n@ request visit\n< 需要什么服务？\n< 1 剪发\n< 2 染发\n",
    "another phone": f"> visit\n{MENU_LINES}@ from +12025550122\n= nothing\n> 1\n< What?\n",
    "another channel": f"> visit\n{MENU_LINES}@ channel other\n> 1\n< What?\n",
    "a clock of its own": f"@ now 2026-12-31 10:00\n> visit\n{MENU_LINES}> 1\n< When?\n"
    "> tomorrow 3pm\n< One moment.\n! calendar.book -> 7\n< Booked, number 7.\n"
    # 15:00 of this very day, a minute of which the texts have taken.
    "~ 4h 58m 59s\n= visit: waiting at the_day_before\n~ 1s\n< See you tomorrow.\n",
    "our own system": f"@ request visit.requested\n{MENU_LINES}",
}

BAD: dict[str, tuple[str, int, str]] = {
    "we say something else": (f"> visit\n{MENU_LINES}< 3 More\n", 5, "something else"),
    "we say one line less": ("> visit\n< What can we do for you?\n< 1 Haircut\n", 3, "else"),
    "we say something": ("> visit\n> 1\n", 1, "We say something."),
    "we say nothing": ("> STOP\n< x\n> STOP\n< y\n", 2, "something else"),
    "nothing is said": ("@ zh\n< Hello\n", 2, "We say nothing."),
    "a silence": (f"> visit\n{MENU_LINES}~ 9m\n< Still there?\n", 6, "We say nothing."),
    "it stands at another step": (f"> visit\n{MENU_LINES}= visit: waiting at day\n", 5, "at menu"),
    "it has not ended": (f"> visit\n{MENU_LINES}= visit: ended\n", 5, "visit: waiting at menu"),
    "it ended otherwise": (
        f"> visit\n{MENU_LINES}~ 2h\n< Still there?\n< Are you asleep?\n= visit: ended kept\n",
        8,
        "ended lapsed",
    ),
    "something is open": (f"> visit\n{MENU_LINES}= nothing\n", 5, "It stands elsewhere"),
    "no answer": (f"{TO_BOOKING}< One moment.\n< Booked, number 7.\n", 7, "calendar.book -> ok"),
    "no answer before time passes": (f"{TO_BOOKING}< One moment.\n~ 1h\n", 7, "line 7"),
    "nobody asked": ("> hours\n< 9 to 6.\n! calendar.book -> ok\n", 3, "Nobody waits"),
    "another was asked": (f"{TO_BOOKING}! calendar.move -> ok\n", 8, "What waits: calendar.book"),
    "a duplicate of nothing": ("% duplicate\n", 1, "not written anything"),
    "a duplicate is not answered": (f"> visit\n{MENU_LINES}% duplicate\n< x\n", 6, "nothing"),
    "a restart says nothing": (f"> visit\n{MENU_LINES}% restart\n< x\n", 6, "We say nothing."),
    "no person to give it back": (f"> visit\n{MENU_LINES}% back\n", 5, "No person has"),
    "a report on nothing": ("% report failed\n", 1, "Nothing was sent"),
    "no such channel": ("@ channel mian\n", 1, 'Did you mean "main"'),
    "no such language": ("@ fr\n", 1, "does not speak"),
    "no such flow": ("@ request vist\n", 1, 'Did you mean "visit"'),
    "another phone": (f"> visit\n{MENU_LINES}@ from +12025550122\n= visit: ended\n", 6, "nothing"),
    "another time": (f"@ now 2026-11-22 10:00\n> visit\n{MENU_LINES}~ 10m\n", 6, "We say some"),
}


@pytest.mark.parametrize("source", GOOD.values(), ids=GOOD)
async def test_a_chat_passes(source: str) -> None:
    outcome = await held(source)
    assert outcome.failures == ()


@pytest.mark.parametrize(("source", "line", "what"), BAD.values(), ids=BAD)
async def test_a_chat_fails_where_it_goes_wrong(source: str, line: int, what: str) -> None:
    outcome = await held(source)
    assert not outcome.passed
    first = outcome.failures[0]
    assert first.line == line
    assert what in f"{first.what} {first.mend}"


async def test_what_is_expected_and_said_is_told() -> None:
    failure = (await held(f"> visit\n{MENU_LINES}< 3 More\n")).failures[0]
    assert failure.expected == ("What can we do for you?", "1 Haircut", "2 Colour", "3 More")
    assert failure.said == ("What can we do for you?", "1 Haircut", "2 Colour")


async def test_a_failed_turn_fails_the_chat() -> None:
    broken = "flow: broken\nclass: service\nstart: {words: [broken]}\nanswers: {n: number}\n"
    broken += 'steps:\n  a:\n    say: "{{ n + 1 }}"\n    go: end\n'
    outcome = await held("> broken\n", broken=broken)
    assert "The turn failed" in outcome.failures[0].what
    assert not outcome.acceptable


# --- coverage ---------------------------------------------------------------------------------


async def test_what_was_never_walked_is_told() -> None:
    outcome = await held(f"> visit\n{MENU_LINES}> 9\n< Please reply 1 or 2.\n> 1\n< When?\n")
    (visit,) = covered(playbook().flows, outcome.records)
    assert visit.steps == 9
    assert visit.never_steps == (
        "book",
        "booked",
        "the_day_before",
        "remind",
        "full",
        "kept",
        "let_go",
    )
    assert "menu: next -> day" not in visit.never_ways
    assert "book: failed -> full" in visit.never_ways
    assert visit.never_refused == ("day",)


async def test_a_flow_that_is_run_by_another_counts_as_begun() -> None:
    outer = "flow: outer\nclass: service\nstart: {words: [outer]}\n"
    outer += "steps:\n  go_in:\n    run: visit\n    go: end\n"
    outcome = await held(f"> outer\n{MENU_LINES}", outer=outer)
    told = {each.flow: each for each in covered(playbook(outer=outer).flows, outcome.records)}
    assert "menu" not in told["visit"].never_steps
    assert told["outer"].never_steps == ()
