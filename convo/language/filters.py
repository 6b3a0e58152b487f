"""What may stand after `|`: our own filters, and nothing of Jinja's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import cast

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from convo.errors import RenderError
from convo.language.amounts import (
    UNITS,
    length_of_time,
    money,
    percent,
    with_decimals,
    wrong_currency,
)
from convo.language.localising import joined, local, shown, weekday
from convo.language.operators import MAX_NUMBER, Number, amount, given
from convo.language.scope import Choice, Scope
from convo.sentences import sentence

SCOPE = "_scope"  # where the scope travels in the context; authors cannot write such a name
MAX_DECIMALS = 6


def scope_of(context: Context) -> Scope:
    """The scope that this rendering was begun with."""
    scope = context.parent[SCOPE]
    if not isinstance(scope, Scope):
        raise RenderError(sentence("Rendered without a scope."))
    return scope


def _default(_: Scope, value: object, fallback: object) -> object:
    return fallback if value is None or isinstance(value, Undefined) else value


def _on_text(change: Callable[[str], str]) -> Callable[[Scope, object], str]:
    def changed(scope: Scope, value: object) -> str:
        return change(shown(given(value), scope))

    return changed


def _length(_: Scope, value: object) -> int:
    value = given(value)
    if isinstance(value, (str, list, tuple, Mapping)):
        return len(cast("Sequence[object]", value))
    raise RenderError(sentence("`length` needs a text or a list."))


def _round(_: Scope, value: object, decimals: int = 0) -> Number:
    number = amount(value, "`round`")
    return round(number, decimals) if decimals else round(number)


def _int(_: Scope, value: object) -> int:
    given(value)
    if isinstance(value, str):
        if not value.strip().lstrip("+-").isdecimal() or len(value) > len(str(MAX_NUMBER)):
            raise RenderError(sentence("`int` needs a whole number."))
        return int(value)
    return int(amount(value, "`int`"))


def _end(index: int) -> Callable[[Scope, object], object]:
    def found(_: Scope, value: object) -> object:
        if isinstance(given(value), (list, tuple, str)):
            held = cast("Sequence[object]", value)
            return held[index] if held else None
        raise RenderError(sentence("`first` and `last` need a list or a text."))

    return found


def _join(scope: Scope, value: object, separator: object = None) -> str:
    if not isinstance(given(value), (list, tuple)):
        raise RenderError(sentence("`join` needs a list."))
    between = None if separator is None else shown(separator, scope)
    return joined(cast("Sequence[object]", value), between, scope)


def _date(scope: Scope, value: object) -> date:
    value = given(value)
    if isinstance(value, datetime):
        return local(value, scope).date()
    if isinstance(value, date):
        return value
    raise RenderError(sentence("`date` needs a date, or a date and time."))


def _time(scope: Scope, value: object) -> time:
    value = given(value)
    if isinstance(value, datetime):
        return local(value, scope).time()
    if isinstance(value, time):
        return value
    raise RenderError(sentence("`time` needs a time, or a date and time."))


def _datetime(scope: Scope, value: object) -> datetime:
    value = given(value)
    if isinstance(value, datetime):
        return local(value, scope)
    raise RenderError(sentence("`datetime` needs a date and time."))


def _weekday(scope: Scope, value: object) -> Choice:
    return weekday(_date(scope, value), scope)


def _money(scope: Scope, value: object, currency: object = None) -> str:
    if currency is not None and (wrong := wrong_currency(given(currency))):
        raise RenderError(wrong)
    return money(amount(value, "`money`"), str(currency or ""), scope)


def _percent(scope: Scope, value: object, decimals: int = 0) -> str:
    return percent(amount(value, "`percent`"), decimals, scope)


def _decimals(scope: Scope, value: object, decimals: int) -> str:
    return with_decimals(amount(value, "`decimals`"), decimals, scope)


def _digits(_: Scope, value: object) -> str:
    number = amount(value, "`digits`")
    if number != int(number):
        raise RenderError(sentence("`digits` needs a whole number."))
    return str(int(number))


def _duration(scope: Scope, value: object, unit: str) -> str:
    number = amount(value, "`duration`")
    if number < 0:
        raise RenderError(sentence("`duration` needs a length of time, which is not below 0."))
    return length_of_time(number * UNITS[unit], scope)


def _wrong_decimals(decimals: object) -> str:
    if type(decimals) is int and 0 <= decimals <= MAX_DECIMALS:
        return ""
    return f"0 to {MAX_DECIMALS} decimals can be shown: write the number of them."


def _wrong_unit(unit: object) -> str:
    if isinstance(unit, str) and unit in UNITS:
        return ""
    return f"`duration` takes what it is counted in: one of {', '.join(UNITS)}."


def _anything(_: object) -> str:
    return ""


_NUMBERS = frozenset({"number"})
_DAYS = frozenset({"date", "datetime"})
_CLOCKS = frozenset({"time", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter: what it does and an example, for the reference, and what it takes."""

    work: Callable[..., object]
    about: str
    example: str
    #: How many values it takes in brackets.
    least: int = 0
    most: int = 0
    #: What is wrong with a value in its brackets; empty when nothing is.
    wrong: Callable[[object], str] = _anything
    #: That value must be written out, and may be no name.
    written_out: bool = False
    #: The kinds of answers that it may be put to; empty for all of them.
    takes: frozenset[str] = frozenset()


