"""Faults built into the process that serves: an oracle that cannot see them proves nothing."""

from collections.abc import Collection, Sequence, Set
from functools import partial
from itertools import chain
from pathlib import Path

import pytest

from tests.chaos import sabotage
from tests.chaos.carriers import Carrier, Kannel, Twilio
from tests.chaos.onslaught import PAUSES, Blow, kill_worker, pause, under_fire
from tests.chaos.siege import besieged

#: By fault: how many kills it takes to show, and what the oracle may call it.
SEEN: dict[str, tuple[int, Collection[str]]] = {
    "answered_before_it_is_kept": (5, {"acknowledged and lost"}),
    "deaf_to_duplicates": (0, {"a turn counted twice"}),
    "entry_left_in_the_inbox": (0, {"a turn counted twice"}),
    "turns_out_of_order": (0, {"turns out of order"}),
    "reply_not_committed": (0, {"no reply was queued"}),
    "settle_skipped": (0, {"left over"}),
    "sent_twice": (0, {"sent twice"}),
    "doubts_sent_again": (5, {"sent twice"}),
}


sleep_long = partial(pause, lengths=PAUSES[1:])

#: Together on Redis: under which blows, and everything that the oracle must say.
SEEN_ON_REDIS: dict[tuple[str, ...], tuple[Sequence[Blow], Set[str]]] = {
    ("reply_not_committed", "settle_skipped"): ([], {"no reply was queued", "left over"}),
    ("entry_left_in_the_inbox", "doubts_sent_again"): (
        [kill_worker] * 8,
        {"a turn counted twice", "sent twice"},
    ),
    ("leaves_after_its_lease",): ([sleep_long] * 4, {"sent twice"}),
}


def test_every_fault_is_tried() -> None:
    elsewhere = {"claims_whoever_has_left"}  # test_stop_in_a_broadcast.py
    assert SEEN.keys() | set(chain(*SEEN_ON_REDIS)) | elsewhere == sabotage.ALL.keys()


@pytest.mark.anyio
@pytest.mark.parametrize("fault", SEEN)
async def test_the_oracle_sees(fault: str, tmp_path: Path) -> None:
    kills, called = SEEN[fault]
    outcome = await besieged(
        tmp_path / "shop",
        Twilio(),
        seed="the oracle sees",
        kills=kills,
        calm=0.7,
        slow=1.0 if kills else 0.0,
        sabotage=(fault,),
        rests_within=2.0,
    )
    assert called & outcome.verdict.findings.keys(), outcome.figures


@pytest.mark.anyio
@pytest.mark.parametrize("faults", SEEN_ON_REDIS, ids="+".join)
async def test_the_oracle_sees_on_redis(faults: tuple[str, ...], tmp_path: Path) -> None:
    blows, called = SEEN_ON_REDIS[faults]
    outcome = await under_fire(
        tmp_path,
        Twilio(),
        blows,
        seed="the oracle sees",
        calm=1.5,
        slow=1.0,
        sabotage=faults,
        rests_within=2.0,
    )
    assert called <= outcome.verdict.findings.keys(), f"{outcome.figures}\n{outcome.verdict}"


@pytest.mark.anyio
@pytest.mark.parametrize("carrier", [Twilio(), Kannel()], ids=["askable", "unaskable"])
async def test_the_oracle_is_content_with_a_sound_business(
    carrier: Carrier, tmp_path: Path
) -> None:
    outcome = await besieged(tmp_path / "shop", carrier, seed="a calm day", kills=0, calm=0.7)
    assert not outcome.verdict.findings, outcome.verdict
    assert outcome.rested
