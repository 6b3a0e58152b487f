"""What the values of convo.toml mean.

A check gives back what it was given, or raises `ValueError` that says how to write it instead.
"""

import base64
import functools
import importlib.resources
import ipaddress
import re
import sys
from decimal import Decimal
from fractions import Fraction
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.numbers import get_territory_currencies
from pydantic import SecretStr

from convo.core.business import FieldKind
from convo.core.limits import Rate
from convo.core.numbers import address
from convo.core.prices import Price
from convo.errors import BadAddress
from convo.language.amounts import wrong_currency
from convo.language.phrases import LANGUAGES
from convo.language.spelling import did_you_mean
from convo.language.texts import is_language
from convo.policy.law_words import is_law_word
from convo.policy.opt_out import names_a_word
from convo.policy.profiles import PROFILES
from convo.stores.redis import address as redis

PATH_TOKEN_LEAST = 16
API_TOKEN_LEAST = 16
SECRET_LEAST = 32
EXAMPLE_TOKEN_END = "-of-the-example-business"
SHARED_SECRET_LEAST = 24
PORT_MOST = 65535

_FRESH_ONE = "`convo doctor --token` prints a fresh one."
_WHSEC = "whsec_"
_RATE = re.compile(r"(\d+(?:\.\d+)?) ?parts? ?(?:/|an? |per )? ?(s|sec|second|min|minute|h|hour)")
_MILLISECONDS = {
    "s": 1_000,
    "sec": 1_000,
    "second": 1_000,
    "min": 60_000,
    "minute": 60_000,
    "h": 3_600_000,
    "hour": 3_600_000,
}
_PRICE = re.compile(r"(\d{1,6}(?:\.\d{1,8})?) ([A-Za-z]+)", re.ASCII)
_LENGTH = re.compile(r"(\d{1,6}) ?(ms|s|m)", re.ASCII)
_LENGTHS = {"ms": 0.001, "s": 1, "m": 60}
_DAYS = re.compile(r"(\d{1,4}) ?(m|h|d)", re.ASCII)
_DAY_LENGTHS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
# What a URL's path carries unescaped, so that it is the same in a log, a form and a signature.
_TOKEN = re.compile(r"[A-Za-z0-9_\-]+", re.ASCII)
# RFC 6750, 2.1: what a bearer token is made of.
_BEARER = re.compile(r"[A-Za-z0-9\-._~+/]+=*", re.ASCII)


def zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = {name.rpartition("/")[2]: name for name in available_timezones()}
        near = did_you_mean(text, available_timezones())
        near = near or known.get(did_you_mean(text.rpartition("/")[2], known) or "")
        meant = f'Did you mean "{near}"?' if near else 'It looks like "Asia/Shanghai".'
        raise ValueError(f'"{text}" is no IANA time zone. {meant}') from None
    return text


@functools.cache
def _countries() -> dict[str, str]:
    """Names by their two letters, from the table that comes with the time zones."""
    table = importlib.resources.files("tzdata.zoneinfo").joinpath("iso3166.tab")
    lines = table.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {code: name for code, name, *_ in rows}


def country(text: str) -> str:
    if text in _countries():
        return text
    codes = {name: code for code, name in _countries().items()}
    if text.upper() in _countries():
        meant = text.upper()
    else:
        meant = codes.get(did_you_mean(text, codes) or "", "")
    mend = f'Did you mean "{meant}"?' if meant else 'It is two letters, like "CN" or "US".'
    raise ValueError(f'"{text}" is no country of ISO 3166. {mend}')


def currency(text: str) -> str:
    if wrong := wrong_currency(text):
        raise ValueError(wrong)
    return text.upper()


def currency_of(country: str) -> str:
    """What people of a country pay with; "" where it has no currency."""
    return next(iter(get_territory_currencies(country)), "")


def law_profile(text: str) -> str:
    if text not in PROFILES:
        raise ValueError(f'"{text}" is no law profile. One of: {", ".join(PROFILES)}.')
    return text


