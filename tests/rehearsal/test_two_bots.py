"""Two of our bots facing each other stop by themselves, however they vary what they say."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from convo.core.numbers import PhoneNumber
from convo.rehearsal.chat_run import local_ms
from convo.rehearsal.rehearsal import Rehearsal
from convo.wiring.rehearsing import rehearse
from tests.routing.talks import with_fallback
from tests.steps.conversation import loaded

pytestmark = pytest.mark.anyio

START = local_ms(datetime(2026, 11, 23, 10, 0), "Asia/Shanghai")
OUR_MOST = 12
STEP = timedelta(seconds=20)
CALM = 60
"""Steps without a word after which it is over."""

ANOTHER = PhoneNumber("+8613800138001")

#: Answers whatever comes, and never says the same twice.
VARIED = """
flow: other
start: {words: [hello]}
answers: {wrote: text}
steps:
  a: {say: "At {{ now | time }} you wrote {{ wrote | default('something') }}", go: end}
"""
#: Asks again and again: every text is unclear to it.
ASKING = """
flow: other
start: {words: [hello]}
answers: {n: number}
steps:
  a:
    ask: "How many people are you? Please write a number."
    expect: number
    save: n
    tries: 20
    silent: [{after: 1m, again: true}, {after: 5m, again: true}, {after: 1d, go: end}]
    go: end
"""
#: Only its fallback text, in other words each time.
FALLBACK = "flow: other\nstart: {words: [unheard]}\nsteps:\n  a: {say: Hm., go: end}\n"
BOTS = {"varied": VARIED, "asking": ASKING, "fallback": FALLBACK}


def bot(name: str):
    fallback = (
        {"": "Sorry, we did not understand that. Text MENU."}
        if name == "fallback"
        else {"": "other"}
    )
    return loaded(BOTS[name], at=with_fallback(fallback)).playbook


async def face(
    one: Rehearsal, other: Rehearsal, after: timedelta, vary: Callable[[str, int], str]
) -> tuple[int, int]:
    """Carry what each says to the other until both are silent; how much each said."""
    counts = [0, 0]
    await one.text("hello, who is there?", from_=ANOTHER)
    calm = 0
    while calm < CALM:
        calm += 1
        for n, (speaker, listener) in enumerate(((one, other), (other, one))):
            for said in speaker.said():
                counts[n] += 1
                calm = 0
                await carried(listener, vary(said.text, sum(counts)), after)
        if calm:
            # Time passes for both, so that timers may stir them again.
            await one.wait(STEP)
            await other.wait(STEP)
    return counts[0], counts[1]


async def carried(listener: Rehearsal, text: str, after: timedelta) -> None:
    """The text comes `after` it was said, by the listener's clock."""
    from convo.core.events import Inbound
    from convo.ports import Arrival

    listener._heard += 1
    await listener.wait(after)
    arrival = Arrival(
        event=Inbound(channel="main", contact=ANOTHER, text=text),
        dedupe=f"carried:{listener._heard}",
    )
    await listener._arrive("main", arrival)


def as_it_is(text: str, _n: int) -> str:
    return text


def with_a_number(text: str, n: int) -> str:
    return f"{text} (ref. {n * 7919 % 10_000})"


@pytest.mark.parametrize("seconds", [0, 2, 12])
@pytest.mark.parametrize("vary", [as_it_is, with_a_number])
@pytest.mark.parametrize("second", BOTS)
@pytest.mark.parametrize("first", BOTS)
async def test_they_stop_after_twelve_messages_at_most_on_each_side(
    first: str, second: str, vary: Callable[[str, int], str], seconds: int
) -> None:
    async with (
        rehearse(bot(first), start=START) as one,
        rehearse(bot(second), start=START) as other,
    ):
        said = await face(one, other, timedelta(seconds=seconds), vary)
    assert max(said) <= OUR_MOST, said
    assert min(said) >= 1
