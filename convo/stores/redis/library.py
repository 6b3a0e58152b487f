"""The Lua functions: read from their files, and named after what is in them.

They are loaded as one library of Functions (Redis 7.0 and later, Valkey): the files share their
code (modules.lua says how), a replica that takes over has them, and two versions live side by side
while a deploy rolls, for the library's name holds a hash of its text.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from convo.core import record_codec
from convo.core.shards import SHARDS
from convo.stores.redis.layout import MS_A_DAY, SETTLED_DAYS

#: In the order in which they know each other.
FILES = (
    "partition",
    "records",
    "cards",
    "chains",
    "reports",
    "settle",
    "commit",
    "write",
    "accept",
    "decisions",
    "takeover",
    "moving",
    "recalls",
    "claim",
    "read",
    "advance",
    "redo",
    "lease",
    "looking",
    "lost",
    "tidy",
    "counting",
    "limits",
    "library",
)

ORPHANS_KEPT = 3_600_000
"""ms that a report waits for its message: the answer to a send takes seconds, not hours."""

#: What Lua has to know of Python.
_CONSTANTS = {
    "RECORD_SCHEMA": record_codec.SCHEMA,
    "SHARDS": SHARDS,
    "DAY": MS_A_DAY,
    "SETTLED_KEPT": (SETTLED_DAYS + 1) * MS_A_DAY,
    "ORPHANS_KEPT": ORPHANS_KEPT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What is loaded into the server."""

    name: str
    text: str = field(repr=False)

    def function(self, name: str) -> str:
        """What `FCALL` calls one of its functions."""
        return f"{self.name}_{name}"


@cache
def library() -> Library:
    """This version's."""
    constants = "".join(f"local {name} = {value}\n" for name, value in _CONSTANTS.items())
    modules = (f"modules.{name} = (function()\n{_source(name)}end)()\n" for name in FILES)
    body = constants + _source("modules") + "".join(modules)
    name = f"convo_{hashlib.blake2b(body.encode(), digest_size=6).hexdigest()}"
    return Library(name=name, text=f"#!lua name={name}\nlocal LIBRARY = '{name}'\n{body}")


def _source(name: str) -> str:
    return (files("convo.stores.redis") / "lua" / f"{name}.lua").read_text(encoding="utf-8")
