"""`convo preview`: what contacts of the store would be sent."""

import asyncio
from pathlib import Path

from tests.cli.conftest import Convo
from tests.cli.test_answers import ANNA, held


def test_a_preview_shows_the_texts_of_each_contact_and_sends_nothing(
    convo: Convo, shop: Path
) -> None:
    flow = next((shop / "flows").glob("*.yaml"))
    flow.write_text(
        f"flow: {flow.stem}\nbusy: beside\nsteps:\n"
        '  a: {say: "It is {{ now | date }}.", go: end}\n',
        "utf-8",
    )

    async def read() -> str:
        store = await held(shop / "data" / "convo.db")
        try:
            words = ("preview", flow.stem)
            return await asyncio.to_thread(lambda: convo("-C", shop, *words).output)
        finally:
            await store.close()

    said = asyncio.run(read())
    assert ANNA.e164 in said
    assert "It is " in said


def test_a_preview_of_no_flow_says_so(convo: Convo, shop: Path) -> None:
    assert "There is no flow" in convo("-C", shop, "preview", "nothing").output
