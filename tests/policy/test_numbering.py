"""Numbers as people write them, and reasons that a clerk understands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress
from convo.policy.numbering import country_of, example_number, read_number, textable, zones_of


@pytest.mark.parametrize(
    ("raw", "country", "e164"),
    [
        ("+12025550100", "CN", "+12025550100"),
        (" +1 (202) 555-0100 ", "CN", "+12025550100"),
        ("(202) 555-0100", "US", "+12025550100"),
        ("202.555.0100", "us", "+12025550100"),
        ("12025550100", "US", "+12025550100"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("＋８６ １３８ ００１３ ８０００", "US", "+8613800138000"),
        ("0086 138 0013 8000", "US", "+8613800138000"),
        ("0049 1511 2345678", "CN", "+4915112345678"),
        ("011 49 1511 2345678", "US", "+4915112345678"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 (0)20 7946 0958", "US", "+442079460958"),
        ("0912 345 678", "TW", "+886912345678"),
    ],
)
def test_a_number_is_read_as_people_write_it(raw: str, country: str, e164: str) -> None:
    assert read_number(raw, country) == PhoneNumber(e164)


@pytest.mark.parametrize(
    ("raw", "country", "reason"),
    [
        ("", "US", "no number"),
        (" - ", "US", "no number"),
        ("SALON", "US", "letters"),
        ("1-800-FLOWERS", "US", "letters"),
        ("招商银行", "CN", "letters"),
        ("12345", "US", "short code"),
        ("10086", "CN", "short code"),
        ("5550100", "US", "area code"),
        ("202555", "US", "short"),
        ("20255501001234", "US", "too long"),
        ("+1 202 555", "US", "too short"),
        ("+999 123 456 789", "US", "calling code"),
        ("13800138000", "ZZ", "'ZZ' is none"),
        ("?!", "US", "not a phone number"),
    ],
)
def test_a_clerk_is_told_why_a_number_is_none(raw: str, country: str, reason: str) -> None:
    with pytest.raises(BadAddress, match=reason) as caught:
        read_number(raw, country)
    assert caught.value.__cause__ is None
    digits = "".join(c for c in raw if c.isdigit())
    assert not digits or digits not in str(caught.value)


@given(st.text(), st.sampled_from(["US", "CN", "DE", "", "ZZ", "XX1"]))
def test_any_text_is_a_number_or_refused(raw: str, country: str) -> None:
    try:
        number = read_number(raw, country)
    except BadAddress:
        return
    assert read_number(number.e164, country) == number


@pytest.mark.parametrize(
    ("e164", "country"),
    [
        ("+12025550100", "US"),
        ("+16135550100", "CA"),
        ("+8613800138000", "CN"),
        ("+85251234567", "HK"),
        ("+447700900123", "GB"),
        ("+77011234567", "KZ"),
        ("+79161234567", "RU"),
        ("+15555550100", "US"),
        ("+80012345678", None),
        ("+99912345678", None),
    ],
)
def test_a_number_is_of_a_country(e164: str, country: str | None) -> None:
    assert country_of(PhoneNumber(e164)) == country


def test_a_number_has_the_zones_it_may_be_in() -> None:
    assert zones_of(PhoneNumber("+12025550100")) == ("America/New_York",)
    assert zones_of(PhoneNumber("+18765550100")) == ("America/Jamaica",)
    assert zones_of(PhoneNumber("+8613800138000")) == ("Asia/Shanghai",)
    australian = zones_of(PhoneNumber("+61412345678"))
    assert {"Australia/Sydney", "Australia/Perth", "Australia/Lord_Howe"} <= set(australian)
    assert zones_of(PhoneNumber("+80012345678")) == ()
    assert zones_of(PhoneNumber("+99912345678")) == ()


@pytest.mark.parametrize(
    "e164", ["+12025550100", "+8613800138000", "+4915112345678", "+861062345678"]
)
def test_people_can_be_texted(e164: str) -> None:
    textable(PhoneNumber(e164))


@pytest.mark.parametrize(
    ("e164", "reason"),
    [
        ("+1202555", "too short"),
        ("+120255501001", "too long"),
        ("+99912345678", "calling code"),
        ("+19002345678", "premium rate"),
        ("+491801234567", "shared cost"),
    ],
)
def test_what_cannot_be_texted_is_refused_with_the_reason(e164: str, reason: str) -> None:
    with pytest.raises(BadAddress, match=reason):
        textable(PhoneNumber(e164))


@pytest.mark.parametrize("country", ["GB", "CN", "US", "DE"])
def test_an_example_number_is_of_its_country(country: str) -> None:
    assert country_of(example_number(country)) == country


def test_where_no_plan_gives_an_example_there_is_one_all_the_same() -> None:
    assert country_of(example_number("XX")) == "US"
