"""S66: a board tells who acknowledged; the silent are asked again, and an answer stops it."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.serving import ROOT, soon
from tests.rows.crowd import PEOPLE, Crowd, crowd

pytestmark = pytest.mark.anyio

FLOW = (ROOT / "flows" / "alert.yaml").read_text("utf-8")
SHORT = {"after: 5m": "after: 2s", "after: 15m": "after: 4s", "after: 30m": "after: 6s"}
SAFE, HELP, ODD, SILENT = PEOPLE[:4], PEOPLE[4:6], PEOPLE[6:7], PEOPLE[7:10]
EVERYBODY = PEOPLE[:10]


def outcomes(business: Crowd, *words: str) -> str:
    """As from another terminal, so it has an event loop of its own."""
    folder = str(business.serving.folder)
    asked = [sys.executable, "-m", "convo.cli", "-C", folder, "outcomes", "alert", *words]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def standings(business: Crowd) -> dict[str, int]:
    (board,) = (json.loads(line) for line in outcomes(business, "--json").splitlines())
    assert board["by"] == "request alert.raised"
    return board["standings"]


def asked(business: Crowd) -> Counter[str]:
    """How often each was asked."""
    rows = business.serving.rows("SELECT contact FROM message WHERE text LIKE 'Fire%'")
    return Counter(contact for (contact,) in rows)


async def test_a_board_of_a_send_to_ten(tmp_path: Path) -> None:
    flow = FLOW
    for minutes, seconds in SHORT.items():
        assert minutes in flow
        flow = flow.replace(minutes, seconds)
    with crowd(tmp_path / "shop", {"alert": flow}, {}) as business:
        for number in EVERYBODY:
            body = {"event": "alert.raised", "to": number, "key": number}
            status, answer = await business.post(
                "/v1/events", body | {"answers": {"what": "Fire in hall B."}}
            )
            assert status == 202, answer
        soon(lambda: asked(business), Counter(EVERYBODY))
        await business.all_text("1", SAFE)
        await business.all_text("need help", HELP)
        await business.all_text("who is this", ODD)
        early = {"acknowledged": 6, "other": 1, "undelivered": 0, "silent": 0, "open": 3}
        soon(lambda: standings(business), early)

        late = {"acknowledged": 6, "other": 1, "undelivered": 0, "silent": 3, "open": 0}
        soon(lambda: standings(business), late)
        # Asked again until they answered, and then not once more.
        often = asked(business)
        assert {often[number] for number in SAFE + HELP} == {1}
        assert {often[number] for number in SILENT} == {3}
        assert often[ODD[0]] > 1

        shown = outcomes(business)
        assert "alert, by request alert.raised: 10" in shown
        assert "safe 4" in shown
        listed = outcomes(business, "--list", "silent").splitlines()
        assert [line.split("  ")[0] for line in listed] == [
            "+8613****07",
            "+8613****08",
            "+8613****09",
        ]
        assert not any(number in shown + "".join(listed) for number in EVERYBODY)
        assert outcomes(business, "--since", "2099-01-01") == "No conversation with it is known.\n"
