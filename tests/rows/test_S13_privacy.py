"""S13: the privacy word is answered with the policy and what is kept of the number, and logged."""

from dataclasses import replace

import pytest

from convo.core.business import Privacy
from tests.rows.acting import JOIN, acting, words
from tests.steps.conversation import business

pytestmark = pytest.mark.anyio

SHOP = replace(
    business(), privacy=Privacy(words=("privacy", "隐私"), policy={"en": "Policy.", "zh": "政策。"})
)


async def test_the_answer_is_in_their_language_and_in_the_records() -> None:
    async with acting(JOIN, at=SHOP) as talk:
        await talk.text("join")
        words(talk)
        await talk.text(" Privacy! ")
        (answer,) = words(talk)
        assert answer.startswith("Policy.\nSalon Mei keeps of this number: your number, texts")
        assert "what you agreed to" in answer
        await talk.text("隐私")
        (facts, _) = [
            r.facts for t in await talk.records() for r in t.records if r.kind == "privacy"
        ]
        assert facts["policy"] == "Policy."
        assert facts["kinds"] == ["number", "texts", "language", "consents", "answers"]
        assert await talk.where() == (("join", "invite"),)


async def test_who_has_said_stop_is_not_answered() -> None:
    async with acting(JOIN, at=SHOP) as talk:
        await talk.text("STOP")
        words(talk)
        await talk.text("privacy")
        assert words(talk) == []
