"""The same business in a hurry: leases of a second, POSTs of a second, looks to match.

What is waited for when a process dies is what a run of a thousand kills would spend its time on,
and the shorter a lease the more often one runs out in the middle of something. Only the waits are
others; who sets one that is not there any more is told so.
"""

import importlib
from collections.abc import Mapping

LEASE = 1.0
"""Seconds."""

POST = "1s"
"""After which a send is in doubt."""

GRACE = "1500ms"
"""What a doubt waits: longer than a POST of a process that is gone may still be on its way."""

BREAKER = """
[breaker]
every = "1s"
"""
"""A table of convo.toml: what is cut off often is tried again soon."""

WAITS: Mapping[str, Mapping[str, float]] = {
    "convo.stores.redis.store": {"LEASE": int(LEASE * 1_000), "RENEW_EVERY": 0.3},
    "convo.stores.redis.leases": {"LEAVE_WITHIN": 0.8},
    "convo.stores.redis.server": {"ANSWER_WITHIN": 1.0},
    "convo.stores.redis.moving": {"KEPT_FOR": 0.2},
    "convo.stores.redis.bells": {"LISTEN_AGAIN": 0.2},
    "convo.runtime.holder": {"ATTEND_EVERY": 0.25},
    "convo.runtime.patience": {"LONGEST_WAIT": 500},
    "convo.runtime.resolver": {"LOOK_AGAIN": 3.0},
}


def hurry() -> None:
    """Every process that is forked behind this is in a hurry."""
    for module, waits in WAITS.items():
        there = vars(importlib.import_module(module))
        for name, wait in waits.items():
            assert name in there, f"{module} has no {name} any more"
            there[name] = wait
