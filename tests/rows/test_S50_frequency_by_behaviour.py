"""S50: what contacts do lowers and raises their cap by a written rule, and their records say so."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from convo.rehearsal.rehearsal import Rehearsal
from convo.settings import Settings
from convo.wiring.authored import authored, settings_in
from convo.wiring.rehearsing import rehearse
from tests.rows.acting import words
from tests.steps.conversation import ANNA, START

pytestmark = pytest.mark.anyio

RULES = """
[business]
name = "Shop"
zone = "Europe/London"
country = "GB"
languages = ["en"]

[channels.main]
provider = "console"
address = "12345"
path_token = "a-token-of-this-test"
fallback = "Thank you."

[programmes.offers]
about = "Offers, twice a week at most"

[contact]
how_often = "option"

[caps]
normal = "2 per week"
high = "4 per week"
dormant = "1 per month"
none = "never"
chosen = "how_often"

[caps.signals]
answered = {touches = 2, tier = "high"}
unanswered = {touches = 2, tier = "dormant"}
complaint = {tag = "complained", tier = "dormant"}
"""
FLOWS = {
    "join": "flow: join\nstart: {words: [join]}\nsteps:\n  a: {consent: {give: offers}, go: end}\n",
    "offer": "flow: offer\nclass: marketing\nprogramme: offers\nbusy: beside\n"
    "start: {events: [offer.new]}\nsteps:\n  a: {say: An offer., go: end}\n",
    "complain": "flow: complain\nstart: {words: [too many]}\nsteps:\n"
    "  a: {say: Sorry!, tag: complained, go: end}\n",
    "choose": "flow: choose\nstart: {words: [how often]}\nanswers: {how: option}\nsteps:\n"
    "  a:\n    choose: How often?\n    options: {none: Not at all, dormant: Once a month}\n"
    "    save: how\n    silent: [{after: 1h, go: end}]\n"
    "  b: {set: {contact.how_often: how}, say: We keep to that., go: end}\n",
}


@asynccontextmanager
async def shop(folder: Path) -> AsyncGenerator[Rehearsal]:
    """A business with these rules, and a customer who has joined it."""
    (folder / "flows").mkdir()
    (folder / "convo.toml").write_text(RULES, "utf-8")
    for name, flow in FLOWS.items():
        (folder / "flows" / f"{name}.yaml").write_text(flow, "utf-8")
    settings: Settings = settings_in(folder)
    async with rehearse(authored(settings).playbook, start=START) as talk:
        talk.phone = ANNA
        await talk.text("join")
        yield talk


async def offered(talk: Rehearsal, days: float = 1) -> bool:
    """Whether an offer reaches them, so many days later."""
    await talk.wait(timedelta(days=days))
    words(talk)
    await talk.request("offer.new")
    return bool(words(talk))


async def timeline(talk: Rehearsal) -> list[dict[str, Any]]:
    """What the records say of their cap since they were read last."""
    return [
        dict(record.facts)
        for turn in await talk.records()
        for record in turn.records
        if record.kind == "tier" or (record.kind == "refused" and "cap" in record.facts)
    ]


async def test_who_ignores_what_is_sent_gets_less_of_it_until_they_reply(tmp_path: Path) -> None:
    async with shop(tmp_path) as talk:
        assert [await offered(talk) for _ in range(2)] == [True, True]
        assert await timeline(talk) == [{"was": "normal", "now": "dormant", "by": "unanswered"}]
        assert not await offered(talk, days=8)
        (refused,) = await timeline(talk)
        assert (refused["cap"], refused["by"]) == ("dormant: 1 per month", "unanswered")
        await talk.text("Oh, I was on holiday")
        assert await timeline(talk) == [{"was": "dormant", "now": "normal", "by": "usual"}]
        assert await offered(talk)


async def test_who_replies_to_what_is_sent_gets_more_of_it(tmp_path: Path) -> None:
    async with shop(tmp_path) as talk:
        for _ in range(2):
            assert await offered(talk)
            await talk.text("nice")
        assert await timeline(talk) == [{"was": "normal", "now": "high", "by": "answered"}]
        assert [await offered(talk) for _ in range(2)] == [True, True]


async def test_who_complains_gets_less_of_it_whatever_else_they_do(tmp_path: Path) -> None:
    async with shop(tmp_path) as talk:
        for _ in range(2):
            assert await offered(talk)
            await talk.text("nice")
        await timeline(talk)
        await talk.text("too many")
        assert await timeline(talk) == [{"was": "high", "now": "dormant", "by": "complaint"}]
        assert not await offered(talk)
        assert not await offered(talk, days=20)
        assert await offered(talk, days=20)


async def test_what_they_have_chosen_is_kept_and_no_reply_raises_it(tmp_path: Path) -> None:
    async with shop(tmp_path) as talk:
        await talk.text("how often")
        await talk.text("1")
        assert await timeline(talk) == [{"was": "normal", "now": "none", "by": "chosen"}]
        assert not await offered(talk, days=300)
        (refused,) = await timeline(talk)
        assert (refused["cap"], refused["by"]) == ("none: never", "chosen")
        await talk.text("how often")
        await talk.text("2")
        assert await offered(talk)
        assert not await offered(talk, days=20)
