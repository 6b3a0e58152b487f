"""Real Clusters, and servers under Sentinels: several on this machine that know each other."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from convo.stores.redis.layout import SLOTS
from tests.servers import Program, RunningServer, free_port, running

GUARD = 60.0
"""Seconds: a hang guard."""

AT_ONCE = ("--repl-diskless-sync-delay", "0")
QUICK = ("--cluster-node-timeout", "1000", *AT_ONCE)

NAME = "shop"
"""What Sentinels call the primary."""

MAY = "~convo:* &convo:* +@all -@admin -@dangerous +info +config|get"
"""A user of Convo's, as docs/how-to/run-on-redis.md tells to make one."""

MAY_ASK = "resetchannels -@all +@connection +sentinel|masters"
"""The same of Sentinels."""


def tell(server: RunningServer, *command: str | int) -> Any:
    """What a server answers to one command."""
    with redis.Redis.from_url(server.url) as client:
        return client.execute_command(*command)  # pyright: ignore[reportUnknownMemberType]


def until(happens: Callable[[], bool]) -> None:
    limit = time.monotonic() + GUARD
    while not happens():
        assert time.monotonic() < limit
        time.sleep(0.02)


@dataclass
class RunningCluster:
    """Three primaries, each with a third of the slots; and whoever follows them."""

    nodes: Sequence[RunningServer]
    followers: list[RunningServer] = field(default_factory=list[RunningServer])

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"redis+cluster://{places}"

    @property
    def everybody(self) -> Sequence[RunningServer]:
        return (*self.nodes, *self.followers)

    def id_of(self, node: RunningServer) -> str:
        return tell(node, "CLUSTER", "MYID").decode()

    def meet(self) -> None:
        """Make one Cluster of them."""
        firsts = [*map(self.first_slot_of, self.nodes), SLOTS]
        for node, first, end in zip(self.nodes, firsts, firsts[1:], strict=False):
            tell(node, "CLUSTER", "ADDSLOTSRANGE", first, end - 1)
        for node in self.everybody[1:]:
            tell(node, "CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port, _bus(self.nodes[0]))
        until(lambda: all(_knows(each, len(self.everybody)) for each in self.everybody))
        for node, follower in zip(self.nodes, self.followers, strict=False):
            tell(follower, "CLUSTER", "REPLICATE", self.id_of(node))
        until(lambda: all(_is_well(each) for each in self.everybody))

    def owner_of(self, slot: int) -> RunningServer:
        """Which of the primaries has a slot."""
        asked = next(node for node in self.nodes[::-1] if node.process.poll() is None)
        for first, last, (_, port, *_), *_ in tell(asked, "CLUSTER", "SLOTS"):
            if first <= slot <= last:
                return next(node for node in self.everybody if node.port == port)
        raise AssertionError(f"nobody has slot {slot}")

    def first_slot_of(self, primary: RunningServer) -> int:
        return self.nodes.index(primary) * (SLOTS // len(self.nodes))

    def move(self, slot: int, to: RunningServer, between: Callable[[], None]) -> None:
        """Move a slot with its keys, and call `between` while half of them are there."""
        source = self.owner_of(slot)
        tell(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", self.id_of(source))
        tell(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", self.id_of(to))
        while keys := tell(source, "CLUSTER", "GETKEYSINSLOT", slot, 4):
            tell(source, "MIGRATE", "127.0.0.1", to.port, "", 0, 60_000, "KEYS", *keys)
            between()
        for node in (to, source, *self.nodes):
            tell(node, "CLUSTER", "SETSLOT", slot, "NODE", self.id_of(to))


def _bus(node: RunningServer) -> int:
    """The port on which nodes talk to each other."""
    return int(node.options[node.options.index("--cluster-port") + 1])


def _knows(node: RunningServer, count: int) -> bool:
    return b"cluster_known_nodes:%d" % count in tell(node, "CLUSTER", "INFO")


def _is_well(node: RunningServer) -> bool:
    info = tell(node, "CLUSTER", "INFO")
    replication = tell(node, "INFO", "replication")
    return b"cluster_state:ok" in info and replication.get("master_link_status") != "down"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The passwords of servers and of Sentinels; users where there are some. Empty: none."""

    servers: str = ""
    user: str = ""
    sentinels: str = ""
    watcher: str = ""

    @property
    def of_servers(self) -> Sequence[str]:
        """Options: what a server wants, and what it says to the one that it follows."""
        known = ("--masterauth", self.servers) if self.servers else ()
        user = (f"--user {self.user} on >{self.servers} {MAY}").split() if self.user else ()
        return (*known, *user)

    @property
    def of_sentinels(self) -> Sequence[str]:
        """Lines of a Sentinel's settings: for the servers, for others like it, for who asks."""
        lines: list[str] = []
        if self.servers:
            lines.append(f"sentinel auth-pass {NAME} {self.servers}")
        if self.sentinels:
            lines += [f"requirepass {self.sentinels}", f"sentinel sentinel-pass {self.sentinels}"]
        if self.watcher:
            lines.append(f"user {self.watcher} on >{self.sentinels} {MAY_ASK}")
        return lines

    @property
    def shown(self) -> str:
        """Where the URL says what the Sentinels want."""
        user = f"sentinel_user={self.watcher}&" if self.watcher else ""
        return f"?{user}sentinel_password={self.sentinels}" if self.sentinels else ""


NO_KEYS = Keys()


@dataclass
class Watched:
    """A primary and a replica, and three Sentinels that watch over them."""

    primary: RunningServer
    replica: RunningServer
    sentinels: Sequence[int]
    keys: Keys = NO_KEYS

    @property
    def url(self) -> str:
        secret = f"{self.keys.user}:{self.keys.servers}@" if self.keys.servers else ""
        places = ",".join(f"127.0.0.1:{port}" for port in self.sentinels)
        return f"redis+sentinel://{secret}{places}/{NAME}{self.keys.shown}"

    def port(self) -> int:
        """Where the primary is, as a Sentinel says."""
        with self._asking(self.sentinels[-1]) as client:
            answer: Any = client.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)  # pyright: ignore[reportUnknownMemberType]
        return int(answer[1])

    def knows_all(self) -> bool:
        """Whether the Sentinels have found each other, and the replica."""
        for port in self.sentinels:
            with self._asking(port) as client:
                told: Any = client.info("sentinel")
            if (told["master0"]["slaves"], told["master0"]["sentinels"]) != (1, 3):
                return False
        return True

    def _asking(self, port: int) -> redis.Redis:
        return redis.Redis(port=port, password=self.keys.sentinels or None)


@contextmanager
def watched(
    program: Program, folder: Path, *options: str, keys: Keys = NO_KEYS
) -> Iterator[Watched]:
    """Sentinels that notice within a second when the primary is gone."""
    with ExitStack() as stack:

        def server(name: str, *more: str) -> RunningServer:
            told = (*options, *keys.of_servers, *AT_ONCE, *more)
            return stack.enter_context(
                running(program, folder / name, *told, password=keys.servers)
            )

        primary = server("one")
        replica = server("other", "--replicaof", f"127.0.0.1 {primary.port}")
        ports = [
            _sentinel(stack, program, folder / f"sentinel {n}", primary, keys) for n in range(3)
        ]
        made = Watched(primary, replica, ports, keys)
        until(made.knows_all)
        yield made


def _sentinel(
    stack: ExitStack, program: Program, folder: Path, primary: RunningServer, keys: Keys
) -> int:
    port = sentinel_with(stack, program, folder, primary.port, *keys.of_sentinels)
    until(lambda: _answers(port, keys))
    return port


def sentinel_with(
    stack: ExitStack, program: Program, folder: Path, primary: int, *more: str
) -> int:
    """The port of a Sentinel with these lines in its settings, which may not answer yet."""
    folder.mkdir(parents=True)
    port, settings = free_port(), folder / "sentinel.conf"
    lines = (
        f"port {port}",
        "bind 127.0.0.1",
        f"dir {folder.as_posix()!r}",
        f"sentinel monitor {NAME} 127.0.0.1 {primary} 2",
        f"sentinel down-after-milliseconds {NAME} 500",
        f"sentinel failover-timeout {NAME} 2000",
        *more,
    )
    settings.write_text("".join(f"{line}\n" for line in lines))
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [program.name, str(settings), "--sentinel"],
            executable=program.path,
            stdout=log,
            stderr=log,
        )
    stack.callback(process.wait)
    stack.callback(process.kill)
    return port


def _answers(port: int, keys: Keys) -> bool:
    try:
        with redis.Redis(port=port, password=keys.sentinels or None) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def cluster(
    program: Program, folder: Path, *options: str, followers: int = 0
) -> Iterator[RunningCluster]:
    """Three nodes that serve, and so many that follow."""
    with ExitStack() as stack:

        def node(name: str) -> RunningServer:
            own = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()), *QUICK)
            return stack.enter_context(running(program, folder / name, *own, *options))

        made = RunningCluster([node(f"node {n}") for n in range(3)])
        made.followers += [node(f"follower {n}") for n in range(followers)]
        made.meet()
        yield made
