"""The flows and the conversations that the router's tests share."""

from collections.abc import Mapping
from typing import Any

from convo.authoring import Call, Reply, keyword
from convo.core.business import Business, Channel
from convo.routing.loading import AnytimeWords
from tests.steps.conversation import OURS, Conversation, business

BOOK = """
flow: book
languages: [en, zh]
start: {words: [book, 预约], events: [visit.wanted]}
answers: {what: option, when: datetime}
anytime: {again: {words: [again], go: menu}}
steps:
  menu:
    choose: {en: "What?", zh: 需要什么？}
    options: {cut: {en: Haircut, zh: 剪发}, dye: {en: Colour, zh: 染发}}
    save: what
    silent: [{after: 10m, say: "Still there?"}, {after: 1d, go: end}]
  day: {ask: "When?", expect: datetime, save: when, silent: [{after: 1d, go: end}]}
  put: {do: calendar.book, with: {at: when}, failed: sorry}
  booked: {say: "Booked.", go: end}
  sorry: {say: "Sorry.", go: end}
"""
SCORE = """
flow: score
start: {words: [survey, test drive, 试驾], events: [bought]}
answers: {n: number}
steps:
  ask: {ask: "0 to 10?", expect: number, save: n, silent: [{after: 1d, go: end}]}
  thanks: {say: "Thanks for {{ n }}.", go: end}
"""
MENU = "flow: menu\nsteps:\n  a: {say: The menu., go: end}\n"
HOLD = (
    "flow: hold\nstart: {words: [human]}\nsteps:\n  a: {handoff: desk, say: A person., go: end}\n"
)
ANYTIME = AnytimeWords(name="menu", words=("menu", "菜单"), flow="menu")


@keyword("order", "订单")
async def order(call: Call) -> Reply:
    """Where an order is."""
    return Reply(en=f"Order {call.rest}.", zh=f"订单{call.rest}。")


def talk(*flows: str, **more: Any) -> Conversation:
    """Book and score, or these flows; with MENU its words are understood at any time."""
    anytime = [ANYTIME] if MENU in flows else []
    return Conversation(*(flows or (BOOK, SCORE)), handlers=[order], anytime=anytime, **more)


def with_fallback(said: Mapping[str, str]) -> Business:
    """The salon, answering this when nothing else does."""
    return business(
        channels={
            "main": Channel(name="main", provider="console", address=OURS, fallback=said),
        }
    )
