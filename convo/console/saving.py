"""Saving what was tried on a phone as a test: what is asked, and what comes of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from convo.console.diary import Page
from convo.errors import ConvoError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which phone's conversation, under which name and title; `add` it to a file that is there."""

    number: str
    name: str
    title: str
    add: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Where it was written; whether it says something else than the phone has shown."""

    file: str
    new: bool
    differs: bool


class Unsaved(ConvoError):
    """Nothing was written. `what` is a word of the page's sayings, `why` what it must tell."""

    def __init__(
        self,
        what: Literal["bad_name", "exists", "files", "not_written", "nothing_to_save"],
        why: str = "",
    ) -> None:
        super().__init__(what, why)
        self.what = what
        self.why = why


#: Writes a phone's conversation as a chat. Raises `Unsaved`.
Saves = Callable[[Asked, Page], Awaitable[Saved]]
