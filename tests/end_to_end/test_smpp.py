"""A business at an SMSC of another house: each text counts once, each reply is settled."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from convo.cli import main
from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import Serving
from tests.fakes.smsc import HANG_GUARD, PACKAGE, PASSWORD, SYSTEM_ID, Smsc, smsc
from tests.node_packages import install
from tests.servers import ON_DISK, redis_server, running

pytestmark = pytest.mark.anyio

DROPS, DROPS_IN_SOAK = 10, 100
TEXTS_A_DROP = 3
WAYS = ("at once", "lose", "take and drop", "answered")
"""When it drops: as texts come, at a reply that is lost or taken, behind an answer of ours."""
CHINESE = "您好，我想把预约改到明天上午十点半，地点不变，请问可以吗？谢谢。😀" * 6

SETTINGS = """
[business]
name = "Salon Mei"
zone = "Asia/Shanghai"
country = "US"
languages = ["en"]

[store]
url = "{store}"

[server]
bind = "127.0.0.1:{port}"

[doubts]
within = "5s"
grace = "5s"

# Else a line that drops so often would be left alone for half a minute at a time.
[breaker]
in_a_row = 1000

[channels.main]
provider = "smpp"
address = "+12025550100"
host = "127.0.0.1"
port = {smsc}
system_id = "{system_id}"
password = "{password}"
reference = true
answer_s = 3
"""

FLOWS = {
    "hello": "flow: hello\nstart: {words: [hello]}\nsteps:\n  a: {say: Good day!, go: end}\n",
    "echo": """
flow: echo
start: {words: [echo]}
answers: {what: text}
steps:
  a:
    ask: What shall I say?
    expect: text
    save: what
    silent: [{after: 1d, go: end}]
  b: {say: "{{ what }}", go: end}
