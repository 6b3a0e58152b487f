"""S70: a code is on the phone and nowhere else: in no store, no record and no log."""

import re
from collections import Counter
from pathlib import Path

import pytest

from convo.core.one_time_codes import code_of
from tests.end_to_end.serving import ROOT, soon
from tests.rows.crowd import crowd

pytestmark = pytest.mark.anyio

FLOW = (ROOT / "flows" / "sign_in.yaml").read_text("utf-8")
CODE = re.compile(r"(\d{6}) is your Salon Mei code")
ANNA = "+12025550143"
BODY = {"event": "sign_in.wanted", "to": ANNA, "channel": "main"}


async def test_a_code_opens_the_door_and_is_kept_nowhere(tmp_path: Path) -> None:
    with crowd(tmp_path / "shop", {"sign_in": FLOW}, {}) as people:
        business = people.serving
        status, answer = await people.post(
            "/v1/events", {**BODY, "answers": {"site": "shop.example"}, "key": "once"}
        )
        assert status == 202, answer
        soon(lambda: bool(CODE.search("".join(business.printed))), True)
        found = CODE.search("".join(business.printed))
        assert found is not None
        code = found[1]
        # What is kept before it comes back: the text, with a mark for every digit.
        assert code not in everything(business.folder / "data")
        (told,) = business.rows("SELECT id, text FROM message")
        assert told[1].startswith("¤¤¤¤¤¤ is your Salon Mei code")
        secret = (business.folder / "data" / "secret").read_bytes().strip()
        assert code == code_of(secret, told[0], 6)
        await people.text(ANNA, code)
        soon(people.ended, 1)
        soon(lambda: "You are signed in." in "".join(business.printed), True)
        rows = "\n".join(business.rows_of_all())
        business.stop()
        assert code not in rows
        assert "******" in rows
        assert code not in business.log.read_text("utf-8")


async def test_one_site_gets_no_more_codes_in_a_day_than_it_may(tmp_path: Path) -> None:
    flow = FLOW.replace("limit: 200", "limit: 3")
    with crowd(tmp_path / "shop", {"sign_in": flow}, {}) as people:
        for n in range(6):
            body = {**BODY, "to": f"+1202555010{n}", "key": str(n)}
            await people.post("/v1/events", {**body, "answers": {"site": "pump.example"}})
        counted = "SELECT count(*) FROM message"
        soon(people.ended, 3)
        assert people.serving.rows(counted) == [(3,)]


def everything(folder: Path) -> str:
    """Every byte of the data, the write-ahead log's too."""
    return "".join(file.read_bytes().decode("latin-1") for file in sorted(folder.iterdir()))


def test_codes_are_spread_evenly() -> None:
    """A code that is likelier than others is guessed sooner."""
    first = Counter(code_of(b"secret", str(n), 6)[0] for n in range(20_000))
    assert set(first) == set("0123456789")
    assert max(first.values()) - min(first.values()) < 400
