"""S79: a channel is left for its backup when more than thirty of a hundred sends fail."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from convo.core.turns import Outbound
from convo.errors import Unavailable
from convo.ports import Sent
from convo.runtime.breaker import RULES
from tests.runtime.bench import Bench, benched
from tests.runtime.stage import FakeProvider
from tests.stores.contract_desk import PEOPLE, message

pytestmark = pytest.mark.anyio

SECOND = 1_000
MINUTE = 60 * SECOND


class Failing(FakeProvider):
    """Surely fails so many of a hundred sends, evenly spread, until it is `well`."""

    def __init__(self, share: int) -> None:
        super().__init__()
        self.share = share
        self.sends = 0
        #: What has left.
        self.left: list[str] = []

    async def send(self, message: Outbound, callback: str, leave_by: float) -> Sent:
        self.sends += 1
        if self.sends * self.share // 100 != (self.sends - 1) * self.share // 100:
            raise Unavailable("away")
        self.left.append(message.text)
        return await super().send(message, callback, leave_by)


async def business_goes_on(bench: Bench, begin: int, minutes: int, until: Failing | None) -> int:
    """Somebody is written to every six seconds; ms that it took until `until` had a message."""
    for n in range(minutes * 10):
        contact = PEOPLE[n % len(PEOPLE)]
        await bench.say(message(f"{begin + n}", contact=contact))
        await bench.passes(6 * SECOND)
        if until is not None and until.left:
            return (n + 1) * 6 * SECOND
    return minutes * MINUTE


def numbers(texts: list[str]) -> list[int]:
    return [int(text.removeprefix("text of ")) for text in texts]


async def settled(bench: Bench) -> None:
    """All that was said has left."""
    for _ in range(100):
        await bench.passes(2 * SECOND)


@pytest.mark.parametrize(("share", "leaves"), [(31, True), (29, False)])
async def test_three_in_ten_make_the_difference(share: int, leaves: bool) -> None:
    main, other = Failing(share), Failing(0)
    async with benched(main, other) as bench:
        took = await business_goes_on(bench, 0, 30, until=other)
        assert (took <= 15 * MINUTE) is leaves
        assert bool(other.left) is leaves
        await settled(bench)
        said = numbers(main.left + other.left)
        assert Counter(said) == Counter(range(len(said))), "each left once"


async def test_what_waits_moves_in_its_order_and_comes_back_by_rule_alone() -> None:
    main, other = Failing(100), Failing(0)
    async with benched(main, other) as bench:
        await business_goes_on(bench, 0, 10, until=None)
        await settled(bench)
        assert (main.left, sorted(numbers(other.left))) == ([], list(range(100)))
        for n in range(len(PEOPLE)):
            theirs = [each for each in numbers(other.left) if each % len(PEOPLE) == n]
            assert theirs == sorted(theirs), "nobody overtakes"
        main.share = 0
        tried = len(main.left)
        await business_goes_on(bench, 100, 5, until=None)
        back = numbers(main.left)
        # One each half a minute, until so many went well; from then on it has all of them.
        first = back[: RULES.tries]
        assert tried == 0
        assert all(later - sooner >= 5 for sooner, later in pairwise(first))
        assert back[RULES.tries :] == list(range(first[-1] + 1, 150))
        assert sorted(back + numbers(other.left)) == list(range(150))


async def test_a_text_of_a_moved_conversation_stays_with_the_backup() -> None:
    main, other = Failing(0), Failing(0)
    async with benched(main, other) as bench:
        await bench.say(replace(message("1"), by="other"), message("2"))
        await settled(bench)
        assert (numbers(other.left), numbers(main.left)) == ([1], [2])
