"""The hours of a law profile as schedules, each by the rule that it is of."""

from collections.abc import Mapping
from functools import lru_cache

from convo.core.business import Business, MessageClass
from convo.core.hours import DAYS_A_WEEK, Hours, Span
from convo.core.numbers import PhoneNumber
from convo.policy.profiles import PROFILES, Window, profile, profile_for

_ALL_DAY = (Span(opens=0, closes=24 * 60),)
_PROFILES = 256
"""Lists of windows that are kept: a profile has one for each area that it names."""


def law_hours_rules() -> Mapping[str, str]:
    """Every rule of every profile, with its sentence."""
    return {
        window.rule: f"The law profile {name} lets nobody be begun with at this hour: "
        f"{window.source}."
        for name in PROFILES
        for windows in profile(name).windows.values()
        for window in windows
    }


def law_hours(number: PhoneNumber, kind: MessageClass, business: Business) -> Mapping[str, Hours]:
    """When the law of the number's country lets us begin with this class, by rule.

    All of them must be open; where the number's area is not known, those of every area.
    """
    windows = profile_for(number, business).windows.get(kind)
    return _schedules(windows) if windows else {}


@lru_cache(maxsize=_PROFILES)
def _schedules(windows: tuple[Window, ...]) -> Mapping[str, Hours]:
    """A rule says nothing of days that are another's; a day that none names is closed to all."""
    named = frozenset(day for window in windows for day in window.weekdays)
    return {
        window.rule: Hours(
            week=tuple(
                (Span(opens=window.opens, closes=window.closes),)
                if day in window.weekdays
                else (_ALL_DAY if day in named else ())
                for day in range(DAYS_A_WEEK)
            )
        )
        for window in windows
    }