def spoken_languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those in which Convo can say by itself what a flow leaves out, or forms of them (zh-Hant)."""
    for language in languages:
        if language.partition("-")[0] not in LANGUAGES or not is_language(language):
            raise ValueError(f'"{language}" will not do. One of: {", ".join(LANGUAGES)}.')
    return distinct(languages)


def distinct(words: tuple[str, ...]) -> tuple[str, ...]:
    for place, word in enumerate(words):
        if word in words[:place]:
            raise ValueError(f'"{word}" stands in it twice. Leave one out.')
    return words


def package(text: str) -> str:
    """A folder whose files import each other by its name, so it may hide nobody else's."""
    name = text.rstrip("/").rpartition("/")[2]
    if not name.isidentifier() or name in sys.stdlib_module_names or name == "convo":
        raise ValueError(
            f'"{name}" cannot be the name of a Python package here. Call the folder '
            '"keyword_handlers", or anything of letters and _ that nothing else is called.'
        )
    return text


def store_url(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    if scheme == "sqlite" and rest:
        return text
    if scheme in redis.SCHEMES:
        redis.read(text)
        return text
    # What stands before the colon may be half of a password: it is not shown unless it is short.
    said = f'"{scheme}:" is no store' if colon and scheme.isalnum() else "this is no store's URL"
    raise ValueError(
        f'{said}. Write "sqlite:" and a path, like "sqlite:data/convo.db", or the URL of a Redis, '
        'like "redis://localhost:6379/0".'
    )


def public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f'"{text}" is no web address. Write it like "https://sms.salon.example".')
    if parts.query or parts.fragment or parts.username:
        raise ValueError("it is a scheme, a host and perhaps a path: no user, no ? and no #.")
    return text.rstrip("/")


def own_url(text: str) -> str:
    """Where an own system is reached: encrypted, unless it never leaves this machine."""
    parts = urlsplit(text)
    host = parts.hostname
    if not host or parts.scheme not in ("https", "http") or parts.username or parts.fragment:
        raise ValueError(f'"{text}" is no web address. Write it like "https://crm.example/events".')
    if parts.scheme == "http" and not only_here(host):
        raise ValueError("http:// would show numbers to everybody on the way. Use https://.")
    return text


def no_own_names(fields: dict[str, FieldKind]) -> dict[str, FieldKind]:
    for name in ("tags", "language", "zone"):
        if name in fields:
            raise ValueError(f'every contact has "{name}" already. Give the field another name.')
    return fields


def bind(text: str) -> str:
    host_and_port(text)
    return text


def host_and_port(text: str) -> tuple[str, int]:
    """Host and port of "127.0.0.1:8000" or "[::1]:8000"."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > PORT_MOST:
        raise ValueError(f'"{text}" is no host and port. Write it like "127.0.0.1:8000".')
    return host.strip("[]"), int(port)


def only_here(host: str) -> bool:
    """Whether nobody but this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def well_known(secret: SecretStr | None) -> bool:
    """Whether it is a token of the example business, which all the world can read."""
    return secret is not None and secret.get_secret_value().endswith(EXAMPLE_TOKEN_END)


def long_secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SECRET_LEAST:
        raise ValueError(
            f"it has fewer than {SECRET_LEAST} characters, so it could be guessed. "
            "Leave the line out, and Convo makes one."
        )
    return secret


def shared_secret(secret: SecretStr) -> SecretStr:
    secret_bytes(secret.get_secret_value())
    return secret


def secret_bytes(text: str) -> bytes:
    """The bytes of a secret, written as Standard Webhooks does (`whsec_...`) or plainly."""
    if text.startswith(_WHSEC):
        try:
            key = base64.b64decode(text.removeprefix(_WHSEC), validate=True)
        except ValueError:
            raise ValueError(f"what follows {_WHSEC} is no base64. Copy it again.") from None
    else:
        key = text.encode()
    if len(key) < SHARED_SECRET_LEAST:
        raise ValueError(
            f"it has fewer than {SHARED_SECRET_LEAST} bytes, so it could be guessed. {_FRESH_ONE}"
        )
    return key


