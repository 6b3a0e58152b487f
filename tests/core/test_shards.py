"""Contacts are spread evenly over shards, and the id of a message tells its contact's."""

from collections import Counter

from convo.core.numbers import PhoneNumber
from convo.core.shards import SHARDS, shard_in, shard_of
from convo.core.turns import outbound_id

NUMBERS = [PhoneNumber(f"+1202555{n:04}") for n in range(10_000)]


def test_a_contact_has_the_same_shard_for_ever() -> None:
    # Stores have spread their contacts by these: they may never change.
    assert shard_of(PhoneNumber("+12025550101")) == 320
    assert shard_of(PhoneNumber("+8613800138000")) == 905


def test_numbers_that_follow_each_other_are_spread_evenly() -> None:
    counted = Counter(shard_of(number) for number in NUMBERS)
    assert len(counted) == SHARDS
    assert max(counted.values()) < 4 * len(NUMBERS) / SHARDS


def test_the_id_of_a_message_tells_its_contacts_shard() -> None:
    for number in NUMBERS[:200]:
        assert shard_in(outbound_id(number, "18bcfe56800-1", 0)) == shard_of(number)


def test_ids_differ_by_event_and_by_place_and_can_stand_for_a_uuid() -> None:
    number = NUMBERS[0]
    ids = {outbound_id(number, event, k) for event in ("a", "b") for k in range(3)}
    assert len(ids) == 6
    assert {len(id) for id in ids} == {32}


def test_what_is_no_id_of_ours_has_no_shard() -> None:
    for other in ("", "m1", "SM0123456789abcdef0123456789abcdef", "4" + "0" * 31, "0" * 33):
        assert shard_in(other) is None
