"""A server that takes over tells what became of what a claimed message had waited behind."""

import pytest

from convo.stores.sqlite.store import SqliteStore
from tests.simulation.standby import claim_again
from tests.stores.contract_desk import START, HandSetClock, desk_of, message


@pytest.mark.anyio
@pytest.mark.parametrize(("claimed", "unsent"), [(False, [("m1", "too late")]), (True, [])])
async def test_what_nobody_had_claimed_did_not_leave_and_is_said_not_to_have(
    claimed: bool, unsent: list[tuple[str, str]]
) -> None:
    store = await SqliteStore.open(":memory:", clock=HandSetClock())
    try:
        desk = await desk_of(store, HandSetClock())
        await desk.say(message("m1"), message("m2"))
        if claimed:
            await desk.claims()
        again = [("m2", START, "main")]
        await store.read(lambda database: claim_again(database, desk.lease.token, again))
        assert await desk.unsent() == unsent
    finally:
        await store.close()
