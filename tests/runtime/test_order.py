"""A channel that keeps the order of delivery, in the loops themselves."""

import pytest

from convo.core.events import Report
from convo.ports import Arrival
from tests.runtime.stage import ANNA, BERT, FakeProvider, business, parsed, staged

pytestmark = pytest.mark.anyio


async def test_the_next_text_leaves_when_the_one_before_has_arrived() -> None:
    provider = FakeProvider()
    async with staged(provider, business=business(order="delivered")) as stage:
        await stage.says(ANNA, "two")
        async with stage.process:
            await stage.until(lambda: provider.texts == ["one"])
            # Of somebody who need not wait: so it is seen that Anna's second text does.
            await stage.says(BERT, "hi")
            await stage.until(lambda: "1: hi" in provider.texts)
            assert provider.texts == ["one", "1: hi"]
            report = Report(channel="main", provider_id="P1", status="delivered")
            await stage.intake.accept("main", parsed(Arrival(event=report, dedupe="")))
            await stage.until(lambda: provider.texts == ["one", "1: hi", "two"])
