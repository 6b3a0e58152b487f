"""The business under fire: one flow, its settings, and what a customer's texts make of it.

`after` is the flow told a second time, by hand: a witness that shares no line with the engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from types import MappingProxyType

FLOW = """\
flow: booking
about: Each answer is told back, so that a lost or doubled turn shows in the next reply
start: {words: [book]}
answers: {service: option, when: datetime, who: text}
expires: {after: 24h, go: let_go}
steps:
  menu:
    choose: Hello! What can we do for you?
    options: {haircut: Haircut, colour: Colour, staff: Talk to us}
    save: service
    silent: [{after: 2h, go: let_go}]
  day:
    ask: Which day and time?
    expect: datetime
    save: when
    silent: [{after: 2h, go: let_go}]
  who:
    ask: In whose name?
    expect: text
    save: who
    silent: [{after: 2h, go: let_go}]
  sure:
    confirm: "{{ service }} for {{ who }}. Reply YES to book it or NO to change the name."
    yes: booked
    no: who
    silent: [{after: 4h, go: let_go}]
  booked:
    say: Booked for {{ who }}!
    go: end
  let_go:
    end: lapsed
"""

SETTINGS = """\
[business]
name = "Shop"
zone = "Asia/Shanghai"
country = "CN"
languages = ["en"]

[store]
{store}

[server]
public_url = "{public}"
bind = "127.0.0.1:{port}"
secret = "the same in every process, and long enough"
api_token = "{api_token}"
log_level = "{log_level}"
texts_a_minute = 0

[doubts]
within = "{within}"
grace = "{grace}"

[channels.main]
address = "+12025550100"
optout_reply = "us"
{channel}
{more}
"""

API_TOKEN = "the-token-of-our-own-systems-0123456789"

OPTIONS = ("Haircut", "Colour", "Talk to us")
MENU = "Hello! What can we do for you?"
DAY = "Which day and time?"
WHO = "In whose name?"

MOST_TEXTS = 8
"""Of one number: after eight replies within a minute the loop guard falls silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a conversation stands: `step` is empty when there is none."""

    step: str = ""
    service: str = ""
    who: str = ""


def after(standing: Standing, text: str) -> tuple[Standing, str]:
    """Where `text` leads, and how the only reply to it begins."""
    match standing.step, text.lower():
        case "", _:
            return Standing(step="menu"), MENU
        case "menu", "1" | "2" | "3":
            return replace(standing, step="day", service=OPTIONS[int(text) - 1]), DAY
        case "menu", _:
            return standing, "Please reply with one of the numbers."
        case "day", said if said.endswith("pm"):
            return replace(standing, step="who"), WHO
        case "day", _:
            return standing, "Sorry, I did not get the day and time."
        case "who", _:
            return replace(standing, step="sure", who=text), f"{standing.service} for {text}."
        case _, "yes":
            return Standing(), f"Booked for {standing.who}!"
        case _, "no":
            return replace(standing, step="who"), WHO
        case _:
            return standing, "Please reply YES or NO."


def folded(texts: Sequence[str]) -> tuple[Standing, list[str]]:
    """Where all of `texts` lead, and how the reply to each begins."""
    standing, replies = Standing(), list[str]()
    for text in texts:
        standing, reply = after(standing, text)
        replies.append(reply)
    return standing, replies


def conversation(chance: Random, name: str) -> list[str]:
    """One walk through the flow, with detours; `name` is the first name given."""
    texts = ["book", chance.choice("123"), chance.choice(("tomorrow 3pm", "friday 4pm")), name]
    unclear = {1: "purple", 2: "oh well", 4: "perhaps"}
    turned = chance.random() < 0.4
    if turned:
        texts += ["no", f"{name} II"]
    texts.append(chance.choice(("yes", "YES")))
    # The same reply twice within seconds is the hardest case for who looks a message up.
    for _ in range(min(chance.choice((0, 0, 1, 2)), MOST_TEXTS - len(texts))):
        at = chance.choice(list(unclear))
        if texts.count(unclear[at]) < 2:
            texts.insert(texts.index(_answer(texts, at)), unclear[at])
    return texts


def _answer(texts: Sequence[str], at: int) -> str:
    """The clear answer to question number `at`."""
    clear = [text for text in texts if text not in ("purple", "oh well", "perhaps")]
    return clear[at]


IN_A_FILE = 'url = "sqlite:data/convo.db"'


def written(
    folder: Path,
    *,
    public: str,
    port: int,
    channel: str,
    grace: str,
    within: str = "30s",
    store: str = IN_A_FILE,
    log_level: str = "error",
    flows: Mapping[str, str] = MappingProxyType({"booking": FLOW}),
    more: str = "",
) -> None:
    """The business's folder; `store` and `channel` are what their tables in convo.toml say."""
    (folder / "flows").mkdir(parents=True)
    (folder / "keyword_handlers").mkdir()
    for name, flow in flows.items():
        (folder / "flows" / f"{name}.yaml").write_text(flow)
    settings = SETTINGS.format(
        public=public,
        port=port,
        channel=channel,
        grace=grace,
        within=within,
        store=store,
        log_level=log_level,
        more=more,
        api_token=API_TOKEN,
    )
    (folder / "convo.toml").write_text(settings)
