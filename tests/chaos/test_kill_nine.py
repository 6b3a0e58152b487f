"""`kill -9` of `convo run` at random moments of sixty running conversations."""

import os
import secrets
from pathlib import Path

import pytest

from tests.chaos.carriers import Carrier, Kannel, Twilio
from tests.chaos.siege import besieged

KILLS = 50
KILLS_UNASKED = 15
SOAK_KILLS = 1_000


@pytest.fixture
def seed() -> str:
    """Another one each time; CHAOS_SEED repeats a run."""
    return os.environ.get("CHAOS_SEED") or secrets.token_hex(4)


async def _survives(folder: Path, carrier: Carrier, seed: str, kills: int) -> str:
    outcome = await besieged(folder, carrier, seed=seed, kills=kills, calm=1.0)
    print(f"\n{outcome.figures}")
    told = f"CHAOS_SEED={seed}\n{outcome.verdict}"
    assert not outcome.verdict.findings, told
    assert outcome.rested, told
    assert outcome.sound, told
    return outcome.figures


@pytest.mark.anyio
@pytest.mark.soak
async def test_kill_9_loses_doubles_and_disorders_nothing(
    tmp_path: Path, seed: str, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        await _survives(tmp_path / "shop", Twilio(), seed, SOAK_KILLS if soak else KILLS)


@pytest.mark.anyio
@pytest.mark.soak
async def test_where_nobody_can_be_asked_nothing_is_sent_twice_and_the_missing_are_the_held(
    tmp_path: Path, seed: str, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        await _survives(tmp_path / "shop", Kannel(), seed, SOAK_KILLS if soak else KILLS_UNASKED)
