"""Backups of a channel: they must send the very same text to the very same people."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from convo.core.business import Channel
from convo.core.numbers import PhoneNumber
from convo.language.spelling import advice
from convo.policy.numbering import country_of
from convo.settings.complaints import Spot


def _country(channel: Channel) -> str | None:
    address = channel.address
    return country_of(address) if isinstance(address, PhoneNumber) else None


def _signing(channel: Channel) -> tuple[Any, ...]:
    return channel.signature, frozenset(channel.signatures), channel.sign_at


def _approved(channel: Channel) -> Any:
    """The same texts are approved by another company with gaps that it writes in its own way."""
    return None if channel.templates is None else {each.shape for each in channel.templates}


#: What must be the same, and what is said where it is not: a text is written for the first channel,
#: before anybody knows which of them carries it.
_SAME: tuple[tuple[Callable[[Channel], Any], str], ...] = (
    (_signing, "it signs otherwise. Give both the same `signature`, `signatures` and `sign_at`."),
    (lambda channel: channel.opt_out, "its marketing ends otherwise. Give both one `opt_out`."),
    (lambda channel: channel.mms, "it carries pictures otherwise. Give both one `media`."),
    (
        lambda channel: channel.reach,
        "it reaches people by something else. Give both one `reach`.",
    ),
    (
        lambda channel: channel.hears,
        "only one of the two can be answered. Take one like it.",
    ),
    (
        _approved,
        "it has other templates approved. Give both the same texts, or take one like it.",
    ),
    (lambda channel: channel.joins, "parts of long texts come otherwise. Give both one `joins`."),
)


def unfit_backups(channels: Mapping[str, Channel]) -> Iterator[tuple[Spot, str]]:
    """What is wrong with the backups that channels name: where, and what."""
    for channel in channels.values():
        spot = ("channels", channel.name, "backups")
        for place, name in enumerate(channel.backups):
            if name == channel.name or name in channel.backups[:place]:
                yield spot, f'"{name}" stands in it already. Leave it out.'
            elif name not in channels:
                yield spot, f'there is no channel "{name}". {advice(name, channels)}'
            else:
                for what in _unlike(channel, channels[name]):
                    yield spot, f'"{name}" cannot carry the texts of "{channel.name}": {what}'


def _unlike(channel: Channel, backup: Channel) -> Iterator[str]:
    for of, what in _SAME:
        if of(channel) != of(backup):
            yield what
    ours, its = _country(channel), _country(backup)
    if ours is not None and its is not None and ours != its:
        yield f"its number is of {its}, and not of {ours}. Take one of the same country."