FILTERS: dict[str, Filter] = {
    "default": Filter(
        work=_default,
        about="What is shown where there is no value.",
        example="{{ nick | default('friend') }}",
        least=1,
        most=1,
    ),
    "money": Filter(
        work=_money,
        about="An amount in your currency (`currency` under [business]), or in the one named.",
        example="{{ price | money }}, {{ price | money('EUR') }}",
        most=1,
        wrong=wrong_currency,
        takes=_NUMBERS,
    ),
    "percent": Filter(
        work=_percent,
        about="A share of 1 as a percentage; with so many decimals, if they are needed.",
        example="{{ share | percent }}, {{ share | percent(1) }}",
        most=1,
        wrong=_wrong_decimals,
        written_out=True,
        takes=_NUMBERS,
    ),
    "decimals": Filter(
        work=_decimals,
        about="A number with just so many decimals.",
        example="{{ price | decimals(2) }}",
        least=1,
        most=1,
        wrong=_wrong_decimals,
        written_out=True,
        takes=_NUMBERS,
    ),
    "digits": Filter(
        work=_digits,
        about="A whole number as bare digits: a year, the number of an order.",
        example="{{ order | digits }}",
        takes=_NUMBERS,
    ),
    "duration": Filter(
        work=_duration,
        about="A length of time that is counted in seconds, minutes, hours or days.",
        example="{{ wait | duration('minutes') }}",
        least=1,
        most=1,
        wrong=_wrong_unit,
        written_out=True,
        takes=_NUMBERS,
    ),
    "round": Filter(
        work=_round,
        about="A number rounded, to so many decimals.",
        example="{{ share | round(2) }}",
        most=1,
        wrong=_wrong_decimals,
        written_out=True,
        takes=_NUMBERS,
    ),
    "int": Filter(
        work=_int,
        about="A text of digits as a number; a number without its decimals.",
        example="{{ table | int + 1 }}",
    ),
    "date": Filter(work=_date, about="Its day.", example="{{ when | date }}", takes=_DAYS),
    "time": Filter(
        work=_time, about="Its time of day.", example="{{ when | time }}", takes=_CLOCKS
    ),
    "datetime": Filter(
        work=_datetime,
        about="Both.",
        example="{{ when | datetime }}",
        takes=frozenset({"datetime"}),
    ),
    "weekday": Filter(
        work=_weekday,
        about="The day of its week; conditions compare it with `'monday'`.",
        example="{{ when | weekday }}",
        takes=_DAYS,
    ),
    "join": Filter(
        work=_join,
        about="A list with commas between its values, or with what is named. Without a filter it "
        "is shown as one would say it.",
        example="{{ dishes }}; {{ dishes | join(' / ') }}",
        most=1,
    ),
    "first": Filter(work=_end(0), about="The first of a list.", example="{{ dishes | first }}"),
    "last": Filter(work=_end(-1), about="The last of a list.", example="{{ dishes | last }}"),
    "length": Filter(
        work=_length, about="How many values or letters it has.", example="{{ dishes | length }}"
    ),
    "upper": Filter(
        work=_on_text(str.upper), about="In capital letters.", example="{{ name | upper }}"
    ),
    "lower": Filter(
        work=_on_text(str.lower), about="In small letters.", example="{{ name | lower }}"
    ),
    "capitalize": Filter(
        work=_on_text(str.capitalize),
        about="With one capital letter in front.",
        example="{{ name | capitalize }}",
    ),
    "title": Filter(
        work=_on_text(str.title),
        about="With a capital letter at every word.",
        example="{{ name | title }}",
    ),
    "trim": Filter(
        work=_on_text(str.strip),
        about="Without spaces around it.",
        example="{{ name | trim }}",
    ),
}


def for_jinja(work: Callable[..., object]) -> Callable[..., object]:
    """The same filter with Jinja's context in the place of the scope."""

    @pass_context
    def called(context: Context, *arguments: object) -> object:
        return work(scope_of(context), *arguments)

    return called
