"""The same business in a hurry: leases of a second, POSTs of a second, looks to match.

What is waited for when a process dies is what a run of a thousand kills would spend its time on,
and the shorter a lease the more often one runs out in the middle of something. Only the waits are
others; who sets one that is not there any more is told so.
"""

import importlib
from collections.abc import Mapping

from convo.runtime.sender import Sender

LEASE = 1.0
"""Seconds."""

POST = 1.0
"""Seconds after which a send is in doubt."""

GRACE = "1500ms"
"""What a doubt waits: longer than a POST of a process that is gone may still be on its way."""

WAITS: Mapping[str, Mapping[str, float]] = {
    "convo.stores.redis.store": {"LEASE": int(LEASE * 1_000), "RENEW_EVERY": 0.3},
    "convo.stores.redis.leases": {"LEAVE_WITHIN": 0.8},
    "convo.stores.redis.server": {"ANSWER_WITHIN": 1.0},
    "convo.stores.redis.bells": {"LISTEN_AGAIN": 0.2},
    "convo.runtime.holder": {"ATTEND_EVERY": 0.25},
    "convo.runtime.patience": {"LONGEST_WAIT": 500},
    "convo.runtime.resolver": {"LOOK_AGAIN": 1.0},
    "convo.runtime.valve": {"SHUT_FOR": 1_000},
}


def hurry() -> None:
    """Every process that is forked behind this is in a hurry."""
    for module, waits in WAITS.items():
        there = vars(importlib.import_module(module))
        for name, wait in waits.items():
            assert name in there, f"{module} has no {name} any more"
            there[name] = wait
    defaults = Sender.__init__.__kwdefaults__
    assert defaults is not None
    assert "within" in defaults
    defaults["within"] = POST
