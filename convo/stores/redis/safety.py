"""Whether a server may be trusted with a business: told with the reason, and how to mend it."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from convo.stores.redis.address import Address

#: `fast`: what was acknowledged may be lost with the power of the machine. `default`: it is on the
#: disk. `strict`: it is on the disk, and a second server has it too.
Durability = Literal["fast", "default", "strict"]

OLDEST = (7, 0)
"""Functions came with Redis 7.0; Valkey counts on from 7.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a server tells of itself."""

    #: Host and port, or its socket.
    name: str
    info: Mapping[str, str]
    #: Empty where it tells nobody, as those of hosting companies mostly do.
    config: Mapping[str, str] = field(repr=False)


def refusals(address: Address, durability: Durability, told: Told) -> Iterator[str]:
    """Why this server will not do."""
    info, config = told.info, told.config
    if info.get("loading", "0") != "0":
        # Until then it tells of itself as if it kept nothing on the disk.
        yield "It is still reading what it keeps from its disk. Start again in a moment."
        return
    version = info.get("redis_version", "0")
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        yield f"It is version {version}. Convo needs Redis 7.0 or later, or Valkey."
        return
    if info.get("cluster_enabled") == "1" and not address.is_cluster:
        yield "It is a node of a Cluster: write redis+cluster:// and some of its nodes in the URL."
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield (
            f"When its memory is full it forgets what it was told (maxmemory-policy {policy}). "
            f"{_set('maxmemory-policy', 'noeviction')}"
        )
    if durability != "fast":
        yield from _of_the_disk(info, config)
    if durability == "strict" and int(info.get("connected_slaves", "0")) < 1:
        yield (
            'No replica follows it, and durability = "strict" waits for one. Start one by '
            "`replicaof`, or take another durability."
        )
    if not address.password and _open_to_the_network(config):
        yield (
            "It lets everybody in who reaches it (no password, protected-mode no, bind "
            f"{config['bind']}). Give it a password (requirepass) and write it in the URL, or "
            f"{_set('protected-mode', 'yes', 'let')}"
        )


def _of_the_disk(info: Mapping[str, str], config: Mapping[str, str]) -> Iterator[str]:
    if info.get("aof_enabled", "1") != "1":
        yield (
            "It keeps nothing on the disk (appendonly no), so a restart would lose every "
            f"conversation. {_set('appendonly', 'yes')}"
        )
    elif (fsync := config.get("appendfsync", "always")) != "always":
        yield (
            f"What it acknowledges may be lost with the power (appendfsync {fsync}). "
            f"{_set('appendfsync', 'always')} Where a second may be lost, say "
            'durability = "fast" instead.'
        )


def _open_to_the_network(config: Mapping[str, str]) -> bool:
    if config.get("protected-mode") != "no" or config.get("requirepass"):
        return False
    return any(not _loopback(place) for place in config.get("bind", "").split() or ["*"])


def _loopback(place: str) -> bool:
    try:
        return ipaddress.ip_address(place.removeprefix("-")).is_loopback
    except ValueError:
        return False


def _set(name: str, value: str, begin: str = "Let") -> str:
    return (
        f"{begin} redis.conf say `{name} {value}`; until it starts anew, call "
        f"`redis-cli CONFIG SET {name} {value}`."
    )
