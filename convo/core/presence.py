"""Who is at work: what each process of a business says of itself, for whoever looks after it."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

#: What a process does: all of it, only hear, or only think and send.
Role = Literal["run", "web", "worker"]

ANNOUNCE_EVERY = 10_000
"""Milliseconds between two words of a process that it is there."""

STALLED_AFTER = 3 * ANNOUNCE_EVERY
"""Milliseconds without a word after which it counts as stalled: killed, paused, blocked or cut off.
"""


ObstacleKind = Literal["stopped", "resting", "spent", "unheard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What keeps a channel from sending or hearing, as the process sees it that works for it.

    `stopped`: the channel `name` fails, and is tried again by itself. `resting`: its provider has
    asked for a rest. `spent`: what the limit `name` allows is used up. `unheard`: the connection or
    queue that texts come by is not to be had, and is tried again by itself.
    """

    kind: ObstacleKind
    name: str
    #: When it goes on, ms since 1970; 0 where nobody knows.
    until: int = 0
    #: Why it is so, in the words of whoever met it; empty where the kind says all.
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A process as it describes itself."""

    #: What no other is called. What it owns bears this name.
    name: str
    role: Role
    host: str
    pid: int
    #: Of Convo.
    version: str
    #: When it started, and when it was last heard of, which the store says; ms since 1970.
    since: int
    seen: int = 0
    #: Why it should get no traffic now; empty when it should.
    trouble: str = ""
    obstacles: tuple[Obstacle, ...] = ()

    def stalled(self, now: int) -> bool:
        """Whether it has been silent for too long at `now`."""
        return now - self.seen > STALLED_AFTER


def written(presence: Presence, seen: int) -> str:
    """What a store keeps of one that was heard of at `seen`."""
    return json.dumps(asdict(replace(presence, seen=seen)), ensure_ascii=False)


def read(kept: str | bytes) -> Presence:
    """What was `written`, perhaps by a newer Convo, which may tell more."""
    told = json.loads(kept)
    known: dict[str, Any] = _known(Presence, told)
    known["obstacles"] = tuple(Obstacle(**_known(Obstacle, each)) for each in told["obstacles"])
    return Presence(**known)


def _known(kind: type[Presence] | type[Obstacle], told: dict[str, Any]) -> dict[str, Any]:
    return {field.name: told[field.name] for field in fields(kind) if field.name in told}
