"""S12: a list without evidence loads as "no consent", its report says so, and nothing is sent."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.serving import ROOT, soon
from tests.rows.crowd import Crowd, crowd

pytestmark = pytest.mark.anyio

OFFER = """
flow: bought
class: marketing
programme: offers
languages: [en]
start: {events: [bought.offer]}
steps:
  a: {say: An offer., go: end}
"""
BOUGHT = [f"+86139001390{n:02}" for n in range(8)]
SHOWN = "+8613800138000"
#: What becomes of an offer, whatever hour it is: by night it waits for the morning.
VERDICTS = ("said", "postponed", "refused")


def verdicts(serving: Crowd) -> dict[str, list[str]]:
    """What the gate made of the offer, by number."""
    found: dict[str, list[str]] = {}
    for contact, kept in serving.serving.rows(
        "SELECT contact, CAST(records AS TEXT) FROM record ORDER BY number"
    ):
        for kind, facts in json.loads(kept)[4]:
            if kind in VERDICTS:
                found.setdefault(contact, []).append(facts.get("rule") if kind == "refused" else "")
    return found


async def test_a_bought_list_has_no_consent_and_is_sent_nothing(tmp_path: Path) -> None:
    lists = tmp_path / "list.csv"
    row = "offers,2026-11-20T15:00+08:00,form on salon.example,form 4711"
    lines = [f"{number},,,," for number in BOUGHT]
    lines[3] = f"{BOUGHT[3]},offers,,a dealer,"
    head = "number,programme,given_at,source,evidence"
    lists.write_text("\n".join([head, *lines, f"{SHOWN},{row}"]) + "\n", "utf-8")
    with crowd(tmp_path / "shop", {"bought": OFFER}, {}) as served:
        command = ["-m", "convo.cli", "-C", str(tmp_path / "shop"), "consents", "import"]
        said = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, *command, str(lists), "--no-consent"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        assert said.returncode == 0, said.stderr
        assert "1 kept, 8 without consent, 0 known already, 0 refused." in said.stdout
        told = said.stderr.splitlines()
        assert told[0] == "list.csv:2: no consent: given_at and source and evidence are missing."
        assert told[3] == "list.csv:5: no consent: given_at and evidence are missing."
        assert len(told) == len(BOUGHT)
        for number in (*BOUGHT, SHOWN):
            body = {"event": "bought.offer", "to": number, "channel": "main", "key": number}
            assert (await served.post("/v1/events", body))[0] == 202
        soon(lambda: set(verdicts(served)), {*BOUGHT, SHOWN})
        assert verdicts(served) == {**{each: ["no-consent"] for each in BOUGHT}, SHOWN: [""]}
        sent = "SELECT count(*) FROM message WHERE contact <> ?"
        assert served.serving.rows(sent, SHOWN) == [(0,)]
