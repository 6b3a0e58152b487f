"""Every exception of Convo, one tree; an error is a decision about who must do what."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was written: a file with its line and column, both counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class ConvoError(Exception):
    """The root of the tree: everything Convo raises on purpose."""


# --- the author's -----------------------------------------------------------------------------


class FlowError(ConvoError):
    """One mistake in an authored file: where it is, what is wrong and how to mend it."""

    def __init__(self, what: str, *, place: Place, mend: str = "") -> None:
        super().__init__(what, place, mend)
        self.what = what
        self.place = place
        self.mend = mend

    def __str__(self) -> str:
        advice = f" {self.mend}" if self.mend else ""
        return f"{self.place}: {self.what}{advice}"


class FlowErrors(ConvoError):
    """All mistakes found in one reading, in the order of their places."""

    def __init__(self, problems: Sequence[FlowError], *, more: bool = False) -> None:
        ordered = tuple(
            sorted(problems, key=lambda p: (p.place.file, p.place.line, p.place.column))
        )
        super().__init__(ordered)
        self.problems = ordered
        #: Whether others may show once these are mended: a file with a mistake is not read on.
        self.more = more

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class RenderError(ConvoError):
    """A text or an expression could not be worked out for this contact; the turn is parked."""

    #: The flow, its version and its step, where it was while the step was come to.
    at_step: tuple[str, str, str] | None = None


# --- the operator's ---------------------------------------------------------------------------


class SettingsError(ConvoError):
    """Everything that is wrong with the settings, all of it at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


# --- the caller's -----------------------------------------------------------------------------


class WebhookRejected(ConvoError):
    """The request makes no sense for this channel: answered 400 and not kept."""

    status = 400


class BadSignature(WebhookRejected):
    """The request is not the provider's, or cannot be shown to be: answered 403."""

    status = 403


class BadAddress(ConvoError):
    """This cannot be texted; the reason says why."""


# --- the provider's ---------------------------------------------------------------------------


class SendError(ConvoError):
    """A message was not sent, or perhaps not. `code` is the provider's own word for it."""

    def __init__(self, why: str, *, code: str = "") -> None:
        super().__init__(why)
        self.code = code


class NotSent(SendError):
    """Surely not sent, so it may be tried again."""


class Unavailable(NotSent):
    """The provider could not be reached, or said "try again later"."""


class RateLimited(NotSent):
    """The provider asks us to slow down; `retry_after` is in seconds, None when unsaid.

    With `contact_only` it is this contact who has had enough for now, and all others may go on.
    """

    def __init__(
        self,
        why: str,
        *,
        code: str = "",
        retry_after: float | None = None,
        contact_only: bool = False,
    ) -> None:
        super().__init__(why, code=code)
        self.retry_after = retry_after
        self.contact_only = contact_only


class LeaseOver(NotSent):
    """It was about to leave when our right to send it had run out; the provider knows nothing."""


class SendUncertain(SendError):
    """Perhaps sent. A text cannot be unsent, so this is never simply repeated."""


class Refused(SendError):
    """The provider will never take this message."""


class OptedOut(Refused):
    """The contact is opted out at the provider; our consent follows."""


class Invalid(Refused):
    """The number or the content cannot be sent."""


class ConfigError(Refused):
    """Our account or settings are wrong: the channel stops and says so."""


# --- ours -------------------------------------------------------------------------------------


class StoreError(ConvoError):
    """The store could not do what was asked; nothing was changed."""


class Fenced(StoreError):
    """Somebody else owns this partition now: drop everything and acquire again."""


class Busy(StoreError):
    """The inbox is full or the store is out of space: ask again later."""


class StoreUnavailable(StoreError):
    """The store cannot be reached or is being closed."""


class LaidOutAnew(StoreUnavailable):
    """The contacts are divided into other partitions than were known: look again, and ask again."""


class AlreadyRunning(StoreError):
    """Another process has this database; the message names it."""
