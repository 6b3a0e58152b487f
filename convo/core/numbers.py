"""Who can be texted and what we send from: numbers, short codes and sender names."""

import re
from dataclasses import dataclass

from convo.errors import BadAddress

# ITU-T E.164: at most 15 digits, the first of a country code is never 0.
_E164 = re.compile(r"\+[1-9]\d{6,14}\Z", re.ASCII)
_SHORT_CODE = re.compile(r"\d{3,8}\Z", re.ASCII)
# 3GPP TS 23.040, 9.1.2.5: an alphanumeric address holds 11 characters of seven bits.
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &._+\-]{1,11}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True, repr=False)
class PhoneNumber:
    """A number in E.164. Its `repr` and `str` are masked; `e164` is the whole of it."""

    e164: str

    def __post_init__(self) -> None:
        if not _E164.match(self.e164):
            raise BadAddress("A phone number is + and 7 to 15 digits, the country code first.")

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"

    __str__ = __repr__

    @property
    def masked(self) -> str:
        """Enough to recognise it by, too little to text it: ``+1202****0100``."""
        return f"{self.e164[:5]}****{self.e164[-2:]}"


@dataclass(frozen=True, slots=True, order=True)
class ShortCode:
    """Three to eight digits that only one country's carriers know."""

    digits: str

    def __post_init__(self) -> None:
        if not _SHORT_CODE.match(self.digits):
            raise BadAddress("A short code is 3 to 8 digits.")


@dataclass(frozen=True, slots=True, order=True)
class SenderName:
    """An alphanumeric sender: people see it, and cannot answer it."""

    name: str

    def __post_init__(self) -> None:
        if not _SENDER_NAME.match(self.name):
            raise BadAddress("A sender name is 1 to 11 letters, digits, spaces or & . _ + -.")


Address = PhoneNumber | ShortCode | SenderName


def address(text: str) -> Address:
    """What `text` is to a phone network. Raises `BadAddress` for none of the three."""
    if text.startswith("+"):
        return PhoneNumber(text)
    if text.isascii() and text.isdigit():
        return ShortCode(text)
    return SenderName(text)


def written(where: Address) -> str:
    """The whole address as providers want it: +12025550100, 12345 or SALON."""
    match where:
        case PhoneNumber(e164=text) | ShortCode(digits=text) | SenderName(name=text):
            return text
