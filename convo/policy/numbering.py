"""Which number somebody wrote, whose country it is of, and whether it can be texted at all."""

import re
import unicodedata
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from babel.core import get_global
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from convo.core.business import Business
from convo.core.languages import nearest, script_of
from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress

_E164 = re.compile(r"\+[1-9]\d{6,14}\Z", re.ASCII)
_LETTERS = re.compile(r"[^\W\d_]")
# Everything that people put between digits.
_GAPS = re.compile(r"[\s().\-/\u2010-\u2015\u2212]+")

SHORT_CODE_DIGITS = 6
"""So few digits, where they are no number of the country, were meant as a short code."""

REMEMBERED = 65_536
"""Numbers whose country and zones are kept at hand: about 10 MB when full."""

# Where a mobile number, too, is of an area. Elsewhere (Australia, Brazil) a prefix is not, so
# every zone of the country counts.
_AREA_BOUND_CODES = (1, 7)
_UNKNOWN_ZONE = "Etc/Unknown"
_NO_COUNTRY = "001"
_NANP_LENGTH = len("+12025550123")
_OF_NO_AREA = (
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UNKNOWN,
)
# Of the numbers that the North American plan keeps for stories: 555-0100 to 555-0199.
_EXAMPLE = PhoneNumber("+12025550123")

_NOT_POSSIBLE = {
    ValidationResult.TOO_SHORT: "The number is too short for its country: digits are missing.",
    ValidationResult.TOO_LONG: "The number is too long for its country: digits are too many.",
    ValidationResult.INVALID_LENGTH: "No number of this country has so many digits.",
    ValidationResult.INVALID_COUNTRY_CODE: "No country has this calling code.",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "The area code is missing: write the whole number.",
}
_NOT_UNDERSTOOD = {
    NumberParseException.INVALID_COUNTRY_CODE: (
        "No country has this calling code: write + and the country code first."
    ),
    NumberParseException.TOO_SHORT_AFTER_IDD: "Nothing follows the international prefix.",
    NumberParseException.TOO_SHORT_NSN: "The number is too short: digits are missing.",
    NumberParseException.TOO_LONG: "The number is too long: digits are too many.",
}
# Fixed lines are not among them: many networks deliver texts to those.
_NOT_TEXTABLE = {
    PhoneNumberType.PREMIUM_RATE: "This is a premium rate number; nobody reads texts there.",
    PhoneNumberType.SHARED_COST: "This is a shared cost number; it takes no texts.",
    PhoneNumberType.UAN: "This is a company's access number; it takes no texts.",
    PhoneNumberType.PAGER: "This is a pager; it takes no texts of ours.",
    PhoneNumberType.VOICEMAIL: "This is a voicemail box; it takes no texts.",
}


def read_number(raw: str, country: str) -> PhoneNumber:
    """The number that `raw` means to somebody in `country` (ISO, two letters).

    What is E.164 already is taken as it is, for providers write so and are many times a second;
    `textable` is the closer look for what people typed. Raises `BadAddress`.
    """
    if _E164.match(raw):
        return PhoneNumber(raw)
    text = unicodedata.normalize("NFKC", raw).strip()
    if _E164.match(text):
        return PhoneNumber(text)
    if _LETTERS.search(text):
        raise BadAddress("This has letters: a name cannot be texted, only a phone number.")
    digits = _GAPS.sub("", text)
    if not digits.strip("+"):
        raise BadAddress("There is no number here.")
    # The international prefix of most countries; phonenumbers knows it only in those.
    if digits.startswith("00"):
        text = "+" + digits[2:]
    try:
        parsed = phonenumbers.parse(text, country.upper())
    except NumberParseException as problem:
        raise BadAddress(_complaint(problem.error_type, digits, country)) from None
    found = phonenumbers.is_possible_number_with_reason(parsed)
    if found != ValidationResult.IS_POSSIBLE:
        if len(digits) <= SHORT_CODE_DIGITS and digits.isdigit():
            raise BadAddress("This is a short code: it sends texts, but cannot be sent one.")
        raise BadAddress(_NOT_POSSIBLE[found])
    return PhoneNumber(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def example_number(country: str) -> PhoneNumber:
    """A mobile number that the country's numbering plan gives as an example: to try things with."""
    example = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    if example is None:
        return _EXAMPLE
    return PhoneNumber(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))


