"""How much waits where, counted from indexes that hold little else."""

from collections.abc import Mapping
from typing import Any

from convo.core.overview import LaneQueue, Overview
from convo.core.turns import Lane
from convo.routing.timers import GATE
from convo.stores.sqlite.queries import Reads
from convo.stores.sqlite.rows import GOES_BY

_WAITING = f"""
    SELECT {GOES_BY} AS carried, lane, count(*) FILTER (WHERE due <= ?1),
        count(*) FILTER (WHERE due > ?1), sum(parts), min(created)
    FROM message INDEXED BY {{index}} WHERE state = '{{state}}' GROUP BY carried, lane
"""
_HEADS = _WAITING.format(index="message_queue", state="head")
_BEHIND = _WAITING.format(index="message_waiting", state="waiting")
_SENDING = f"""
    SELECT {GOES_BY} AS carried, lane, count(*), min(claimed) FROM message INDEXED BY message_front
    WHERE (state = 'head' OR state = 'sending') AND state = 'sending' GROUP BY carried, lane
"""
_HELD = f"""
    SELECT {GOES_BY} AS carried, lane, count(*) FROM message INDEXED BY message_held
    WHERE state = 'held' GROUP BY carried, lane
"""
_TIMERS = """
    SELECT count(*), count(*) FILTER (WHERE due <= ?1), min(due),
        count(*) FILTER (WHERE substr(name, 1, length(?2)) = ?2),
        min(due) FILTER (WHERE substr(name, 1, length(?2)) = ?2)
    FROM timer
"""

Key = tuple[str, Lane]


def overview(database: Reads, now: int) -> Overview:
    """Everything at `now`, ms since 1970."""
    inbox, inbox_oldest = database.execute("SELECT count(*), min(at) FROM inbox").fetchone()
    errands, errands_oldest = database.execute("SELECT count(*), min(asked) FROM errand").fetchone()
    timers, overdue, next_timer, postponed, next_postponed = database.execute(
        _TIMERS, (now, GATE)
    ).fetchone()
    parked = database.execute("SELECT count(*) FROM parked").fetchone()[0]
    return Overview(
        inbox=inbox,
        inbox_oldest=inbox_oldest,
        timers=timers,
        overdue=overdue,
        next_timer=next_timer,
        postponed=postponed,
        next_postponed=next_postponed,
        errands=errands,
        errands_oldest=errands_oldest,
        parked=parked,
        lanes=_lanes(database, now),
    )


def _lanes(database: Reads, now: int) -> tuple[LaneQueue, ...]:
    heads, behind = _by_lane(database, _HEADS, now), _by_lane(database, _BEHIND, now)
    sending, held = _by_lane(database, _SENDING), _by_lane(database, _HELD)
    found: list[LaneQueue] = []
    for channel, lane in sorted({*heads, *behind, *sending, *held}):
        due, later, parts, oldest = heads.get((channel, lane), _NOTHING)
        behind_due, behind_later, behind_parts, behind_oldest = behind.get(
            (channel, lane), _NOTHING
        )
        under_way, since = sending.get((channel, lane), (0, None))
        (in_hold,) = held.get((channel, lane), (0,))
        found.append(
            LaneQueue(
                channel=channel,
                lane=lane,
                due=due,
                later=later,
                behind=behind_due + behind_later,
                parts=parts + behind_parts,
                oldest=min((at for at in (oldest, behind_oldest) if at is not None), default=None),
                sending=under_way,
                sending_since=since,
                held=in_hold,
            )
        )
    return tuple(found)


_NOTHING = (0, 0, 0, None)


def _by_lane(database: Reads, query: str, *values: int) -> Mapping[Key, tuple[Any, ...]]:
    return {(row[0], row[1]): row[2:] for row in database.execute(query, values)}
