"""S11: a word opens the choice of topics and frequency; an unchosen topic is refused as such."""

from pathlib import Path

import pytest

from convo.wiring.authored import authored, settings_in
from convo.wiring.rehearsing import rehearse
from tests.rows.acting import refusals, words
from tests.steps.conversation import START

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("choice", "sent"), [("1", True), ("2", False)])
async def test_a_topic_is_sent_to_who_chose_it_and_refused_with_its_reason_to_others(
    choice: str, sent: bool
) -> None:
    async with rehearse(authored(settings_in(ROOT)).playbook, start=START) as talk:
        for text in ("topics", choice, "1", "1"):
            await talk.text(text)
        assert (await talk.state()).fields["how_often"] == "monthly"
        assert (await talk.state()).consent_to("tips") == "given"
        words(talk)
        await talk.records()
        await talk.request("offer.new")
        assert bool(words(talk)) is sent
        assert await refusals(talk) == ([] if sent else ["no-consent"])
        offers = [act for act in await talk.acts() if act.programme == "offers"]
        assert [act.state for act in offers] == ["given" if sent else "withdrawn"]
