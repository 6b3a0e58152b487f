"""What a company has written down about where it brings a channel's texts: optional."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from convo.ports import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSetting:
    """One place at the company that says what it calls."""

    #: What the place belongs to, in the company's own words: a number, a profile, an account.
    of: str
    #: What stands there, a URL or the company's word for something else; empty for nothing. A URL
    #: may hold secrets.
    stands: str = field(repr=False)
    #: Whether texts come to us by it as it stands.
    fits: bool


class WebhookSettings(Protocol):
    """Reads and writes them by the company's API, for one channel that can be texted."""

    async def read(self, url: str) -> Sequence[WebhookSetting]:
        """All that must fit for texts to come to `url`; reading changes nothing.

        Raises `ConfigError` where the channel's own settings cannot tell what to look at, and any
        other `SendError` where the company does not say.
        """
        ...

    async def write(self, url: str) -> None:
        """Have texts brought to `url` from now on, whatever stands there. Twice is as good as once.

        Raises as `read` does.
        """
        ...


def webhook_settings(provider: Provider) -> WebhookSettings | None:
    """The provider's `webhook_settings`; None where its company can only be told by hand."""
    found: WebhookSettings | None = getattr(provider, "webhook_settings", None)
    return found
