"""The business that is simulated, what its customers say, and a second telling of what follows."""

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

SETTINGS = """\
[business]
name = "Shop"
zone = "Asia/Shanghai"
country = "CN"
languages = ["en"]

[store]
url = "sqlite:data/convo.db"

[server]
public_url = "{public}"
bind = "127.0.0.1:8000"
log_level = "error"
texts_a_minute = 0
secret = "the-simulated-shop-signs-its-links-with-this"
api_token = "{api_token}"

[doubts]
grace = "{grace}"

[anytime]
tour = {{words = ["tour"], flow = "tour"}}
find = {{words = ["find"], flow = "find"}}

[channels.main]
address = "+12025550100"
optout_reply = "us"
fallback = "roll"
{channel}
"""

FLOWS = {
    "roll": """\
flow: roll
about: Every reply tells what was heard so far, so that a text lost, doubled or late shows in it
answers: {heard: number, word: number}
expires: {after: 24h, go: over}
steps:
  begin:
    set: {heard: 0}
  hear:
    ask: "Heard {{ heard }}"
    expect: number
    save: word
    silent: [{after: 25s, say: Are you still there?}]
  add:
    set: {heard: heard * 10 + word}
    go: hear
  over: {end: lapsed}
""",
    "tour": """\
flow: tour
about: Three texts in a row, which must leave in this order
busy: beside
steps:
  first: {say: Tour one of three.}
  second: {say: Tour two of three.}
  third: {say: Tour three of three., go: end}
""",
    "find": """\
flow: find
about: Somebody outside is asked, and may be slow
busy: beside
answers: {shelf: text}
steps:
  look:
    do: shelf.find
    save: shelf
    within: 20s
    failed: sorry
  found: {say: "It is on shelf {{ shelf }}.", go: end}
  sorry: {say: The shelf is not known., go: end}
""",
    "sale": """\
flow: sale
about: Two notices to many at once, from outside
class: service
busy: beside
start: {events: [sale]}
steps:
  first: {say: Sale one of two.}
  second: {say: Sale two of two., go: end}
""",
}

SHELF = '''\
"""The shelf that is asked for things."""

import asyncio

from convo import Call, action


@action("shelf.find")
async def find(call: Call) -> str:
    """Answers late, at times later than anybody waits: it goes by the key and not by chance."""
    await asyncio.sleep(int(call.key[:2], 16) / 10)
    return call.key[:4]
'''

API_TOKEN = "the-shops-own-till-posts-with-this"

STOPPED = "Shop: you will get no more texts"
STARTED = "Shop: welcome back"
NOT_STOPPED = "Shop: you already get our texts"
TOUR = ("Tour one of three.", "Tour two of three.", "Tour three of three.")
SALE = ("Sale one of two.", "Sale two of two.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one text leads to."""

    #: What the roll has heard; None when nobody is asked.
    heard: int | None = None
    #: Whether the contact has said STOP.
    stopped: bool = False
    #: How the messages of its turn begin, in their order.
    replies: tuple[str, ...] = ()
    #: Whether an errand is asked for, whose answer brings one more message.
    errand: bool = False


def after(before: Told, text: str) -> Told:
    """What a text leads to that takes a turn; told by hand, it shares no line with the engine."""
    now = replace(before, replies=(), errand=False)
    match text:
        case "STOP":
            return Told(stopped=True, replies=() if before.stopped else (STOPPED,))
        case "START":
            return replace(
                now, stopped=False, replies=(STARTED if before.stopped else NOT_STOPPED,)
            )
        case "tour":
            return replace(now, replies=TOUR)
        case "find":
            return replace(now, errand=True)
        case _:
            heard = 0 if now.heard is None else now.heard * 10 + int(text)
            return replace(now, heard=heard, replies=(f"Heard {heard:,}",))


def life(chance: Random) -> list[str]:
    """What one customer says, from first to last; no two of the numbers are the same.

    Who asks for an errand says no numbers: a reply waits while its conversation does.
    """
    if chance.random() < 0.25:
        texts = ["find"] * chance.choice((1, 1, 2))
    else:
        texts = [str(n) for n in range(1, chance.randint(3, 6))]
    if chance.random() < 0.4:
        texts.insert(chance.randint(0, len(texts)), "tour")
    if chance.random() < 0.45:
        at = chance.randint(0, len(texts))
        texts[at:at] = chance.choice((["STOP"], ["STOP", "tour"], *3 * (["STOP", "START"],)))
    return texts


def written(folder: Path, *, public: str, channel: str, grace: str) -> None:
    """The business's folder."""
    for name in ("flows", "keyword_handlers"):
        (folder / name).mkdir()
    for name, flow in FLOWS.items():
        (folder / "flows" / f"{name}.yaml").write_text(flow)
    (folder / "keyword_handlers" / "shelf.py").write_text(SHELF)
    settings = SETTINGS.format(public=public, channel=channel, grace=grace, api_token=API_TOKEN)
    (folder / "convo.toml").write_text(settings)
