"""A business whose contacts are divided anew: everything is there afterwards, and happens once."""

from collections.abc import Sequence
from contextlib import suppress

import pytest

from convo.stores.redis import address, moving
from convo.stores.redis.connecting import connected
from convo.stores.redis.laying_out import present
from tests.stores.contract_desk import HOUR
from tests.stores.dividing import PEOPLE, Business, Deadly, Killed, found, lived, seen

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def removed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "KEPT_FOR", 0.0)


@pytest.mark.parametrize("path", [(4, 16), (16, 4), (4, 6, 1, 5)], ids=str)
async def test_everything_is_there_and_happens_as_it_would_have(
    url: str, path: Sequence[int]
) -> None:
    as_it_was, divided = Business(url), Business(url)
    for each in (as_it_was, divided):
        await each.open(path[0])
        await lived(each)
        await each.give_back()
    before = await seen(divided)
    assert before == await seen(as_it_was)
    for partitions in path[1:]:
        await divided.divide(partitions)
    assert await seen(divided) == before
    await divided.close()
    await divided.open(path[-1])
    as_it_was.clock.now = divided.clock.now = divided.clock.now + 2 * HOUR
    assert await found(divided) == await found(as_it_was)
    for each in (as_it_was, divided):
        await each.close()


async def killed(of: Business, at: str, *, heard: bool = False) -> Deadly:
    """Divide, and be killed on the way."""
    wire = Deadly(connected(address.read(of.url), "fast"), at, heard=heard)
    with suppress(Killed):
        await of.divide(3, wire)
    return wire


async def test_killed_at_any_step_it_is_called_again_and_nothing_is_lost(url: str) -> None:
    as_it_was, divided, trial = (Business(url, people=PEOPLE[:8]) for _ in range(3))
    for each in (as_it_was, divided, trial):
        await each.open(2)
        await lived(each)
        await each.give_back()
    before = await seen(divided)
    steps = [*dict.fromkeys((await killed(trial, "nowhere")).asked)]
    for n, step in enumerate(steps):
        # It is not made, or it is and nobody hears of it.
        for heard in (False, True) if step in ("begin_move", "switch") else (n % 2 == 0,):
            assert step in (await killed(divided, step, heard=heard)).asked
            there, moving = await present(divided.store._wire, divided.prefix)
            made = steps[: n + heard]
            assert (there.partitions == 3) is ("switch" in made)
            assert moving is ("begin_move" in made and "switch" not in made)
            if "freeze" in made:  # nothing happens there until it is called again
                assert await divided.store.acquire(0, "other") is None
    await divided.divide(3)
    assert await seen(divided) == before
    assert await divided.left_behind() == set()
    await divided.close()
    await divided.open(3)
    as_it_was.clock.now = divided.clock.now = divided.clock.now + 2 * HOUR
    assert await found(divided) == await found(as_it_was)
    for each in (as_it_was, divided, trial):
        await each.close()
