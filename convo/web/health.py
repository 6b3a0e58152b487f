"""What machines ask of us: are you alive, are you ready, and how are the numbers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from convo.errors import StoreError
from convo.runtime.metrics import Metrics

CHECK_SECONDS = 2.0
"""A check that has not answered by then has failed."""

#: Answers why something does not work, or "" when it does.
Check = Callable[[], Awaitable[str]]

#: Levels by the names of the gauges: `convo_inbox` and its kin.
Levels = Callable[[], Awaitable[Mapping[str, float]]]


async def no_levels() -> Mapping[str, float]:
    """For who counts nothing."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What readiness hangs on: `store`, `owner` and the channels, each with its check."""

    checks: Mapping[str, Check]
    levels: Levels = no_levels

    async def reasons(self) -> dict[str, str]:
        """What does not work and why; empty when all is well."""
        found = await asyncio.gather(*(_asked(check) for check in self.checks.values()))
        return {name: why for name, why in zip(self.checks, found, strict=True) if why}


async def _asked(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer in {CHECK_SECONDS:g} s"
    except Exception as error:
        return type(error).__name__


def routes(health: Health, metrics: Metrics) -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics`."""

    async def alive(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_request: Request) -> Response:
        reasons = await health.reasons()
        return JSONResponse(
            {"ready": not reasons, "reasons": reasons}, status_code=503 if reasons else 200
        )

    async def numbers(_request: Request) -> Response:
        levels: Mapping[str, float] = {}
        # Without the store's levels the counters are worth having all the same.
        with suppress(TimeoutError, StoreError):
            async with asyncio.timeout(CHECK_SECONDS):
                levels = await health.levels()
        for name, level in levels.items():
            metrics.level(name, level)
        text, kind = metrics.page()
        return Response(text, media_type=kind)

    return [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", numbers),
    ]
