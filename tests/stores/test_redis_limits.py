"""Several processes on one Redis keep to a limit together, as one process does by itself."""

import itertools
from collections.abc import Iterator
from random import Random

import pytest

from convo.core.limits import Limit, Rate
from convo.ports.limits import Ask
from convo.runtime.own_limits import OwnLimits
from convo.stores.redis.store import RedisStore
from tests.servers import ON_DISK, RunningServer, redis_server, running
from tests.stores.contract_desk import START, HandSetClock

pytestmark = pytest.mark.anyio

LIMITS = [
    Limit(name="channels.main", rate=Rate.of(2, 1_000)),
    Limit(name="accounts.a", rate=Rate.of(97, 1_000)),
    Limit(name="accounts.fast", rate=Rate.of(5_000, 1_000)),
    Limit(name="registrations.campaign", rate=Rate.of(75, 60_000)),
    Limit(name="registrations.brand", per_day=500),
    Limit(name="registrations.both", rate=Rate.of(50, 1_000), per_day=500, zone="UTC"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(redis_server(), tmp_path_factory.mktemp("redis"), *ON_DISK) as server:
        yield server


async def test_the_rule_on_the_server_is_the_one_in_python(server: RunningServer) -> None:
    clock, lots = HandSetClock(), Random(7)
    store = await RedisStore.open(server.url, clock=clock, prefix="same")
    own = OwnLimits(clock)
    for _ in range(300):
        clock.now += lots.choice((0, 1, 7, 250, 1_000, 3_600_000))
        asked = [
            Ask(limit=limit, wanted=lots.randrange(70), owed=lots.randrange(-3, 12))
            for limit in lots.sample(LIMITS, 3)
        ]
        assert await store.permits(asked) == await own.permits(asked)
    await store.close()


async def test_two_processes_share_one_limit(server: RunningServer) -> None:
    clock = HandSetClock()
    stores = [await RedisStore.open(server.url, clock=clock, prefix="two") for _ in range(2)]
    (limit, *_) = [each for each in LIMITS if each.name == "accounts.a"]
    assert limit.rate is not None
    taken: list[tuple[int, int]] = []
    had = [0, 0]
    for turn in itertools.count():
        if clock.now - START > 10_000:
            break
        who = turn % 2
        (granted,) = await stores[who].permits([Ask(limit=limit, wanted=64)])
        had[who] += granted.parts
        taken.append((clock.now, granted.parts))
        clock.now += 3
    for first, (begin, _) in enumerate(taken):
        total = 0
        for end, parts in taken[first:]:
            total += parts
            assert (total - limit.rate.burst) * limit.rate.every <= limit.rate.parts * (end - begin)
    assert sum(had) >= 10_000 * limit.rate.parts // limit.rate.every
    assert min(had) > 0
    for store in stores:
        await store.close()
