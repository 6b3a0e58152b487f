"""Into how many partitions a business's contacts are divided, for whoever looks after it."""

from collections.abc import Callable

from convo.errors import SettingsError
from convo.settings import Settings
from convo.wiring.brands import STORES


def only_divided(settings: Settings) -> None:
    """Raises `SettingsError` where there is nothing to divide."""
    if not STORES[settings.store.partition(":")[0]].shared:
        raise SettingsError(
            [
                "convo.toml: store.url: SQLite keeps everything in one partition, for one process. "
                "On Redis there are more (docs/how-to/run-on-redis.md)."
            ]
        )


async def divided(settings: Settings) -> tuple[int, bool]:
    """The number of partitions, and whether it is being changed. Raises `StoreError`."""
    from convo.stores.redis.moving import division  # noqa: PLC0415

    found = await division(settings.store)
    return found.partitions, found.moving


async def divide(settings: Settings, partitions: int, tell: Callable[[str], None]) -> None:
    """Change it; `tell` hears what is done next. Raises `StoreError` when it is as before."""
    from convo.stores.redis import moving  # noqa: PLC0415

    await moving.divide(
        settings.store,
        partitions,
        tell=tell,
        durability=settings.durability,
        dedupe_days=settings.dedupe_days,
    )
