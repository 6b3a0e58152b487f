"""The flow that is measured, and the project that serves it."""

from pathlib import Path

from bench.phones import ACCOUNT, OURS, PUBLIC, TOKEN
from convo.core.business import Business, Channel
from convo.core.numbers import PhoneNumber
from convo.routing.loading import load
from convo.routing.playbook import Playbook

FLOW = """\
flow: booking
about: The conversation that is measured
start: {words: [book]}
answers: {service: option, when: datetime}
expires: {after: 24h, go: let_go}
steps:
  menu:
    choose: Hello! What can we do for you?
    options: {haircut: Haircut, colour: Colour, staff: Talk to us}
    save: service
    silent: [{after: 2h, go: let_go}]
  day:
    ask: Which day and time? For example "tomorrow 3pm".
    expect: datetime
    save: when
    silent: [{after: 2h, go: let_go}]
  sure:
    confirm: "{{ service }} on {{ when }}. Reply YES to confirm or NO to change it."
    yes: booked
    no: day
    silent: [{after: 4h, go: let_go}]
  booked:
    say: Booked! See you on {{ when }}.
    go: end
  let_go:
    end: lapsed
"""

IN_A_FILE = 'url = "sqlite:data/convo.db"'

SETTINGS = """\
[business]
name = "Bench"
zone = "Asia/Shanghai"
country = "CN"
languages = ["en"]

[store]
{store}

[server]
public_url = "{public}"
bind = "127.0.0.1:{port}"
secret = "the same in every process, and long enough"
texts_a_minute = 0

[channels.main]
provider = "twilio"
address = "{ours}"
account = "{account}"
token = "env:BENCH_TOKEN"
base_url = "http://127.0.0.1:{provider}"
"""


def playbook() -> Playbook:
    """The measured flow, loaded without any settings."""
    channel = Channel(name="main", provider="twilio", address=PhoneNumber(OURS))
    business = Business(
        name="Bench",
        zone="Asia/Shanghai",
        country="CN",
        languages=("en",),
        channels={"main": channel},
    )
    return load({"flows/booking.yaml": FLOW}, [], business).playbook


def written(folder: Path, *, port: int, provider: int, store: str = IN_A_FILE) -> dict[str, str]:
    """A project in `folder` that keeps its business in `store`; the environment that it needs."""
    (folder / "flows").mkdir(parents=True)
    (folder / "keyword_handlers").mkdir()
    (folder / "flows" / "booking.yaml").write_text(FLOW)
    (folder / "convo.toml").write_text(
        SETTINGS.format(
            public=PUBLIC.removesuffix("/in/main"),
            port=port,
            ours=OURS,
            account=ACCOUNT,
            provider=provider,
            store=store,
        )
    )
    return {"BENCH_TOKEN": TOKEN}
