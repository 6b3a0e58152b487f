"""Leads, each a line of data/leads.jsonl; post them to your CRM instead."""

import asyncio
import json
from pathlib import Path
from typing import Any

from convo import Call, action

LEADS = Path("data/leads.jsonl")


@action("crm.lead")
async def lead(call: Call) -> None:
    """Keep a lead with all that the flow gives, and its source."""
    row = {"key": call.key, "phone": call.contact.number, **call.given}
    await asyncio.to_thread(_add, row)


def _add(row: dict[str, Any]) -> None:
    LEADS.parent.mkdir(exist_ok=True)
    with LEADS.open("a+", encoding="utf-8") as leads:
        leads.seek(0)
        # An action may be called twice under one key: the second time it is there already.
        if all(json.loads(line)["key"] != row["key"] for line in leads):
            leads.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
