"""People whom somebody of ours has to call, each a line of data/staff.jsonl."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from convo import Call, action

STAFF_LIST = Path("data/staff.jsonl")


@action("staff.list")
async def put_on_the_list(call: Call) -> None:
    """Put the contact on the list, with why and whatever else the flow gives."""
    since = datetime.fromtimestamp(call.now / 1000, UTC).isoformat(timespec="minutes")
    row = {"key": call.key, "phone": call.contact.number, "since": since, **call.given}
    await asyncio.to_thread(_add, row)


def _add(row: dict[str, Any]) -> None:
    STAFF_LIST.parent.mkdir(exist_ok=True)
    with STAFF_LIST.open("a+", encoding="utf-8") as people:
        people.seek(0)
        if all(json.loads(line)["key"] != row["key"] for line in people):
            people.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
