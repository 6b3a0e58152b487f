"""One run on Redis: phones talk, blows fall on everybody who serves them, and then it is judged.

A run is told again by its seed: who is struck, how and after how long. What the machine makes of
it is another matter, so a fault that hangs on microseconds may want some runs of one seed.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from types import MappingProxyType

from tests.chaos import business, oracle
from tests.chaos.carriers import Carrier
from tests.chaos.crew import WEB, WORKERS, Crew
from tests.chaos.hurry import BREAKER, GRACE, LEASE, POST
from tests.chaos.kept import Kept, Shelves
from tests.chaos.oracle import Verdict
from tests.chaos.siege import free_port
from tests.chaos.town import PHONES, Town, Witness
from tests.servers import ON_DISK, Program, redis_server, running
from tests.stores.lossy_line import LossyLine, lossy_line

PARTITIONS = 8
BETWEEN = (0.05, 0.5)
"""Seconds between two blows."""

SERVER = "server"
VICTIMS = {WEB: 25, SERVER: 30, **dict.fromkeys(WORKERS, 15)}
"""Who is killed, of a hundred."""

PAUSES = (1.5 * LEASE, 3.5 * LEASE)
PAUSED_AT_ONCE = 2
"""Workers: one goes on, for somebody has to take over."""

PROVIDER = "provider"
CUTS = {
    "line cut": 2,
    "line down": 2,
    "one way": 3,
    "slow line": 2,
    "answer lost": 5,
    "answer torn": 3,
}
"""What goes wrong on a line, and how often beside each other."""

CUT_FOR = (0.2, 1.1)
"""Seconds: two in a row are less than a POST and the grace of a doubt together, or a look-up would
ask before what is on its way has come."""

LATENCY = (0.05, 0.4)

DIVIDED = (4, 6, 16)
"""Partitions into which the contacts are divided anew."""

BROKEN_OFF = 0.5
"""Share of the tries that are killed, after up to so many seconds."""

BROKEN_OFF_WITHIN = 1.5

RESTS_WITHIN = 150.0
"""Seconds."""


@dataclass(kw_only=True)
class Scene:
    """Who can be struck, and who looks on."""

    crew: Crew
    town: Town
    shelves: Shelves
    chance: Random
    #: By whom they lead from to the server, and PROVIDER's; empty where nobody cuts them.
    lines: Mapping[str, LossyLine]
    #: What goes on beside the next blows.
    meanwhile: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    struck: Counter[str] = field(default_factory=Counter[str])


#: One blow: returns once it has fallen, though what it did may last.
Blow = Callable[[Scene], Awaitable[None]]


async def kill(scene: Scene) -> None:
    """`kill -9` of web, a worker or the server."""
    await _kill(scene, scene.chance.choices(list(VICTIMS), list(VICTIMS.values()))[0])


async def kill_worker(scene: Scene) -> None:
    """`kill -9` of one of the workers."""
    await _kill(scene, scene.chance.choice(WORKERS))


async def _kill(scene: Scene, victim: str) -> None:
    if victim == SERVER:
        await scene.crew.kill_server()
    else:
        await scene.crew.kill(victim)
    scene.struck["workers" if victim in WORKERS else victim] += 1


async def pause(scene: Scene, lengths: Sequence[float] = PAUSES) -> None:
    """SIGSTOP of a worker for longer than its lease; the others go on."""
    while len(scene.meanwhile) >= PAUSED_AT_ONCE:
        await asyncio.wait(scene.meanwhile.values(), return_when=asyncio.FIRST_COMPLETED)
    victim = scene.chance.choice([name for name in WORKERS if name not in scene.meanwhile])
    pausing = asyncio.create_task(scene.crew.pause(victim, scene.chance.choice(lengths)))
    scene.meanwhile[victim] = pausing
    pausing.add_done_callback(lambda _: scene.meanwhile.pop(victim))
    scene.struck["pauses"] += 1


async def cut(scene: Scene, cuts: Mapping[str, int] = CUTS) -> None:
    """Something goes wrong on one of the lines, to the server or to the company."""
    while len(scene.meanwhile) >= len(scene.lines):
        await asyncio.wait(scene.meanwhile.values(), return_when=asyncio.FIRST_COMPLETED)
    chance = scene.chance
    name = chance.choice([each for each in scene.lines if each not in scene.meanwhile])
    line, what = scene.lines[name], chance.choices(list(cuts), list(cuts.values()))[0]
    scene.struck[what] += 1
    lasting = {
        "line down": line.down,
        "one way": partial(line.standing, chance.choice(("there", "back"))),
        "slow line": partial(line.slow, chance.uniform(*LATENCY)),
    }
    match what:
        case "line cut":
            line.cut()
        case "answer lost":
            line.lose_an_answer()
        case "answer torn":
            line.tear_an_answer()
        case _:
            lasts = asyncio.create_task(_while(lasting[what](), chance.uniform(*CUT_FOR)))
            scene.meanwhile[name] = lasts
            lasts.add_done_callback(lambda _: scene.meanwhile.pop(name))


async def divide(scene: Scene) -> None:
    """The contacts are divided anew, tried until it is done; what else falls, falls meanwhile."""
    if "divide" in scene.meanwhile:
        await scene.meanwhile["divide"]
    dividing = asyncio.create_task(_divided(scene, scene.chance.choice(DIVIDED)))
    scene.meanwhile["divide"] = dividing
    dividing.add_done_callback(lambda _: scene.meanwhile.pop("divide"))


async def _divided(scene: Scene, partitions: int) -> None:
    while True:
        broken_off = scene.chance.random() < BROKEN_OFF
        after = scene.chance.uniform(0, BROKEN_OFF_WITHIN) if broken_off else None
        if await scene.crew.divide(partitions, after):
            scene.struck["divisions"] += 1
            return
        scene.struck["broken off"] += 1


async def _while(going: AbstractContextManager[None], seconds: float) -> None:
    with going:
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    verdict: Verdict
    rested: bool
    taken_over: int
    #: Answers that were swallowed or torn.
    unheard: int
    #: Who ended without being struck, and how often.
    gone: Mapping[str, int]
    figures: str


async def under_fire(
    folder: Path,
    carrier: Carrier,
    blows: Sequence[Blow],
    *,
    seed: str,
    calm: float = 0.0,
    slow: float = 0.5,
    lossy: bool = False,
    sabotage: Sequence[str] = (),
    rests_within: float = RESTS_WITHIN,
    program: Program | None = None,
) -> Outcome:
    """Let these blows fall; then let it live for `calm` seconds, fall silent, and be judged.

    `slow` is the share of the time between two blows in which the company answers late, so that
    most fall between its taking a text and its saying so. Only `lossy` lines can be cut.
    """
    async with staged(
        folder, carrier, seed=seed, sabotage=sabotage, lossy=lossy, program=program
    ) as scene:
        town, crew = scene.town, scene.crew
        began = time.monotonic()
        town.wake()
        await _struck(scene, blows, slow)
        await asyncio.sleep(calm)
        await town.fall_silent()
        rested = await comes_to_rest(scene.shelves, rests_within)
        lasted = time.monotonic() - began
        kept = await asyncio.to_thread(scene.shelves.kept, carrier)
        # Where the line to the company is down, nobody can be asked, and a person decides.
        askable = carrier.askable and not lossy
        verdict = oracle.verdict(kept, town.witness, askable=askable)
        unwell = await crew.leave()
        if unwell:
            verdict.findings["a clean stop failed"] += unwell
        elif crew.owned():
            verdict.findings["not given back"].append(f"{crew.owned()} partitions")
        taken_over = crew.taken_over()
        told = (
            f"seed {seed}: {_blows(scene)} in {lasted:.0f} s, {taken_over} times fenced off; "
            f"{_figures(town.witness, kept, verdict)}"
        )
        return Outcome(
            verdict=verdict,
            rested=rested,
            taken_over=taken_over,
            unheard=sum(line.lost for line in scene.lines.values()),
            gone=crew.gone,
            figures=told,
        )


@asynccontextmanager
async def staged(
    folder: Path,
    carrier: Carrier,
    *,
    seed: str,
    sabotage: Sequence[str] = (),
    lossy: bool = False,
    flows: Mapping[str, str] = MappingProxyType({"booking": business.FLOW}),
    more: str = "",
    program: Program | None = None,
) -> AsyncGenerator[Scene]:
    """A business at work, and a town whose phones still sleep; `more` are tables of convo.toml."""
    port = free_port()
    town = Town(carrier, port, seed)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(
            running(program or redis_server(), folder / "server", *ON_DISK)
        )
        company = await town.company.open()
        stack.push_async_callback(town.close)
        lines: dict[str, LossyLine] = {}
        if lossy:
            for name in (WEB, *WORKERS):
                lines[name] = await stack.enter_async_context(lossy_line(server.port))
            lines[PROVIDER] = await stack.enter_async_context(lossy_line(company))
        for name in (WEB, *WORKERS):
            url = lines[name].url if lossy else server.url
            business.written(
                folder / name,
                public=carrier.public,
                port=port,
                channel=carrier.settings(lines[PROVIDER].port if lossy else company),
                grace=GRACE,
                within=POST,
                store=f'url = "{url}"\npartitions = {PARTITIONS}',
                log_level="warning",
                flows=flows,
                more=BREAKER + more,
            )
        crew, shelves = Crew(folder, server, port), Shelves(server.url)
        stack.callback(shelves.close)
        stack.push_async_callback(crew.close)
        scene = Scene(
            crew=crew, town=town, shelves=shelves, chance=Random(f"{seed} blows"), lines=lines
        )
        stack.push_async_callback(_stop_all, scene.meanwhile)
        await crew.open(sabotage)
        yield scene


async def _stop_all(meanwhile: Mapping[str, asyncio.Task[None]]) -> None:
    tasks = tuple(meanwhile.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _struck(scene: Scene, blows: Sequence[Blow], slow: float) -> None:
    company = scene.town.company
    for blow in blows:
        company.slow = scene.chance.random() < slow
        await asyncio.sleep(scene.chance.uniform(*BETWEEN))
        await blow(scene)
    company.slow = False
    if scene.meanwhile:
        await asyncio.wait(scene.meanwhile.values())


async def comes_to_rest(shelves: Shelves, within: float = RESTS_WITHIN) -> bool:
    """Whether all that was begun comes to its end within so many seconds."""
    until = time.monotonic() + within
    while not await asyncio.to_thread(shelves.rests):
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.2)
    return True


def _blows(scene: Scene) -> str:
    return ", ".join(f"{count} {whom}" for whom, count in sorted(scene.struck.items())) or "calm"


def _figures(witness: Witness, kept: Kept, verdict: Verdict) -> str:
    texts = sum(len(each) for each in witness.texts.values())
    waits = _waits(witness, kept)
    return (
        f"{PHONES} phones, {len(witness.texts)} conversations, {texts} texts, "
        f"{witness.duplicates} duplicates, {witness.turned_away} turned away; "
        f"{len(witness.posted)} sends, {witness.looked_up} looked up, {verdict.held} held of which "
        f"{verdict.held_but_sent} had left; from 200 to the send {waits[len(waits) // 2]:.2f} s, "
        f"p99 {waits[len(waits) * 99 // 100]:.2f} s, longest {waits[-1]:.2f} s"
    )


def _waits(witness: Witness, kept: Kept) -> Sequence[float]:
    """Seconds from a text's 200 to its reply reaching the company, of all, sorted."""
    sid_of = {text.reply: text.sid for texts in kept.inbounds.values() for text in texts}
    waits = [
        max(each.at - witness.acknowledged[sid], 0.0)
        for each in witness.posted
        if each.taken
        and (sid := sid_of.get(each.text.outbound)) is not None
        and sid in witness.acknowledged
    ]
    return sorted(waits) or [0.0]
