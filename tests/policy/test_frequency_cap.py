"""How often marketing may begin with a contact: never more than the cap, over any stretch."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.business import Caps, Move
from convo.core.contacts import ContactState, Heed, Json, Touch
from convo.core.numbers import PhoneNumber
from convo.policy.frequency_cap import DAY, began, next_allowed, placed, touched, wrote_back
from convo.settings.speaking import cap_of

HIGH, NORMAL, DORMANT = map(cap_of, ("2 per week", "1 per 10 days", "1 per month"))
CAPS = Caps(
    tiers={
        "high": HIGH,
        "normal": NORMAL,
        "dormant": DORMANT,
        "rare": cap_of("1 per 3 months"),
        "none": cap_of("never"),
    },
    field="tier",
    chosen="wish",
    usual="normal",
    signals={
        "answered": Move(tier="high", touches=2),
        "unanswered": Move(tier="dormant", touches=3),
        "complaint": Move(tier="rare", tag="angry"),
    },
)
ANNA = PhoneNumber("+8613800138000")


def ms(*day: int) -> int:
    return int(datetime(*day, tzinfo=UTC).timestamp() * 1_000)


NOON = ms(2026, 6, 1, 12)


def where(*tags: str, unanswered: int = 0, answered: int = 0, **fields: Json) -> tuple[str, str]:
    heed = Heed(unanswered=unanswered, answered=answered)
    found = placed(CAPS, ContactState(number=ANNA, fields=fields, tags=tags, heed=heed))
    return found.tier, found.by


def test_a_contact_is_in_the_tier_that_their_field_names() -> None:
    assert where(tier="high") == ("high", "field")
    assert where(tier="gold") == ("normal", "usual")
    assert where(tier=None) == ("normal", "usual")
    assert where() == ("normal", "usual")


def test_what_they_do_moves_them_and_each_signal_its_own_way() -> None:
    assert where(unanswered=2) == ("normal", "usual")
    assert where(unanswered=3) == where(unanswered=9) == ("dormant", "unanswered")
    assert where(answered=1) == ("normal", "usual")
    assert where(answered=2) == ("high", "answered")
    assert where("angry") == ("rare", "complaint")
    assert where("angry", tier="high", answered=9, unanswered=9) == ("rare", "complaint")
    # Nothing that is there already, or better, is undone.
    assert where(tier="rare", unanswered=3) == ("rare", "field")
    assert where(tier="high", answered=2) == ("high", "field")


def test_nothing_raises_above_what_they_have_chosen() -> None:
    assert where(wish="dormant", answered=2) == ("dormant", "chosen")
    assert where(wish="none", tier="high") == ("none", "chosen")
    assert where(wish="high") == ("normal", "usual")
    assert where(wish="as you like") == ("normal", "usual")


def test_a_touch_is_answered_by_the_next_text_of_theirs_and_each_in_a_row_counts() -> None:
    heed = Heed()
    assert wrote_back(heed) is heed
    for touch in (1, 2):
        heed = wrote_back(began(heed, CAPS, touch, NOON + touch))
    assert (heed.unanswered, heed.answered) == (0, 2)
    assert wrote_back(heed) is heed
    # One text that answers the last of three is no streak.
    for touch in (3, 4, 5):
        heed = began(heed, CAPS, touch, NOON + touch)
        assert began(heed, CAPS, touch, NOON + touch) is heed
    assert (heed.unanswered, heed.answered) == (3, 0)
    heed = wrote_back(heed)
    assert (heed.unanswered, heed.answered) == (0, 1)


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
        ("never", 0, 1),
    ],
)
def test_a_cap_is_written_in_words(text: str, most: int, days: int) -> None:
    cap = cap_of(text)
    assert (cap.most, cap.days, cap.written) == (most, days, text)


@pytest.mark.parametrize("text", ["often", "per week", "0 per week", "2 per 400 days", "99 a day"])
def test_what_is_no_cap_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"no cap|out of bounds"):
        cap_of(text)
