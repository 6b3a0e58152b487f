"""`convo partitions`: into how many parts the contacts are divided, and changing it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import click

from convo.core.shards import SHARDS
from convo.settings import Settings


@click.command(short_help="Into how many parts contacts are divided; change it.")
@click.argument("number", required=False, type=click.IntRange(1, SHARDS))
def partitions(number: int | None) -> None:
    """Tell how many partitions this business has on Redis, or divide its contacts into NUMBER.

    Workers need not be stopped: they give back what they own, and go on when it is done. Meanwhile
    nothing is taken in and nothing sent; webhooks wait, or are told to come again. Whatever ends
    this, nothing is lost: call it again. The number that there is already gives a change up.

    \b
    convo partitions        # how many there are
    convo partitions 64     # divide the contacts into 64
    """
    from convo.wiring.authored import settings_in
    from convo.wiring.dividing import divide, only_divided

    settings = settings_in(Path.cwd())
    only_divided(settings)
    if number is not None:
        asyncio.run(divide(settings, number, click.echo))
    for line in _told(settings, as_it_is=number is None):
        click.echo(line)


def _told(settings: Settings, *, as_it_is: bool) -> Iterator[str]:
    from convo.wiring.dividing import divided

    there, moving = asyncio.run(divided(settings))
    if as_it_is:
        yield f"Contacts are divided into {there} partitions."
    if moving:
        yield (
            "They are being divided anew, or that was broken off: workers pause. When no other "
            "`convo partitions` runs, call it again with the number that you want; "
            f"`convo partitions {there}` leaves it at that."
        )
    if settings.partitions not in (None, there):
        yield f"convo.toml says store.partitions = {settings.partitions}: write {there} there."
