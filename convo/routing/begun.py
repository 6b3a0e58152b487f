"""When flows that begin once in a time have last begun: what of it is worth keeping."""

from collections.abc import Mapping, Sequence

from convo.engine.walk import Walk
from convo.routing.playbook import Playbook

MAX_BEGUN = 100
"""Flows whose last beginning is kept: more than a business has that begin once."""


def still_counting(
    begun: Mapping[str, int], walks: Sequence[Walk], now: int, playbook: Playbook
) -> Mapping[str, int]:
    """What of `begun` may still keep a flow from beginning; the newest, if it is too much.

    A conversation that ended with an outcome which its flow lets them retry does not count.
    """
    flows = playbook.flows
    retried = {
        walk.root for walk in walks if walk.root in flows and walk.outcome in flows[walk.root].retry
    }
    counting = {
        name: at
        for name, at in begun.items()
        if name not in retried
        and (name not in flows or (now - at) / 1_000 < (flows[name].once or 0))
    }
    newest = sorted(counting.items(), key=lambda each: each[1])[-MAX_BEGUN:]
    return counting if len(newest) == len(counting) else dict(newest)
