"""Hours and weekdays as people write them, in convo.toml and in the law profiles.

What cannot be read raises `ValueError`, which says how to write it instead.
"""

import re

from convo.core.hours import DAYS_A_WEEK, Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60

_SPAN = re.compile(r"(\d{1,2}):(\d{2}) ?[-–] ?(\d{1,2}):(\d{2})", re.ASCII)


def spans_of(text: str) -> tuple[Span, ...]:
    """The spans of "11:30-13:00, 20:00-21:30", in their order."""
    found: list[Span] = []
    for piece in text.split(","):
        one = span_of(piece.strip())
        if found and one.opens < found[-1].closes:
            raise ValueError(f'"{text}" runs into itself. Write its spans in their order, apart.')
        found.append(one)
    return tuple(found)


def span_of(text: str) -> Span:
    """The span of "9:00-20:00"."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no span of hours. Write it like "9:00-20:00".')
    from_hour, from_minute, to_hour, to_minute = (int(number) for number in found.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if max(from_minute, to_minute) >= 60 or closes > MINUTES_A_DAY:
        raise ValueError(f'"{text}" names a time that no day has. It ends at 24:00.')
    if opens >= closes:
        raise ValueError(
            f'"{text}" ends before it begins. These are the hours in which you may speak, within '
            'one day, like "9:00-20:00".'
        )
    return Span(opens=opens, closes=closes)


def weekdays_of(text: str) -> frozenset[int]:
    """The weekdays of "mon-fri" or "sat, sun", Monday being 0."""
    found: set[int] = set()
    for piece in text.casefold().split(","):
        first, dash, last = piece.strip().partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(
                f'"{piece.strip()}" is no day. Write days like "mon-fri" or "sat, sun"'
                f" ({', '.join(DAYS)})."
            )
        begins = DAYS.index(first)
        length = (DAYS.index(last) - begins) % DAYS_A_WEEK if dash else 0
        found |= {(begins + n) % DAYS_A_WEEK for n in range(length + 1)}
    return frozenset(found)
