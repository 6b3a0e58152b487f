"""What is on the disk is all there is: a file torn off at any byte is a business that goes on."""

import asyncio
import random
import secrets
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from convo.ports import Arrival, Claim
from convo.stores.redis.store import RedisStore
from tests.servers import ON_DISK, PROGRAMS, RunningServer, free_port, running
from tests.stores.answering import World, closed, say_again, taken, work, write
from tests.stores.contract_desk import PEOPLE, text

GUARD = 600.0
"""Seconds: a hang guard."""

TEXTS = 60
CUTS = 8
SOAKED = 250
AT_ONCE = 4

LEASE = 400
"""ms: what is waited for, since the worker died with its server."""


@dataclass
class Filmed(World):
    """A world that knows how long the file was when each thing had happened."""

    server: RunningServer | None = None
    #: Bytes, by text.
    acknowledged: dict[str, int] = field(default_factory=dict[str, int])
    answered: dict[str, int] = field(default_factory=dict[str, int])

    def acknowledge(self, arrival: Arrival) -> None:
        super().acknowledge(arrival)
        self.acknowledged[arrival.dedupe] = self._length()

    def post(self, claim: Claim) -> None:
        super().post(claim)
        self.answered[claim.message.text] = self._length()

    def _length(self) -> int:
        assert self.server is not None
        return self.server.appended.stat().st_size

    def at(self, length: int) -> World:
        """The world when the file was no longer than this, and everybody died."""
        said, said_at = self.said, self.acknowledged
        known = sum(at <= length for at in said_at.values())
        # Behind what was acknowledged one more may be on its way, and is said again.
        open_ = list(said_at)[known : known + 1]
        return World(
            said=_some(said, {*list(said_at)[:known], *open_}),
            posted=_some(self.posted, {each for each, at in self.answered.items() if at <= length}),
            open=[
                text(each, contact=contact)
                for each in open_
                for contact in PEOPLE
                if each in said[contact.e164]
            ],
        )


def _some(texts: Mapping[str, list[str]], wanted: set[str]) -> dict[str, list[str]]:
    some = defaultdict[str, list[str]](list)
    for number, its in texts.items():
        some[number] = [each for each in its if each in wanted]
    return some


@pytest.mark.anyio
@pytest.mark.soak
@pytest.mark.parametrize("program", list(PROGRAMS))
async def test_a_file_that_is_torn_off_anywhere_is_read_and_nothing_is_lost_before_the_tear(
    program: str, tmp_path: Path, soak: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convo.stores.redis.store.LEASE", LEASE)
    seed, world = secrets.token_hex(4), Filmed()
    print(f"seed {seed}")
    with anyio.fail_after(GUARD):
        with running(PROGRAMS[program](), tmp_path / "whole", *ON_DISK) as server:
            world.server = server
            web = await RedisStore.open(server.url, partitions=1)
            working = asyncio.create_task(work(server.url, "worker", world))
            writing = asyncio.create_task(write(web, world))
            await world.more(TEXTS)
            world.silent = True
            await writing
            world.over = True
            await working
            length = server.appended.stat().st_size
            await closed(web, *world.stores)
        chance, few = random.Random(seed), asyncio.Semaphore(AT_ONCE)

        async def torn(cut: int) -> None:
            async with few:
                await _goes_on(server, tmp_path / f"cut at {cut}", cut, world.at(cut))

        cuts = {chance.randrange(length) for _ in range(SOAKED if soak else CUTS)}
        # All come to their end, or servers would outlive the test.
        for told in await asyncio.gather(*map(torn, cuts), return_exceptions=True):
            if isinstance(told, BaseException):
                raise told


async def _goes_on(whole: RunningServer, folder: Path, cut: int, world: World) -> None:
    """With a copy of the disk that ends at this byte, and the world as it was then."""
    shutil.copytree(whole.folder, folder)
    server = RunningServer(whole.program, folder, free_port(), whole.options)
    with server.appended.open("r+b") as file:
        file.truncate(cut)
    await asyncio.to_thread(server.start)
    try:
        web = await RedisStore.open(server.url, partitions=1)
        working = asyncio.create_task(work(server.url, "heir", world))
        await say_again(web, world)
        world.over = True
        await working
        kept = await taken(web)
        await closed(web, *world.stores)
    finally:
        server.kill()
        shutil.rmtree(folder)
    world.all_is_well(kept)
