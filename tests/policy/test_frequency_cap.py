"""How often marketing may begin with a contact: never more than the cap, over any stretch."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.business import Caps
from convo.core.contacts import Touch
from convo.policy.frequency_cap import DAY, next_allowed, tier_of, touched
from convo.settings.speaking import cap_of

HIGH, NORMAL, DORMANT = map(cap_of, ("2 per week", "1 per 10 days", "1 per month"))
CAPS = Caps(
    tiers={"high": HIGH, "normal": NORMAL, "dormant": DORMANT}, field="tier", usual="normal"
)


def ms(*day: int) -> int:
    return int(datetime(*day, tzinfo=UTC).timestamp() * 1_000)


NOON = ms(2026, 6, 1, 12)


def test_a_contact_is_in_the_tier_that_their_field_names() -> None:
    assert tier_of(CAPS, {"tier": "high"}) == "high"
    assert tier_of(CAPS, {"tier": "gold"}) == "normal"
    assert tier_of(CAPS, {"tier": None}) == "normal"
    assert tier_of(CAPS, {}) == "normal"


def test_two_a_week_are_two_in_any_seven_days() -> None:
    touches: tuple[Touch, ...] = ()
    for n, hours in enumerate((0, 50)):
        now = NOON + hours * 3_600_000
        assert next_allowed(touches, HIGH, n, now) is None
        touches = touched(touches, CAPS, n, now)
    assert next_allowed(touches, HIGH, 9, NOON + 6 * DAY) == NOON + 7 * DAY
    assert next_allowed(touches, HIGH, 9, NOON + 7 * DAY - 1) == NOON + 7 * DAY
    assert next_allowed(touches, HIGH, 9, NOON + 7 * DAY) is None


def test_one_a_month_is_never_two_in_one_month() -> None:
    for month, days in ((1, 31), (2, 28), (4, 30)):
        touches = touched((), CAPS, 1, ms(2026, month, 1))
        assert next_allowed(touches, DORMANT, 2, ms(2026, month, days, 23)) is not None


def test_a_touch_that_has_begun_is_not_counted_again() -> None:
    touches = touched((), CAPS, 7, NOON)
    assert next_allowed(touches, NORMAL, 7, NOON + 1) is None
    assert touched(touches, CAPS, 7, NOON + 1) == touches
    assert next_allowed(touches, NORMAL, 8, NOON + 1) == NOON + 10 * DAY


def test_a_lower_tier_counts_what_went_out_under_a_higher_one() -> None:
    touches = touched(touched((), CAPS, 1, NOON), CAPS, 2, NOON + DAY)
    assert next_allowed(touches, DORMANT, 3, NOON + 2 * DAY) == NOON + DAY + 31 * DAY


@given(
    st.sampled_from([HIGH, NORMAL, DORMANT]),
    st.lists(st.integers(0, 80 * 24), min_size=1, max_size=60),
)
def test_however_often_it_is_tried_no_stretch_holds_more_than_the_cap(
    cap, hours: list[int]
) -> None:
    touches: tuple[Touch, ...] = ()
    sent: list[int] = []
    for n, hour in enumerate(sorted(hours)):
        now = NOON + hour * 3_600_000
        free = next_allowed(touches, cap, n, now)
        if free is not None:
            assert free > now
            continue
        sent.append(now)
        touches = touched(touches, CAPS, n, now)
        # No longer than the longest cap, and no more than the largest.
        assert len(touches) <= 2
    for first in sent:
        assert sum(first <= at < first + cap.days * DAY for at in sent) <= cap.most


@pytest.mark.parametrize(
    ("text", "most", "days"),
    [
        ("2 per week", 2, 7),
        ("1 per 10 days", 1, 10),
        ("1 per month", 1, 31),
        ("3 a day", 3, 1),
        ("5/year", 5, 366),
        ("2 texts per 2 weeks", 2, 14),
    ],
)
def test_a_cap_is_written_in_words(text: str, most: int, days: int) -> None:
    cap = cap_of(text)
    assert (cap.most, cap.days, cap.written) == (most, days, text)


@pytest.mark.parametrize("text", ["often", "per week", "0 per week", "2 per 400 days", "99 a day"])
def test_what_is_no_cap_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"no cap|out of bounds"):
        cap_of(text)
