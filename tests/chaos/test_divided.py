"""Contacts are divided into other partitions while sixty phones talk and everybody is killed."""

import os
import secrets
from pathlib import Path

import pytest

from tests.chaos.carriers import Twilio
from tests.chaos.onslaught import divide, kill, under_fire

BLOWS, SOAKED = 2, 40


@pytest.mark.anyio
@pytest.mark.soak
async def test_dividing_contacts_anew_loses_doubles_and_disorders_nothing_whoever_is_killed(
    tmp_path: Path, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = os.environ.get("CHAOS_SEED") or secrets.token_hex(4)
    blows = [divide, kill, kill] * (SOAKED if soak else BLOWS)
    outcome = await under_fire(tmp_path, Twilio(), blows, seed=seed, calm=1.0)
    with capsys.disabled():
        print(f"\n{outcome.figures}")
    told = f"CHAOS_SEED={seed}\n{outcome.verdict}"
    assert not outcome.verdict.findings, told
    assert outcome.rested, told
