"""预约写进的日历：这里是一个文件，可以换成你自己的系统。"""

import asyncio
import json
from pathlib import Path

from convo import Call, action

BOOK = Path("data/calendar.json")
"""以 key 区分的预约；路径从 convo.toml 所在的文件夹算起。"""


@action("calendar.book")
async def book(call: Call) -> dict[str, str]:
    """写入预约；同一段对话再来一次就是改期。"""
    visit = {"service": str(call.given["service"]), "at": str(call.given["at"])}
    # key 属于这段对话：再次调用会替换原来的预约，不会多出一个。
    await asyncio.to_thread(write_down, call.key, visit)
    return visit


def write_down(key: str, visit: dict[str, str]) -> None:
    visits: dict[str, dict[str, str]] = {}
    if BOOK.exists():
        visits = json.loads(BOOK.read_text("utf-8"))
    visits[key] = visit
    BOOK.parent.mkdir(exist_ok=True)
    half_written = BOOK.with_suffix(".new")
    half_written.write_text(json.dumps(visits, ensure_ascii=False, indent=1), "utf-8")
    half_written.replace(BOOK)
