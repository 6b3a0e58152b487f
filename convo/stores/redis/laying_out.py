"""How the contacts are divided on a server: told when it is empty, read afterwards."""

import logging
from collections.abc import Sequence
from typing import Any

from convo.errors import StoreUnavailable
from convo.stores.redis.layout import PARTITIONS, Layout
from convo.stores.redis.wire import Wire

log = logging.getLogger("convo.store")

FIRST, DIVIDED = 1, 2
"""How what is kept is laid out: as it was given first, and where its partitions were changed. It
grows when an older Convo could not read it any more."""

NOTHING_KEPT = "This Redis keeps nothing yet: nobody has texted this business."

_FIELDS = ("layout", "partitions", "generation", "moving")


async def laid_out(wire: Wire, prefix: str, partitions: int | None) -> Layout:
    """The layout that the server has, or is given now. Raises `StoreUnavailable`."""
    key = Layout(prefix=prefix, partitions=1).of_all("layout")
    await wire.ask("HSETNX", key, "layout", FIRST)
    await wire.ask("HSETNX", key, "partitions", partitions or PARTITIONS)
    layout, _ = known(prefix, await read_layout(wire, prefix))
    if partitions is not None and layout.partitions != partitions:
        told = f"What Redis keeps has {layout.partitions} partitions, and not {partitions}"
        if layout.generation == FIRST:
            raise StoreUnavailable(
                f"{told}: store.partitions counts when it is empty. Take what is there, let "
                f"`convo partitions {partitions}` change it, or take another Redis."
            )
        log.warning("%s as store.partitions in convo.toml says: it was changed since.", told)
    return layout


async def lay_out_again(wire: Wire, layout: Layout) -> None:
    """Tell a server that may lack the layout. Raises `StoreError`."""
    key = layout.of_all("layout")
    await wire.ask("HSETNX", key, "layout", FIRST if layout.generation == FIRST else DIVIDED)
    await wire.ask("HSETNX", key, "generation", layout.generation)
    await wire.ask("HSETNX", key, "partitions", layout.partitions)


async def present(wire: Wire, prefix: str) -> tuple[Layout, bool]:
    """The layout, and whether it is being changed. Raises `StoreUnavailable` without one."""
    return known(prefix, await read_layout(wire, prefix))


async def read_layout(wire: Wire, prefix: str) -> Sequence[Any]:
    """What the server keeps of it, for `known`."""
    key = Layout(prefix=prefix, partitions=1).of_all("layout")
    return await wire.ask("HMGET", key, *_FIELDS)


def known(prefix: str, kept: Sequence[Any]) -> tuple[Layout, bool]:
    """What was read as a layout, and whether it is being changed. Raises `StoreUnavailable`."""
    layout, partitions, generation, moving = kept
    if layout is None or partitions is None:
        raise StoreUnavailable(NOTHING_KEPT)
    if int(layout) not in (FIRST, DIVIDED):
        raise StoreUnavailable(
            f"What Redis keeps is laid out as {layout.decode()}, this Convo knows {DIVIDED}. Run "
            "the Convo that wrote it, or a newer one."
        )
    found = Layout(prefix=prefix, partitions=int(partitions), generation=int(generation or FIRST))
    return found, moving is not None
