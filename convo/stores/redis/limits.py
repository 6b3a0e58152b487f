"""Limits of sending that all processes keep together."""

from convo.policy.rate_limit import day_of, most_a_day
from convo.ports.limits import Ask, Permits
from convo.stores.redis.functions import Functions


async def permit(functions: Functions, ask: Ask) -> Permits:
    """What one limit grants, by the server's clock."""
    limit = ask.limit
    rate, most, begins, ends = limit.rate, "", 0, 0
    if limit.per_day is not None:
        most = most_a_day(limit.per_day)
        begins, ends = day_of(limit, functions.clock())
    paced = ("", "", "") if rate is None else (rate.parts, rate.every, rate.burst)
    parts, free_at = await functions.counted(
        "limits", limit.name, "permit", ask.wanted, ask.owed, *paced, most, begins, ends
    )
    return Permits(parts=parts, free_at=free_at)
