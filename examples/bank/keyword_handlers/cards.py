"""Cards that are blocked, each a line of data/blocked.txt; put your own system in its place."""

import asyncio
from pathlib import Path

from convo import Call, action

BLOCKED = Path("data/blocked.txt")


@action("card.block")
async def block(call: Call) -> None:
    """Block `card`; twice is the same as once."""
    await asyncio.to_thread(_add, f"{call.contact.number} {call.given['card']}")


def _add(card: str) -> None:
    BLOCKED.parent.mkdir(exist_ok=True)
    with BLOCKED.open("a+", encoding="utf-8") as blocked:
        blocked.seek(0)
        if card not in blocked.read().splitlines():
            blocked.write(f"{card}\n")
