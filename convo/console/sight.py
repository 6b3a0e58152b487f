"""What a visitor may see of numbers: agents and above all of it, viewers enough to know it by."""

import re

from convo.core.numbers import PhoneNumber
from convo.core.people import Role, Visitor

SEES_NUMBERS: Role = "agent"

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def shown(number: str, visitor: Visitor) -> str:
    """A number as this visitor may see it."""
    return number if visitor.may(SEES_NUMBERS) else PhoneNumber(number).masked


def in_sight(text: str, visitor: Visitor) -> str:
    """A text as this visitor may see it: whole numbers in it are masked as all others are."""
    if visitor.may(SEES_NUMBERS):
        return text
    return _E164.sub(lambda found: PhoneNumber(found[0]).masked, text)
