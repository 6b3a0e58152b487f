"""From an address to a way there, and whether what is there may be trusted."""

from convo.errors import StoreUnavailable
from convo.stores.redis.address import Address
from convo.stores.redis.cluster import Cluster
from convo.stores.redis.safety import Durability, refusals
from convo.stores.redis.server import primary_of, server_at
from convo.stores.redis.wire import Line, Wire


def connected(address: Address, durability: Durability) -> Wire:
    """The way to the servers. It connects when it is asked something."""
    if address.is_cluster:
        return Cluster(address, durability)
    if address.primary:
        return Line(primary_of(address, durability))
    return Line(server_at(address, durability))


async def check(wire: Wire, address: Address, durability: Durability) -> None:
    """Raises `StoreUnavailable` with every reason why the servers will not do."""
    reasons = [
        f"{told.name}: {reason}"
        for told in await wire.told()
        for reason in refusals(address, durability, told)
    ]
    if reasons:
        raise StoreUnavailable("No business can be kept on this Redis:\n" + "\n".join(reasons))
