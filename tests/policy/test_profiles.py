"""Law profiles are whole, name the source of each line, and fit the number that is asked about."""

from dataclasses import replace
from itertools import product

import phonenumbers
import pytest

from convo.core.business import Business, Law
from convo.core.numbers import PhoneNumber
from convo.policy.numbering import area_of
from convo.policy.profiles import PROFILES, Window, profile, profile_for, profile_of

SHOP = Business(name="Shop", zone="Europe/London", country="GB", languages=("en",), channels={})
MINUTES = range(0, 24 * 60, 30)


def is_open(lines: tuple[Window, ...], weekday: int, minute: int) -> bool:
    today = [line for line in lines if weekday in line.weekdays]
    return bool(today) and all(line.opens <= minute < line.closes for line in today)


def rules(number: str, business: Business = SHOP) -> set[str]:
    return {line.rule for line in profile_for(PhoneNumber(number), business).windows["marketing"]}


@pytest.mark.parametrize("name", PROFILES)
def test_every_line_has_a_rule_of_its_own_and_a_source(name: str) -> None:
    found = profile(name)
    lines = [
        *found.consent.values(),
        *(line for lines in found.windows.values() for line in lines),
        *found.wording,
        found.retention,
    ]
    assert found.name == name
    assert found.version
    assert found.about
    assert all(line.source and line.rule.startswith(f"{name}-") for line in lines)
    assert len({line.rule for line in lines}) == len(lines)
    assert found.retention.days >= 150


@pytest.mark.parametrize("name", PROFILES)
def test_there_are_hours_on_every_day_of_the_week(name: str) -> None:
    lines = profile(name).windows["marketing"]
    assert all(any(is_open(lines, day, minute) for minute in MINUTES) for day in range(7))


@pytest.mark.parametrize("name", PROFILES)
def test_strict_is_never_open_when_another_is_closed(name: str) -> None:
    strict, other = profile("strict").windows["marketing"], profile(name).windows["marketing"]
    for day, minute in product(range(7), MINUTES):
        assert is_open(other, day, minute) or not is_open(strict, day, minute), (day, minute)
    assert profile("strict").retention.days >= profile(name).retention.days
    assert {line.needs for line in profile(name).wording} <= {
        line.needs for line in profile("strict").wording
    }


def test_no_country_has_two_profiles() -> None:
    countries = [country for name in PROFILES for country in profile(name).countries]
    assert len(set(countries)) == len(countries)
    assert set(countries) <= set(phonenumbers.SUPPORTED_REGIONS)


def test_a_profile_goes_by_the_contact_s_country_and_convo_toml_may_choose_another() -> None:
    assert profile_of("US", SHOP).name == "us"
    assert profile_of("CN", SHOP).name == "cn"
    assert profile_of("NO", SHOP).name == "eu"
    assert profile_of("GB", SHOP).name == "strict"
    assert profile_of(None, SHOP).name == "strict"
    chosen = replace(SHOP, law=Law(default="us", countries={"CN": "strict", "GB": "eu"}))
    assert profile_of("GB", chosen).name == "eu"
    assert profile_of("CN", chosen).name == "strict"
    assert profile_of("BR", chosen).name == "us"


def test_states_with_stricter_hours_add_their_own_to_those_of_the_country() -> None:
    assert rules("+12025550123") == {"us-hours-federal"}
    assert rules("+13055550123") == {"us-hours-federal", "us-hours-florida"}
    assert rules("+12145550123") == {
        "us-hours-federal",
        "us-hours-texas",
        "us-hours-texas-sunday",
    }
    assert rules("+8613800138000") == {"cn-hours-marketing"}


def test_a_number_of_no_area_gets_the_hours_of_all_states_at_once() -> None:
    everybody = profile("us").windows["marketing"]
    assert profile_for(PhoneNumber("+18005550100"), SHOP).windows["marketing"] == everybody
    assert area_of(PhoneNumber("+18005550100")) is None
    assert area_of(PhoneNumber("+4915123456789")) is None
    assert not is_open(everybody, 6, 11 * 60 + 30)
    assert is_open(everybody, 6, 12 * 60)


def test_how_a_law_puts_its_words_is_told_by_language() -> None:
    assert profile("cn").phrase("marketing", "opt_out", "zh") == "拒收请回复R"
    assert profile("us").phrase("marketing", "opt_out", "zh-Hant") == "退订请回复“退订”"
    assert profile("us").phrase("marketing", "opt_out", "sw") == ""
    assert profile("us").phrase("join", "about", "en") == ""


def test_there_is_no_profile_but_those_of_the_table() -> None:
    with pytest.raises(KeyError):
        profile("everywhere")
