"""Alarms: proposed by one person on duty, approved by another, and then sent to a region's people.

Both lists are files in lists/. All goes out as events through the city's own door, each under
a key of its own, so an action that is called twice warns nobody twice.
"""

import csv
import hashlib
import tomllib
from pathlib import Path
from typing import Any

import httpx

from convo import Call, Failed, action

DUTY = Path("lists/duty.csv")
PEOPLE = Path("lists/people.csv")
SETTINGS = Path("convo.toml")
SECONDS = 5.0


@action("alarm.propose")
async def propose(call: Call) -> str:
    """Ask somebody else on duty to approve; answers who is asked."""
    others = [row for row in _rows(DUTY) if row["number"] != call.contact.number]
    names = {row["number"]: row["name"] for row in _rows(DUTY)}
    if not others:
        raise Failed("nobody else is on duty")
    told = {
        "alarm": hashlib.blake2b(call.key.encode(), digest_size=6).hexdigest(),
        "what": call.given["what"],
        "region": call.given["region"],
        "by": names.get(call.contact.number, "Somebody"),
    }
    await _post([_event("alarm.proposed", others[0]["number"], told)])
    return others[0]["name"]


@action("alarm.send")
async def send(call: Call) -> int:
    """Warn everybody of the region; answers how many they are."""
    given = call.given
    told = {"alarm": given["alarm"], "what": given["what"]}
    numbers = [
        row["number"] for row in _rows(PEOPLE) if given["region"] in (row["region"], "everywhere")
    ]
    await _post([_event("alarm.raised", number, told) for number in numbers])
    return len(numbers)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def _event(event: str, to: str, told: dict[str, Any]) -> dict[str, Any]:
    key = f"{event}-{told['alarm']}-{to}"
    return {"event": event, "to": to, "key": key, "answers": told}


async def _post(events: list[dict[str, Any]]) -> None:
    server = tomllib.loads(SETTINGS.read_text("utf-8"))["server"]
    headers = {"Authorization": f"Bearer {server['api_token']}"}
    url = f"http://{server['bind']}/v1/events"
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as door:
            for event in events:
                (await door.post(url, json=event, headers=headers)).raise_for_status()
    except httpx.HTTPError as error:
        # Called again, it goes on where it was: what was posted already is known by its key.
        raise Failed(f"the door is shut ({type(error).__name__})") from None