""",
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    install(folder, PACKAGE)
    return folder


def business(folder: Path, smsc_port: int, store: str = "sqlite:data/convo.db") -> None:
    (folder / "flows").mkdir(parents=True)
    (folder / "keyword_handlers").mkdir()
    for name, flow in FLOWS.items():
        (folder / "flows" / f"{name}.yaml").write_text(flow, "utf-8")
    (port,) = free_ports(1)
    settings = SETTINGS.format(
        store=store, port=port, smsc=smsc_port, system_id=SYSTEM_ID, password=PASSWORD
    )
    (folder / "convo.toml").write_text(settings, "utf-8")


@contextmanager
def served(folder: Path, role: str = "run", name: str = "convo") -> Iterator[Serving]:
    serving = Serving(folder, {}, role, name)
    serving.start()
    try:
        yield serving
    finally:
        serving.kill()


@asynccontextmanager
async def at_an_smsc(folder: Path, packages: Path) -> AsyncGenerator[tuple[Serving, Smsc]]:
    async with smsc(packages) as centre:
        business(folder, centre.port)
        with served(folder) as serving:
            yield serving, centre


async def soon(look: Callable[[], object], wanted: object) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + HANG_GUARD
    while (found := look()) != wanted:
        assert loop.time() < until, f"{found}, not {wanted}"
        await asyncio.sleep(0.1)


def wrong(serving: Serving, centre: Smsc, contacts: Sequence[str]) -> Iterator[str]:
    """Whose reply is not one, or is not where it should be: by what the SMSC has taken."""
    taken = {told["to"] for told in centre.taken}
    replies: dict[str, list[str]] = {contact: [] for contact in contacts}
    for contact, state, status in serving.rows("SELECT contact, state, status FROM message"):
        replies[contact[1:]].append(f"{state} {status}" if state == "done" else state)
    for contact, found in replies.items():
        wanted = "done delivered" if contact in taken else "held"
        if found != [wanted]:
            yield f"{contact}: {found}, not {wanted}"


async def test_a_long_chinese_text_comes_in_parts_and_goes_back_in_parts(
    tmp_path: Path, packages: Path
) -> None:
    async with at_an_smsc(tmp_path / "salon", packages) as (serving, centre):
        await centre.bring("echo")
        await centre.until(lambda: centre.taken)
        parts = [CHINESE[start : start + 60] for start in range(0, len(CHINESE), 60)]
        order = [*range(1, len(parts)), 0]  # the first comes last
        for number in order:
            udh = bytes((5, 0, 3, 9, len(parts), number + 1)).hex()
            await centre.bring(parts[number], udh=udh, esm_class=0x40, data_coding=8)
        await centre.until(lambda: "".join(t["text"] for t in centre.taken[1:]) == CHINESE)
        assert len({taken["udh"][:6] for taken in centre.taken[1:]}) == 1
        await asyncio.to_thread(serving.stop)


async def test_a_bind_that_is_refused_is_told_until_it_is_let_in(
    tmp_path: Path, packages: Path
) -> None:
    folder = tmp_path / "salon"
    nothing = "main hears nothing: the SMSC answers the bind 0x05"
    async with smsc(packages) as centre:
        business(folder, centre.port)
        await centre.order("most", most=0)
        with served(folder):
            await centre.until(lambda: centre.of("bind"))
            await says(folder, "ps", lambda told: nothing in told)
            await says(folder, "queues", lambda told: f"Channel {nothing}" in told)
            await says(folder, "doctor", lambda told: "✗ hearing    channels.main hears" in told)
            await centre.order("most", most=1)
            await says(folder, "ps", lambda told: "hears" not in told)
            await says(folder, "doctor", lambda told: "hears" not in told)


async def says(folder: Path, command: str, wanted: Callable[[str], bool]) -> None:
    """Until the command says what is wanted."""
    async with asyncio.timeout(HANG_GUARD):
        while True:
            told = await asyncio.to_thread(CliRunner().invoke, main, ["-C", str(folder), command])
            if wanted(told.output):
                return
            await asyncio.sleep(0.2)


async def test_a_throttled_reply_leaves_when_it_may(tmp_path: Path, packages: Path) -> None:
    async with at_an_smsc(tmp_path / "salon", packages) as (serving, centre):
        await centre.order("receipts")
        await centre.order("statuses", list=[0x58, 0x58])
        await centre.bring("hello")
        await soon(
            lambda: serving.rows("SELECT state, status FROM message"), [("done", "delivered")]
        )
        assert [taken["text"] for taken in centre.taken] == ["Good day!"]


async def test_a_reply_that_was_held_is_settled_by_an_answer_that_comes_late(
    tmp_path: Path, packages: Path
) -> None:
    async with at_an_smsc(tmp_path / "salon", packages) as (serving, centre):
        await centre.order("fates", list=["answer late"])
        await centre.bring("hello")
        await soon(lambda: serving.rows("SELECT state FROM message"), [("held",)])
        await centre.order("answer")
        await soon(lambda: serving.rows("SELECT state, status FROM message"), [("done", "sent")])


@pytest.mark.soak
async def test_no_text_is_lost_or_doubled_however_often_the_line_drops(
    tmp_path: Path, packages: Path, soak: bool
) -> None:
    """Each text begins one conversation. Each reply was taken once and its receipt says so, or was
    not taken and is held for a person, since nobody can know."""
    drops = DROPS_IN_SOAK if soak else DROPS
    async with at_an_smsc(tmp_path / "salon", packages) as (serving, centre):
        await centre.order("receipts")
        await centre.until(lambda: centre.of("bind"))
        contacts: list[str] = []
        for drop, way in zip(range(drops), itertools.cycle(WAYS), strict=False):
            before = len(centre.of("bind"))
            if way in ("lose", "take and drop"):
                await centre.order("fates", list=[way])
            for text in range(TEXTS_A_DROP):
                contacts.append(f"1202556{drop * TEXTS_A_DROP + text:04}")
                name = await centre.bring("hello", contacts[-1])
            if way == "answered":
                await centre.answers(name)
            if way in ("at once", "answered"):
                await centre.order("drop")
            await centre.until(lambda before=before: len(centre.of("bind")) > before)
        await soon(lambda: {*wrong(serving, centre, contacts)}, set())
        taken = Counter(told["to"] for told in centre.taken)
        assert max(taken.values()) == 1
        assert len(centre.of("closed")) >= drops
        assert sum(taken.values()) > len(contacts) / 2
        # What the SMSC has lost was written, so it is not sent again on a guess.
        assert len(contacts) - len(taken) >= drops // len(WAYS)


async def test_one_bind_is_one_workers_and_another_follows_it(
    tmp_path: Path, packages: Path, soak: bool
) -> None:
    """It ends in its order; in soak it is killed, and its turn and leases lapse."""
    folder = tmp_path / "salon"
    async with smsc(packages) as centre:
        with running(redis_server(), tmp_path / "redis", *ON_DISK) as server:
            business(folder, centre.port, server.url)
            with served(folder, "worker", "first") as first:
                await centre.bring("hello", "12025560001")
                await centre.until(lambda: len(centre.taken) == 1)
                with served(folder, "worker", "second"):
                    await centre.bring("hello", "12025560002")
                    await centre.until(lambda: len(centre.taken) == 2)
                    assert len(centre.of("bind")) == 1
                    await asyncio.to_thread(first.kill if soak else first.stop)
                    await centre.bring("hello", "12025560003")
                    await centre.until(lambda: len(centre.taken) == 3)
                    assert len(centre.of("bind")) == 2
