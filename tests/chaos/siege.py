"""One run: phones talk, the process is killed again and again, and at the end it is judged."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

from tests.chaos import business, oracle
from tests.chaos.carriers import Carrier
from tests.chaos.kept import kept_in_file, rests_in_file
from tests.chaos.midwife import ROOT, Midwife
from tests.chaos.oracle import Verdict
from tests.chaos.town import PHONES, Town
from tests.chaos.wire import answers

COLD = (sys.executable, "-m", "convo.cli", "run", "--no-phone")

ALIVE = (0.05, 0.4)
"""Seconds from the first connection taken to the kill."""

KILLED_EARLY = 0.1
"""Share of the processes that are killed before they answer at all."""

COLD_EVERY = 10
"""One process in so many is started by its command; the others are forked, which is faster."""

GRACE = "50ms"
RESTS_WITHIN = 150.0
"""Seconds: what the company cut off often is tried again after a minute and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    verdict: Verdict
    rested: bool
    sound: bool
    figures: str


class Shop:
    """The process of `convo run`, one after the other on one database."""

    def __init__(self, folder: Path, port: int, sabotage: Sequence[str]) -> None:
        self._folder = folder
        self._port = port
        self._sabotage = sabotage
        self._cold: asyncio.subprocess.Process | None = None
        self._pid = 0
        self._midwife = Midwife(folder)

    async def open(self) -> None:
        await self._midwife.open(*self._sabotage)

    async def start(self, *, cold: bool) -> None:
        if cold and not self._sabotage:
            self._cold = await asyncio.create_subprocess_exec(
                *COLD,
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
            )
            self._pid = self._cold.pid
        else:
            self._pid = await self._midwife.start("run", "--no-phone")

    async def answers(self) -> None:
        """Return once it takes connections."""
        await answers(self._port)

    async def end(self, how: signal.Signals) -> int:
        """What it ended with."""
        pid, self._pid = self._pid, 0
        os.kill(pid, how)
        if self._cold is None:
            return await self._midwife.ended(pid)
        cold, self._cold = self._cold, None
        return await cold.wait()

    async def close(self) -> None:
        if self._pid:
            await self.end(signal.SIGKILL)
        await self._midwife.close()


async def besieged(
    folder: Path,
    carrier: Carrier,
    *,
    seed: str,
    kills: int,
    calm: float = 0.0,
    slow: float = 0.5,
    sabotage: Sequence[str] = (),
    rests_within: float = RESTS_WITHIN,
) -> Outcome:
    """Kill it so often; then let it live for `calm` seconds, fall silent, and be judged.

    `slow` is the share of its lives in which the company answers late, so that most kills fall
    between its taking a text and its saying so.
    """
    port = free_port()
    town = Town(carrier, port, seed)
    business.written(
        folder,
        public=carrier.public,
        port=port,
        channel=carrier.settings(await town.company.open()),
        grace=GRACE,
    )
    shop = Shop(folder, port, sabotage)
    database = folder / "data" / "convo.db"
    await shop.open()
    try:
        began = time.monotonic()
        siege = _Siege(shop, town, database, Random(f"{seed} kills"))
        await siege.lay(kills, slow)
        await shop.start(cold=False)
        await shop.answers()
        if not kills:
            town.wake()
        await asyncio.sleep(calm)
        town.company.slow = False
        await town.fall_silent()
        rested = await _rested(database, rests_within)
        ended = await shop.end(signal.SIGTERM)
        verdict = oracle.verdict(
            kept_in_file(database, carrier), town.witness, askable=carrier.askable
        )
        if town.witness.turned_away:
            verdict.findings["turned away"].append(f"{town.witness.turned_away} webhooks")
        if ended:
            verdict.findings["a clean stop failed"].append(str(ended))
        return Outcome(
            verdict=verdict,
            rested=rested,
            sound=siege.sound and oracle.sound(database),
            figures=_figures(seed, siege, town, verdict, time.monotonic() - began),
        )
    finally:
        await shop.close()
        await town.close()


class _Siege:
    """The kills, and what is seen on the way."""

    def __init__(self, shop: Shop, town: Town, database: Path, chance: Random) -> None:
        self._shop = shop
        self._town = town
        self._database = database
        self._chance = chance
        self.kills = 0
        self.early = 0
        self.longest_recovery = 0.0
        self.sound = True

    async def lay(self, kills: int, slow: float) -> None:
        shop, chance, posted = self._shop, self._chance, self._town.witness.posted
        killed_at, known = 0.0, 0
        for self.kills in range(1, kills + 1):
            self._town.company.slow = chance.random() < slow
            await shop.start(cold=self.kills % COLD_EVERY == 1)
            if self.kills == 1:
                self._town.wake()
            if self.kills > 1 and chance.random() < KILLED_EARLY:
                self.early += 1
                await asyncio.sleep(chance.uniform(0, 0.1))
            else:
                await shop.answers()
                await asyncio.sleep(chance.uniform(*ALIVE))
            await shop.end(signal.SIGKILL)
            if killed_at and len(posted) > known:
                self.longest_recovery = max(self.longest_recovery, posted[known].at - killed_at)
            if len(posted) > known or not killed_at:
                killed_at, known = time.monotonic(), len(posted)
            if self.kills % COLD_EVERY == 0:
                self.sound &= _copy_is_sound(self._database)


def _copy_is_sound(database: Path) -> bool:
    """Of a copy, for whoever looks at the file itself mends its journal."""
    copy = database.with_name("copy.db")
    for ending in ("", "-wal"):
        shutil.copyfile(f"{database}{ending}", f"{copy}{ending}")
    try:
        return oracle.sound(copy)
    finally:
        for ending in ("", "-wal", "-shm"):
            Path(f"{copy}{ending}").unlink(missing_ok=True)


async def _rested(database: Path, within: float) -> bool:
    until = time.monotonic() + within
    while not rests_in_file(database):
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.1)
    return True


def _figures(seed: str, siege: _Siege, town: Town, verdict: Verdict, seconds: float) -> str:
    witness = town.witness
    texts = sum(len(each) for each in witness.texts.values())
    return (
        f"seed {seed}: {siege.kills} kills ({siege.early} before it answered) in {seconds:.0f} s; "
        f"{PHONES} phones, {len(witness.texts)} conversations, {texts} texts, "
        f"{witness.duplicates} duplicates; {len(witness.posted)} sends, "
        f"{witness.looked_up} looked up, {verdict.held} held of which {verdict.held_but_sent} "
        f"had left; longest recovery, over further kills, {siege.longest_recovery:.1f} s"
    )


def free_port() -> int:
    """Below those that connections get: who calls one of them may be answered by himself."""
    chance = SystemRandom()
    while True:
        port = chance.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
