"""Why something does not work, as Health says it in the language of whoever looks."""

from pathlib import Path
from typing import cast

import pytest

from convo.core.presence import Obstacle, Presence
from convo.ports.presence import KnowsProcesses
from tests.console.desks import START, desk_at

pytestmark = pytest.mark.anyio


async def test_why_nothing_is_heard_is_said_in_the_language_of_the_page(tmp_path: Path) -> None:
    refused = Obstacle(kind="unheard", name="main", why="the SMSC does not let us in 0x0000000E")
    worker = Presence(
        name="here:7",
        role="worker",
        host="here",
        pid=7,
        version="9.9",
        since=START,
        trouble="the store fails: Redis cannot be used: Connection refused.",
        obstacles=(refused,),
    )
    async with desk_at(tmp_path / "shop") as desk:
        await desk.admit("anna", "viewer")
        cookie = await desk.cookie("anna")
        await cast(KnowsProcesses, desk.store).announce(worker)
        english = (await desk.ask("/console/health?lang=en", cookie)).text
        chinese = (await desk.ask("/console/health?lang=zh", cookie)).text
    assert "Channel main hears nothing: the SMSC does not let us in 0x0000000E" in english
    assert "渠道 main 收不到短信：短信中心拒绝登录（0x0000000E）" in chinese
    assert "：存储出错：无法使用 Redis：Connection refused。" in chinese
    assert "SMSC" not in chinese
