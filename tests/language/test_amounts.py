"""Money, shares, numbers, lengths of time and lists, in every language; and their wrong use."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convo.errors import RenderError
from convo.language.expressions import Expression
from convo.language.filters import FILTERS
from convo.language.phrases import LANGUAGES
from convo.language.sandbox import MAX_TEXT, rendered
from convo.language.scope import Scope
from convo.language.text_problems import TextProblem
from convo.language.texts import Text

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def shown(
    source: str,
    language: str = "en",
    *,
    country: str = "US",
    currency: str = "USD",
    **names: object,
) -> str:
    scope = Scope(
        names=names,
        language=language,
        zone=ZoneInfo("UTC"),
        now=NOW,
        country=country,
        currency=currency,
    )
    return rendered(source, scope)


# --- money ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "country", "currency", "wanted"),
    [
        ("en", "US", "USD", "$1,234.50"),
        ("en", "GB", "GBP", "£1,234.50"),
        ("en", "CA", "CAD", "$1,234.50"),
        ("en", "CN", "CNY", "CN¥1,234.50"),
        ("en", "DE", "EUR", "€1,234.50"),
        ("en", "JP", "JPY", "JP¥1,234"),
        ("zh", "CN", "CNY", "¥1,234.50"),
        ("zh-Hant", "TW", "TWD", "$1,234.50"),
        ("zh-Hant", "HK", "HKD", "HK$1,234.50"),
        ("zh", "HK", "HKD", "HK$1,234.50"),
        ("es", "MX", "MXN", "$1,234.50"),
        ("es", "ES", "EUR", "1.234,50 €"),
        ("es", "US", "USD", "1.234,50 US$"),
        ("fr", "FR", "EUR", "1 234,50 €"),
        ("fr", "CA", "CAD", "1 234,50 $"),
        ("de", "DE", "EUR", "1.234,50 €"),
        ("de", "AT", "EUR", "€ 1.234,50"),
        ("de", "CH", "CHF", "CHF 1’234.50"),
        ("pt", "BR", "BRL", "R$ 1.234,50"),
        ("pt", "PT", "EUR", "1 234,50 €"),
        ("ar", "AE", "AED", "\u200f1,234.50 د.إ.\u200f"),
        ("hi", "IN", "INR", "₹1,234.50"),
        ("ja", "JP", "JPY", "￥1,234"),
        ("ko", "KR", "KRW", "₩1,234"),
    ],
)
def test_an_amount_is_in_the_business_s_currency_as_the_contact_s_language_writes_it(
    language: str, country: str, currency: str, wanted: str
) -> None:
    price = Decimal("1234.50")
    assert (
        shown("{{ it | money }}", language, country=country, currency=currency, it=price) == wanted
    )


def test_an_amount_may_be_in_a_currency_that_is_named() -> None:
    assert shown("{{ it | money('eur') }}", it=12) == "€12.00"
    assert shown("{{ it | money(of) }}", it=-12.5, of="GBP") == "-£12.50"
    assert shown("{{ [it | money, (it * 2) | money] }}", it=1) == "$1.00 and $2.00"


# --- numbers, shares, lengths of time -------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "it", "english", "german"),
    [
        ("{{ it | percent }}", 0.25, "25%", "25 %"),
        ("{{ it | percent(1) }}", 0.125, "12.5%", "12,5 %"),
        ("{{ it | percent(1) }}", 1, "100%", "100 %"),
        ("{{ it | percent }}", -0.5, "-50%", "-50 %"),
        ("{{ it | decimals(2) }}", 3.5, "3.50", "3,50"),
        ("{{ it | decimals(0) }}", 1234567, "1,234,567", "1.234.567"),
        ("{{ it | decimals(2) }}", Decimal("0.005"), "0.00", "0,00"),
        ("{{ it | digits }}", 20260, "20260", "20260"),
        ("{{ it | digits }}", 3.0, "3", "3"),
        ("{{ it }}", 20260, "20,260", "20.260"),
    ],
)
def test_numbers_look_as_they_are_asked_for(
    source: str, it: object, english: str, german: str
) -> None:
    assert shown(source, "en", it=it) == english
    assert shown(source, "de", country="DE", it=it) == german


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "1 day and 2 hours; 5 minutes"),
        ("zh", "1天2小时; 5分钟"),
        ("zh-Hant", "1天2小時; 5分鐘"),
        ("es", "1 día y 2 horas; 5 minutos"),
        ("fr", "1 jour et 2 heures; 5 minutes"),
        ("de", "1 Tag und 2 Stunden; 5 Minuten"),
        ("pt", "1 dia e 2 horas; 5 minutos"),
        ("ar", "يوم وساعتان; 5 دقائق"),
        ("hi", "1 दिन और 2 घंटे; 5 मिनट"),
        ("ja", "1日2時間; 5分"),
        ("ko", "1일 2시간; 5분"),
    ],
)
def test_a_length_of_time_is_said_in_words_of_every_language(language: str, wanted: str) -> None:
    source = "{{ a | duration('hours') }}; {{ b | duration('minutes') }}"
    assert shown(source, language, a=26, b=5) == wanted


def test_every_language_has_its_words_for_a_length_of_time() -> None:
    """CLDR's English is what Babel falls back to where a language lacks a word."""
    for language in LANGUAGES:
        said = shown("{{ 90061 | duration('seconds') }} {{ 61 | duration('seconds') }}", language)
        assert language == "en" or not {"day", "hour", "second"} & set(said.split())


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (0, "0 seconds"),
        (0.4, "0 seconds"),
        (1, "1 second"),
        (59.6, "1 minute"),
        (60, "1 minute"),
        (61, "1 minute and 1 second"),
        (3599.7, "1 hour"),
        (3600, "1 hour"),
        (5400, "1 hour and 30 minutes"),
        (86_399, "1 day"),
        (86_400 * 45 + 3_600 * 5 + 1_700, "45 days and 5 hours"),
    ],
)
def test_a_length_of_time_has_its_two_longest_units(seconds: float, wanted: str) -> None:
    assert shown("{{ it | duration('seconds') }}", it=seconds) == wanted


