"""Looking into Redis goes page by page, while its owner writes."""

from collections.abc import Iterator

import pytest

from convo.core import codec
from convo.core.contacts import ContactState
from convo.core.numbers import PhoneNumber
from convo.core.overview import Stage
from convo.stores.redis.looking import looking
from convo.stores.redis.overviewing import COUNTED_AT_ONCE
from convo.stores.redis.store import RedisStore
from tests.servers import RunningServer, redis_server, running
from tests.stores.contract_desk import (
    SECOND,
    START,
    Desk,
    HandSetClock,
    desk_of,
    errand,
    message,
    text,
    timer,
    turn,
)

pytestmark = pytest.mark.anyio

MANY = 2 * COUNTED_AT_ONCE + 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(redis_server(), tmp_path_factory.mktemp("redis")) as server:
        yield server


def people(first: int, count: int) -> list[PhoneNumber]:
    return [PhoneNumber(f"+1202555{n:04}") for n in range(first, first + count)]


async def says(desk: Desk, *contacts: PhoneNumber) -> None:
    """A first message to each of them, with a timer and an errand; it is called after them."""
    await desk.accept(*(text(who.e164, contact=who) for who in contacts))
    turns = [
        turn(
            each,
            record=codec.encode(ContactState(number=each.event.contact)),
            outbound=(message(f"to:{each.event.contact.e164}", contact=each.event.contact),),
            timers=(timer("t", START + SECOND),),
            errands=(errand(f"for {each.event.contact.e164}"),),
        )
        for each in (await desk.advance(events=len(contacts), messages=0, errands=0)).events
    ]
    await desk.advance(turns=turns, messages=0, errands=0)


async def test_what_is_there_all_the_while_is_told_though_the_owner_goes_on_writing(
    server: RunningServer,
) -> None:
    clock = HandSetClock()
    store = await RedisStore.open(server.url, durability="fast", partitions=1, clock=clock)
    desk = await desk_of(store, clock)
    there = people(0, MANY)
    await says(desk, *there)
    contacts: list[PhoneNumber] = []
    waiting: set[str] = set()
    later = iter(people(5_000, 5_000))
    async with looking(server.url, clock=clock) as ledger:
        mark, pages = "", 0
        while pages == 0 or mark:
            page = await ledger.contacts(mark, 50)
            assert len(page.items) < 100
            contacts += [each.number for each in page.items]
            await says(desk, *(next(later) for _ in range(30)))
            mark, pages = page.next, pages + 1
        assert pages > 10
        # Those that come first in the queue leave it while the others are looked through.
        first = [each.message for each in (await desk.advance(messages=100)).claims]
        mark = ""
        stage: Stage = "waiting"
        while not waiting or mark:
            page = await ledger.messages(stage, mark, 50)
            assert len(page.items) < 100
            waiting |= {each.message.id for each in page.items}
            await says(desk, *(next(later) for _ in range(30)))
            mark = page.next
    assert {*there} <= {*contacts}
    assert len(contacts) == len({*contacts})
    wanted = {f"to:{who.e164}" for who in there} - {each.id for each in first}
    assert wanted <= waiting
    assert not waiting & {each.id for each in first}
    await store.close()


async def test_more_is_counted_than_fits_into_one_call(server: RunningServer) -> None:
    clock = HandSetClock()
    store = await RedisStore.open(
        server.url, durability="fast", partitions=1, clock=clock, prefix="counted"
    )
    desk = await desk_of(store, clock)
    await says(desk, *people(0, MANY))
    async with looking(server.url, clock=clock, prefix="counted") as ledger:
        found = await ledger.overview(START + SECOND)
    (lane,) = found.lanes
    assert (found.timers, found.overdue, found.errands, lane.due) == (MANY,) * 4
    await store.close()
