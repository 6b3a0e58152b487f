"""What the commands share by which people decide: who does, what is meant, who will act on it."""

import getpass
from collections.abc import Callable, Iterable
from typing import TypeVar

import click

from convo.cli.looking import looking
from convo.errors import ConvoError
from convo.settings import Settings

T = TypeVar("T")

BY = click.option("--by", metavar="NAME", help="Who decides; your user name when left out.")
IDS = click.argument("ids", nargs=-1, required=True, metavar="ID...")


def whoever_decides(by: str | None) -> str:
    """The name that is kept with a decision."""
    return by or getpass.getuser()


def meant(id: str, among: Iterable[T], name: Callable[[T], str]) -> T | None:
    """The one whose name begins so; None when none does. Raises `ConvoError` when several do."""
    found = [each for each in among if name(each).startswith(id)]
    if len(found) > 1:
        raise ConvoError(f"{id}: {len(found)} begin so. Write more of it; nothing was done.")
    return found[0] if found else None


def is_served(settings: Settings) -> bool:
    """Whether a process owns anything of the business now."""
    with looking(settings) as look:
        return any(each.owner for each in look.at(look.ledger.holdings()))