# --- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "A, B and C"),
        ("zh", "A、B和C"),
        ("zh-Hant", "A、B和C"),
        ("es", "A, B y C"),
        ("fr", "A, B et C"),
        ("de", "A, B und C"),
        ("pt", "A, B e C"),
        ("ar", "A وB وC"),
        ("hi", "A, B, और C"),
        ("ja", "A、B、C"),
        ("ko", "A, B 및 C"),
    ],
)
def test_a_list_is_shown_as_one_would_say_it(language: str, wanted: str) -> None:
    assert shown("{{ it }}", language, it=["A", "B", "C"]) == wanted
    assert shown("{{ it }}", language, it=["A"]) == "A"
    assert shown("{{ it }}", language, it=[]) == ""


SAID = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.sampled_from(LANGUAGES), SAID, SAID, st.sampled_from(["", "CN", "US"]))
@settings(deadline=None)
def test_whatever_stands_in_a_list_or_beside_an_amount_stays_as_it_is(
    language: str, one: str, other: str, country: str
) -> None:
    listed = shown("{{ [one, other, one] }}", language, country=country, one=one, other=other)
    assert listed.startswith(one)
    assert listed.endswith(one)
    assert other in listed[len(one) : len(listed) - len(one)]
    source = "{{ one }}{{ 12 | money('EUR') }}{{ 90 | duration('minutes') }}{{ other }}"
    beside = shown(source, language, country=country, one=one, other=other)
    assert beside.startswith(one)
    assert beside.endswith(other)


@given(
    st.sampled_from(LANGUAGES),
    st.one_of(st.integers(-(10**15), 10**15), st.floats(-1e15, 1e15), st.decimals(-9, 9, places=4)),
)
@settings(deadline=None)
def test_any_number_can_be_shown_in_any_language(language: str, it: object) -> None:
    source = "{{ it | money }} {{ it | percent(2) }} {{ it | decimals(3) }} {{ it | round }}"
    said = shown(source, language, it=it)
    assert len(said) < MAX_TEXT
    assert not set("\u00a0\u2007\u2009\u202f") & set(said)


# --- wrong use ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ it | money('EURO') }}", '"EURO" is no currency. Did you mean "EUR"?'),
        ("{{ it | money('q') }}", '"q" is no currency. It is three letters, such as "CNY".'),
        ("{{ it | money(12) }}", 'A currency is three letters, such as "CNY".'),
        ("{{ it | money('EUR', 2) }}", '"money" takes one value in its brackets.'),
        ("{{ it | percent(7) }}", "0 to 6 decimals can be shown"),
        ("{{ it | percent(true) }}", "0 to 6 decimals can be shown"),
        ("{{ it | percent(it) }}", "0 to 6 decimals can be shown"),
        ("{{ it | round(-1) }}", "0 to 6 decimals can be shown"),
        ("{{ it | decimals }}", '"decimals" takes one value in its brackets.'),
        ("{{ it | duration }}", '"duration" takes one value in its brackets.'),
        ("{{ it | duration('weeks') }}", "one of days, hours, minutes, seconds"),
        ("{{ it | duration(it) }}", "one of days, hours, minutes, seconds"),
        ("{{ it | digits(2) }}", '"digits" takes no values in its brackets.'),
        ("{{ it | currency }}", 'There is no filter "currency".'),
    ],
)
def test_a_filter_that_is_wrongly_used_is_refused_before_anything_runs(
    source: str, told: str
) -> None:
    with pytest.raises(TextProblem, match=told.replace("(", r"\(").replace("?", r"\?")):
        Text.read(source)
    with pytest.raises(TextProblem):
        Expression.read(source.removeprefix("{{").removesuffix("}}"))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ word | money }}", "`money` needs numbers, not a text."),
        ("{{ yes | percent }}", "`percent` needs numbers, not yes or no."),
        ("{{ huge | money }}", "A number is too large."),
        ("{{ 1 | money(word) }}", '"a word" is no currency.'),
        ("{{ 1.5 | digits }}", "`digits` needs a whole number."),
        ("{{ -1 | duration('days') }}", "`duration` needs a length of time"),
        ("{{ nobody | money }}", "`nobody` is not known here."),
    ],
)
def test_a_value_that_does_not_fit_says_so_and_not_what_it_is(source: str, told: str) -> None:
    with pytest.raises(RenderError) as raised:
        shown(source, word="a word", yes=True, huge=10**16)
    assert told in str(raised.value)


def test_a_business_without_a_currency_has_to_name_one() -> None:
    with pytest.raises(RenderError, match="needs a currency here"):
        shown("{{ 1 | money }}", country="AQ", currency="")


def test_every_filter_says_what_it_does_with_an_example_that_has_it() -> None:
    for name, each in FILTERS.items():
        assert each.about.endswith(".")
        assert f"| {name}" in each.example
        Text.read(each.example)
