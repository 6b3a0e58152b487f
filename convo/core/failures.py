"""Why a turn failed: kept with the event that it was about, for whoever mends it."""

import json
from dataclasses import asdict, dataclass, field

from convo.core.events import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error, and where everybody stood."""

    #: Its class; what it says, which may quote the contact; and the line that raised it.
    error: str
    words: str = field(repr=False)
    place: str
    #: The step that could not be come to, or else where the contact's newest conversation stood;
    #: all empty where there was neither.
    flow: str = ""
    version: str = ""
    step: str = ""
    #: What was being done, if not the turn itself.
    during: str = ""
    #: The frames, the innermost last.
    trace: str = field(default="", repr=False)

    @property
    def told(self) -> str:
        """For whoever tries a flow: what went wrong, and where they stood."""
        where = f"{self.flow}, step {self.step}" if self.flow else self.during or self.place
        return f"The turn failed: {self.error}: {self.words} ({where})"


def account(failure: Failure) -> str:
    """What a store keeps of it."""
    return json.dumps(asdict(failure), ensure_ascii=False)


def failure_in(account: str) -> Failure:
    """What `account` has written."""
    return Failure(**json.loads(account))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """An errand that is put aside with the parked events: nobody runs it until a person says so."""

    #: What its contact was answered instead; the errand is the one that it names.
    answer: Answered
    account: str = field(repr=False)
