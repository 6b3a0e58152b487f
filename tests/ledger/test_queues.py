"""What holds things up, seen in what a store tells."""

from dataclasses import replace

from convo.core.business import Channel
from convo.core.limits import Limit, Rate
from convo.core.overview import Holding, LaneQueue, Overview
from convo.core.presence import STALLED_AFTER, Obstacle, Presence
from convo.ledger.queues import DOUBTFUL_AFTER, Hindrance, hindrances, loads

NOW = 1_700_000_000_000
EMPTY = Overview(
    inbox=0,
    inbox_oldest=None,
    timers=0,
    overdue=0,
    next_timer=None,
    postponed=0,
    next_postponed=None,
    errands=0,
    errands_oldest=None,
    parked=0,
    lanes=(),
)
LANE = LaneQueue(
    channel="main",
    lane="reply",
    due=1,
    later=0,
    behind=0,
    parts=3,
    oldest=NOW,
    sending=0,
    sending_since=None,
    held=0,
)
OURS = Holding(partition=0, owner="a", since=NOW, until=None, inbox=4)
NOBODYS = replace(OURS, partition=1, owner="")
WORKER = Presence(name="a", role="worker", host="sms-1", pid=7, version="1", since=NOW, seen=NOW)


def found(
    overview: Overview = EMPTY,
    holdings: tuple[Holding, ...] = (OURS,),
    processes: tuple[Presence, ...] = (WORKER,),
) -> list[Hindrance]:
    return [*hindrances(overview, holdings, processes, NOW)]


def test_what_flows_has_nothing_in_its_way() -> None:
    assert found(replace(EMPTY, inbox=4, lanes=(LANE,), timers=9)) == []


def test_events_wait_where_nobody_is_at_work() -> None:
    unserved = Hindrance(kind="unserved", count=4, partitions=(1,))
    assert found(holdings=(OURS, NOBODYS)) == [unserved]
    assert found(holdings=(OURS, replace(NOBODYS, inbox=0))) == []


def test_where_nobody_is_at_work_at_all_messages_and_timers_wait_too() -> None:
    nobody = (replace(NOBODYS, inbox=0),)
    unserved = [Hindrance(kind="unserved", partitions=(1,))]
    assert found(replace(EMPTY, lanes=(LANE,)), nobody, ()) == unserved
    assert found(replace(EMPTY, overdue=1), nobody, ()) == unserved
    assert found(replace(EMPTY, timers=1), nobody, ()) == []


def test_who_is_silent_is_stalled_and_what_it_said_before_counts_no_more() -> None:
    told = Obstacle(kind="spent", name="channels.main", until=NOW + 5)
    silent = replace(WORKER, seen=NOW - STALLED_AFTER - 1, trouble="stopping", obstacles=(told,))
    stalled = Hindrance(kind="stalled", name="sms-1 7", since=silent.seen)
    assert found(processes=(silent,)) == [stalled]
    speaking = [
        Hindrance(kind="trouble", name="sms-1 7", words="stopping"),
        Hindrance(kind="spent", name="channels.main", until=NOW + 5),
    ]
    assert found(processes=(replace(silent, seen=NOW - STALLED_AFTER),)) == speaking


def test_what_several_processes_meet_is_told_once_and_till_its_last_end() -> None:
    workers = tuple(
        replace(WORKER, name=str(n), obstacles=(Obstacle(kind="stopped", name="main", until=n),))
        for n in (3, 9, 5)
    )
    assert found(processes=workers) == [Hindrance(kind="stopped", name="main", until=9)]


def test_a_channel_that_hears_nothing_is_told_with_the_reason() -> None:
    met = Obstacle(kind="unheard", name="main", why="the SMSC does not let us in 0x0E")
    workers = (replace(WORKER, obstacles=(met,)), replace(WORKER, name="2", obstacles=(met,)))
    words = "the SMSC does not let us in 0x0E"
    assert found(processes=workers) == [Hindrance(kind="unheard", name="main", words=words)]


def test_what_is_on_its_way_is_in_doubt_only_after_a_while() -> None:
    lane = replace(LANE, sending=2, sending_since=NOW - DOUBTFUL_AFTER)
    assert found(replace(EMPTY, lanes=(lane,))) == []
    since = NOW - DOUBTFUL_AFTER - 1
    late = replace(EMPTY, lanes=(replace(lane, sending_since=since),))
    assert found(late) == [Hindrance(kind="looked_up", name="main", count=2, since=since)]


def test_what_waits_for_a_person_comes_last() -> None:
    seen = replace(EMPTY, parked=2, lanes=(replace(LANE, held=1), replace(LANE, held=2)))
    person = [Hindrance(kind="held", count=3), Hindrance(kind="parked", count=2)]
    assert found(seen) == person
    assert found(seen, holdings=(NOBODYS,))[1:] == person


def test_a_limit_has_before_it_what_waits_on_all_of_its_channels() -> None:
    own = Limit(name="channels.main", rate=Rate.of(2, 60_000))
    shared = Limit(name="accounts.one", per_day=2_000)
    main = Channel(name="main", provider="log", address=None, limit=own, shared_limits=(shared,))
    other = Channel(name="other", provider="log", address=None, shared_limits=(shared,))
    lanes = (LANE, replace(LANE, lane="bulk", parts=4), replace(LANE, channel="other", parts=5))
    first, second = loads(replace(EMPTY, lanes=lanes), {"main": main, "other": other})
    assert (first.limit, first.channels, first.parts, first.lasts) == (own, ("main",), 7, 210_000)
    assert (second.parts, second.channels, second.lasts) == (12, ("main", "other"), 0)