def path_token(secret: SecretStr) -> SecretStr:
    _check_token(secret, PATH_TOKEN_LEAST, _TOKEN, "stand in a path: letters, digits, - and _")
    return secret


def by_language(value: object) -> object:
    """One text stands for all languages, under ""."""
    if isinstance(value, str):
        return {"": value} if value else {}
    if not isinstance(value, dict):
        raise ValueError(
            'it must be a text in quotes, or texts by language, like {en = "Hello", zh = "您好"}.'
        )
    return cast(dict[str, object], value)


def known_languages(texts: dict[str, str]) -> dict[str, str]:
    for code in texts:
        if code and not is_language(code):
            raise ValueError(f'"{code}" is no language. Write codes such as en, zh or es.')
    return texts


def ways_out(texts: dict[str, str]) -> dict[str, str]:
    for text in known_languages(texts).values():
        if not names_a_word(text, is_law_word):
            raise ValueError(
                f'"{text}" says no way to refuse more texts. Name a word that stops us, like '
                '"Reply STOP to opt out" or "回T退订".'
            )
    return texts


def listed(value: object) -> object:
    """One secret may stand without the list."""
    return (value,) if isinstance(value, str) else value


def api_tokens(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for secret in secrets:
        use = "stand in a header: letters, digits and - . _ ~ + / ="
        _check_token(secret, API_TOKEN_LEAST, _BEARER, use)
    return secrets


def _check_token(secret: SecretStr, least: int, made_of: re.Pattern[str], use: str) -> None:
    text = secret.get_secret_value()
    if len(text) < least:
        raise ValueError(
            f"it has fewer than {least} characters, so it could be guessed. {_FRESH_ONE}"
        )
    if not made_of.fullmatch(text):
        raise ValueError(f"it is to {use} only. {_FRESH_ONE}")


def our_address(text: str) -> str:
    try:
        address(text)
    except BadAddress as error:
        raise ValueError(f'"{text}" cannot send texts. {error}') from None
    return text


def rate(text: str) -> str:
    rate_of(text)
    return text


def rate_of(text: str) -> Rate:
    """The rate of "1 part/s", "100 parts/min" or "2.5 parts/h"."""
    found = _RATE.fullmatch(text.strip().casefold())
    parts = Fraction(found[1]) if found is not None else Fraction()
    if found is None or not parts:
        raise ValueError(f'"{text}" is no rate. Write it like "1 part/s" or "100 parts/min".')
    return Rate.of(parts.numerator, parts.denominator * _MILLISECONDS[found[2]])


def price(text: str) -> str:
    price_of(text)
    return text


def price_of(text: str) -> Price:
    """The price of "0.0079 USD"."""
    found = _PRICE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'"{text}" is no price. Write it like "0.0079 USD".')
    return Price(amount=Decimal(found[1]), currency=currency(found[2]))


def length(text: str) -> str:
    seconds(text)
    return text


def seconds(text: str) -> float:
    """The seconds of "500ms", "30s" or "2m"."""
    found = _LENGTH.fullmatch(text.strip().casefold())
    if found is None:
        raise ValueError(f'"{text}" is no length of time. Write it like "500ms", "30s" or "2m".')
    return int(found[1]) * _LENGTHS[found[2]]


def days(text: str) -> str:
    milliseconds(text)
    return text


def milliseconds(text: str) -> int:
    """Milliseconds of "30m", "24h" or "3d"."""
    found = _DAYS.fullmatch(text.strip().casefold())
    if found is None or int(found[1]) == 0:
        raise ValueError(f'"{text}" is no length of time. Write it like "30m", "24h" or "3d".')
    return int(found[1]) * _DAY_LENGTHS[found[2]]
