"""Who keeps the limits of sending: the store where it shares them, else this process."""

from typing import cast

from convo.core.business import Business
from convo.policy.rate_limit import day_of
from convo.ports import Clock, Store
from convo.ports.limits import RemembersParts, SharesLimits
from convo.runtime.own_limits import OwnLimits


async def limits_of(store: Store, business: Business, clock: Clock) -> SharesLimits:
    """This process's own limits begin with what has left today. Raises `StoreError`."""
    if hasattr(store, "permits"):
        return cast(SharesLimits, store)
    own = OwnLimits(clock)
    channels = business.channels.values()
    capped = {each for channel in channels for each in channel.shared_limits if each.per_day}
    for limit in capped if hasattr(store, "parts_since") else ():
        begun, _ = day_of(limit, clock())
        left = await cast(RemembersParts, store).parts_since(begun)
        own.remember(
            limit,
            sum(left.get(each.name, 0) for each in channels if limit in each.shared_limits),
        )
    return own
