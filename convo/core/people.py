"""Who may use the console: a person, their role, and the sign-in of one browser."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["viewer", "agent", "editor", "admin"]

#: Every role, and what it may do beside all that those before it may.
ROLES: Mapping[Role, str] = {
    "viewer": "sees flows, conversations and what waits where; numbers are masked",
    "agent": "sees whole numbers, and decides on held messages",
    "editor": "tries flows out, and decides on parked events",
    "admin": "everything there is",
}
_RANK: Mapping[Role, int] = {role: rank for rank, role in enumerate(ROLES)}
_NAME = re.compile(r"\w[\w.@-]{0,39}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can sign in."""

    name: str
    role: Role
    #: Their password as argon2id has hashed it.
    password: str = field(repr=False)
    #: New with every password: sign-ins that bear an older one have ended.
    stamp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser in which a person has signed in. Times are ms since 1970."""

    person: str
    stamp: str = field(repr=False)
    since: int
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever asks for a page, as the pages know them."""

    name: str
    role: Role

    def may(self, least: Role) -> bool:
        """Whether their role is this one or more."""
        return _RANK[self.role] >= _RANK[least]


def person_name(written: str) -> str | None:
    """A name as it is kept, whatever the case it was typed in; None when it cannot be one."""
    name = unicodedata.normalize("NFKC", written.strip()).casefold()
    return name if _NAME.match(name) else None
