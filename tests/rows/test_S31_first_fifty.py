"""S31: a thousand say Y at once to fifty places, through the real door, and the server may die."""

from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.serving import ROOT, soon
from tests.rows.crowd import PEOPLE, crowd

pytestmark = pytest.mark.anyio

PLACES = 50
FLOW = (ROOT / "flows" / "first_fifty.yaml").read_text("utf-8")


@pytest.mark.parametrize("dies", [False, True], ids=["in one go", "killed in the middle"])
async def test_a_thousand_at_once_get_exactly_fifty_places_and_the_rest_the_waiting_text(
    tmp_path: Path, dies: bool
) -> None:
    # Whenever this is run, the offer is open.
    flow = FLOW.replace("2026-12-01 18:00", "2099-12-01 18:00")
    with crowd(tmp_path / "shop", {"first_fifty": flow}, {}) as all_of_them:
        business = all_of_them.serving
        await all_of_them.all_text("spring")
        offered = "SELECT count(*) FROM message WHERE text LIKE 'Spring offer%' AND state = 'done'"
        soon(lambda: business.rows(offered)[0][0], len(PEOPLE))
        if dies:
            await all_of_them.all_text_and_it_dies("Y")
        else:
            await all_of_them.all_text("Y")
        soon(all_of_them.ended, len(PEOPLE))
        said = business.rows("SELECT contact, text FROM message WHERE text NOT LIKE 'Spring off%'")
    assert len({contact for contact, _ in said}) == len(said) == len(PEOPLE)
    texts = Counter(text for _, text in said)
    waiting = texts.pop("All 50 places are taken. You are on the waiting list.", 0)
    assert waiting == len(PEOPLE) - PLACES
    assert texts == {
        f"You have place {place} of 50. Show this text when you visit.": 1
        for place in range(1, PLACES + 1)
    }
