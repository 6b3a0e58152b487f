"""What machines ask: alive, ready, numbers."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest

from convo.core.links import SignedIds
from convo.errors import StoreUnavailable
from convo.ports import Parsed
from convo.runtime.metrics import METRICS, Metrics
from convo.web import health
from convo.web.app import build_app
from convo.web.health import Health

pytestmark = pytest.mark.anyio


async def kept(_channel: str, _parsed: Parsed) -> str:
    return "kept"


async def page(path: str, asked: Health, metrics: Metrics | None = None) -> httpx.Response:
    app = build_app({}, kept, ids=SignedIds([b"x"]), health=asked, metrics=metrics or Metrics())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.get(path)


async def well() -> str:
    return ""


async def ill() -> str:
    return "no owner"


async def broken() -> str:
    raise OSError("/data/convo.db")


async def stuck() -> str:
    await asyncio.sleep(60)
    return ""


async def test_a_process_that_answers_is_alive_whatever_else_is_wrong() -> None:
    answer = await page("/healthz", Health(checks={"store": broken}))
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


async def test_it_is_ready_when_every_check_says_so() -> None:
    answer = await page("/readyz", Health(checks={"store": well, "owner": well}))
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": {}})


async def test_it_is_not_ready_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    checks = {"store": broken, "owner": ill, "main": stuck, "alerts": well}
    answer = await page("/readyz", Health(checks=checks))
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "reasons": {"store": "OSError", "owner": "no owner", "main": "no answer in 0.05 s"},
    }


async def test_the_metrics_page_has_every_entry_of_the_table() -> None:
    async def levels() -> Mapping[str, float]:
        return {"convo_inbox": 3, "convo_held": 1}

    metrics = Metrics()
    metrics.count("convo_webhooks_total", "main", "kept")
    metrics.count("convo_sends_total", "main", "accepted", by=2)
    metrics.count("convo_turns_total", "done")
    metrics.observe("convo_turn_seconds", 0.004)
    answer = await page("/metrics", Health(checks={}, levels=levels), metrics)
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'convo_webhooks_total{channel="main",result="kept"} 1.0' in lines
    assert 'convo_sends_total{channel="main",outcome="accepted"} 2.0' in lines
    assert "convo_inbox 3.0" in lines
    assert 'convo_turn_seconds_bucket{le="0.005"} 1.0' in lines
    for name, metric in METRICS.items():
        exposed = name.removesuffix("_total") if metric.kind == "counter" else name
        assert any(line.startswith(f"# HELP {exposed}") for line in lines), name
    assert "_created" not in answer.text


async def test_a_store_that_does_not_answer_does_not_hide_the_counters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def levels() -> Mapping[str, float]:
        await asyncio.sleep(60)
        return {}

    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    answer = await page("/metrics", Health(checks={}, levels=levels))
    assert answer.status_code == 200


async def test_a_store_that_fails_does_not_hide_the_counters() -> None:
    async def levels() -> Mapping[str, float]:
        raise StoreUnavailable("the disk is gone")

    answer = await page("/metrics", Health(checks={}, levels=levels))
    assert answer.status_code == 200


async def test_what_is_nowhere_is_404() -> None:
    assert (await page("/", Health(checks={}))).status_code == 404


def test_a_number_that_is_not_in_the_table_is_a_mistake() -> None:
    metrics = Metrics()
    for attempt in (
        lambda: metrics.count("convo_wishes_total"),
        lambda: metrics.count("convo_inbox"),
        lambda: metrics.level("convo_turn_seconds", 1),
        lambda: metrics.observe("convo_inbox", 1),
    ):
        with pytest.raises(KeyError):
            attempt()
