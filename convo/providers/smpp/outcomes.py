"""What a command_status means for a message: every one of them says that it was not taken.

Wire facts: SMPP 3.4, 5.1.3. Codes from 0x400 on are each SMSC's own, and so are some others in
practice: those that are not here, and not in the channel's settings, are tried again later.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from convo.errors import ConfigError, Invalid, OptedOut, RateLimited, SendError, Unavailable

OK: Final = 0x00
INVALID_COMMAND: Final = 0x03
TRY_AGAIN: Final = 0x64
"""ESME_RX_T_APPN: our word for a text that could not be kept."""
NEVER: Final = 0x65
"""ESME_RX_P_APPN: our word for what is no message at all."""

#: What convo.toml may say that a status means.
Meaning = Literal["slower", "later", "invalid", "settings", "opted_out"]

MEANINGS: Mapping[Meaning, type[SendError]] = MappingProxyType(
    {
        "slower": RateLimited,
        "later": Unavailable,
        "invalid": Invalid,
        "settings": ConfigError,
        "opted_out": OptedOut,
    }
)

_STATUSES: Mapping[type[SendError], tuple[int, ...]] = MappingProxyType(
    {
        # throttled; the SMSC's queue is full
        RateLimited: (0x58, 0x14),
        # the sender's address, its type and plan; the service; what we may not use
        ConfigError: (0x0A, 0x48, 0x49, 0x15, 0x0D, 0x0E, 0x0F, 0x53),
        # lengths, the number, its type and plan, the text's class, data and header, parameters
        Invalid: (
            *(0x01, 0x02, 0x0B, 0x50, 0x51, 0x33, 0x34, 0x40, 0x42, 0x43, 0x44),
            *(0x61, 0x62, 0x63, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4),
        ),
    }
)

#: Others are `Unavailable`.
STATUSES: Mapping[int, type[SendError]] = MappingProxyType(
    {status: kind for kind, statuses in _STATUSES.items() for status in statuses}
)


def failure(status: int, own: Mapping[int, Meaning]) -> SendError:
    """The error for a status, by the channel's `own` table first."""
    kind = MEANINGS[own[status]] if status in own else STATUSES.get(status, Unavailable)
    return kind(f"the SMSC answers {written(status)}", code=written(status))


def written(status: int) -> str:
    return f"0x{status:02X}"
