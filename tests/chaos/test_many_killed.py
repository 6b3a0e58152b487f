"""Web, workers, Redis and their lines are struck at random moments of sixty conversations."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos.carriers import Carrier, Kannel, Twilio
from tests.chaos.onslaught import Blow, Outcome, cut, kill, pause, under_fire

KILLS = 40
KILLS_UNASKED = 8
PAUSES = 3
CUTS = 12
SOAKED = 300


@pytest.fixture
def seed() -> str:
    """Another one each time; CHAOS_SEED repeats a run."""
    return os.environ.get("CHAOS_SEED") or secrets.token_hex(4)


async def _survives(folder: Path, carrier: Carrier, seed: str, blows: Sequence[Blow]) -> Outcome:
    outcome = await under_fire(folder, carrier, blows, seed=seed, calm=1.0, lossy=cut in blows)
    print(f"\n{outcome.figures}")
    told = f"CHAOS_SEED={seed}\n{outcome.verdict}"
    assert not outcome.verdict.findings, told
    assert outcome.rested, told
    return outcome


@pytest.mark.anyio
@pytest.mark.soak
async def test_kill_9_of_anybody_loses_doubles_and_disorders_nothing(
    tmp_path: Path, seed: str, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        await _survives(tmp_path, Twilio(), seed, [kill] * (SOAKED if soak else KILLS))


@pytest.mark.anyio
@pytest.mark.soak
async def test_where_nobody_can_be_asked_nothing_is_sent_twice_and_the_missing_are_the_held(
    tmp_path: Path, seed: str, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        await _survives(tmp_path, Kannel(), seed, [kill] * (SOAKED if soak else KILLS_UNASKED))


@pytest.mark.anyio
@pytest.mark.soak
async def test_who_sleeps_through_a_lease_wakes_up_fenced_off_and_sends_nothing_twice(
    tmp_path: Path, seed: str, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        outcome = await _survives(tmp_path, Twilio(), seed, [pause] * (SOAKED if soak else PAUSES))
    assert outcome.taken_over >= (100 if soak else 1)


@pytest.mark.anyio
@pytest.mark.soak
async def test_cut_slow_and_lossy_lines_to_redis_and_to_the_company_change_nothing(
    tmp_path: Path, seed: str, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        outcome = await _survives(tmp_path, Twilio(), seed, [cut] * (SOAKED if soak else CUTS))
    assert outcome.unheard >= (50 if soak else 1)
