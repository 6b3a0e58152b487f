"""Messages to send and channels to send them by, for the tests of adapters."""

from convo.core.business import Channel
from convo.core.numbers import PhoneNumber, address
from convo.core.turns import Outbound, outbound_id

CONTACT = "+12025550101"
OURS = "+12025550100"


def channel(provider: str, *, at: str | None = OURS) -> Channel:
    return Channel(name="main", provider=provider, address=None if at is None else address(at))


def message(
    text: str = "See you at 10:30.", *, to: str = CONTACT, media: tuple[str, ...] = ()
) -> Outbound:
    return Outbound(
        id=outbound_id(PhoneNumber(to), "event", 0),
        contact=PhoneNumber(to),
        channel="main",
        text=text,
        media=media,
        kind="service",
        purpose="reply",
        lane="reply",
        parts=1,
        due=0,
    )