def _complaint(error: int, digits: str, country: str) -> str:
    if error == NumberParseException.INVALID_COUNTRY_CODE and not digits.startswith("+"):
        return (
            f"A national number needs a country, and {country!r} is none: "
            "write + and the country code first."
        )
    return _NOT_UNDERSTOOD.get(error, "This is not a phone number.")


@lru_cache(maxsize=REMEMBERED)
def country_of(number: PhoneNumber) -> str | None:
    """The number's country (ISO, two letters); None for numbers that are of no country.

    A number that was given to nobody counts for the main country of its calling code.
    """
    regions = _regions(number)
    if len(regions) > 1:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number.e164))
        if found:
            return found
    return regions[0] if regions and regions[0] != _NO_COUNTRY else None


def _regions(number: PhoneNumber) -> tuple[str, ...]:
    """Countries that share the number's calling code, the main one first."""
    # ITU-T E.164: one to three digits, and none is the beginning of another.
    for length in (1, 2, 3):
        found = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(number.e164[1 : 1 + length]))
        if found:
            return tuple(found)
    return ()


def area_of(number: PhoneNumber) -> str | None:
    """The area code of a number in the United States; None for those that are of no area.

    A mobile number keeps its area when its owner moves, so this is where they may live. The
    numbers of stories (555-0100) are of no type, but of an area all the same.
    """
    if not number.e164.startswith("+1") or len(number.e164) != _NANP_LENGTH:
        return None
    kind = phonenumbers.number_type(phonenumbers.parse(number.e164))
    return None if kind in _OF_NO_AREA else number.e164[2:5]


@lru_cache(maxsize=REMEMBERED)
def zones_of(number: PhoneNumber) -> tuple[str, ...]:
    """IANA zones in which the number's owner may live; empty when nothing is known."""
    # Its tables are read by nobody who has no quiet hours.
    from phonenumbers import timezone  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number.e164)
    except NumberParseException:
        return ()
    if parsed.country_code in _AREA_BOUND_CODES:
        found = timezone.time_zones_for_geographical_number(parsed)
    else:
        found = timezone.time_zones_for_number(parsed)
    return tuple(zone for zone in found if zone != _UNKNOWN_ZONE)


def is_zone(name: str) -> bool:
    """Whether it is the IANA name of a zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


@cache
def language_of_country(country: str | None) -> str:
    """The language that most people of a country are used to, with the country where they write
    it in another script; "" when there is no saying."""
    found = get_global("likely_subtags").get(f"und_{country}", "") if country else ""
    language, _, script = found.replace("_", "-").partition("-")
    return f"{language}-{country}" if script_of(f"{language}-{script}") == "Hant" else language


def language_by_number(number: PhoneNumber, business: Business) -> str | None:
    """The language of their country, if the business speaks it.

    At home all numbers are of one country, which tells nothing that `languages` does not.
    """
    country = country_of(number)
    if country is None or country == business.country:
        return None
    return nearest(business.languages, language_of_country(country))


def textable(number: PhoneNumber) -> None:
    """Raises `BadAddress` for what cannot be texted: for numbers that people bring to us."""
    try:
        parsed = phonenumbers.parse(number.e164)
    except NumberParseException as problem:
        raise BadAddress(_complaint(problem.error_type, number.e164, "")) from None
    found = phonenumbers.is_possible_number_with_reason(parsed)
    if found != ValidationResult.IS_POSSIBLE:
        raise BadAddress(_NOT_POSSIBLE[found])
    if refusal := _NOT_TEXTABLE.get(phonenumbers.number_type(parsed)):
        raise BadAddress(refusal)
