"""A channel as the core knows it, from its table in convo.toml and what its provider can do."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel

from convo.core.approved import Gaps
from convo.core.business import Channel
from convo.core.limits import Limit
from convo.core.numbers import Address, PhoneNumber, SenderName, address
from convo.policy.numbering import country_of
from convo.settings.meanings import price_of
from convo.settings.sections import ChannelSection
from convo.settings.sending import own_limit

MMS_COUNTRIES = frozenset(("US", "CA"))
"""Where MMS between a business and its customers is common; elsewhere few carriers take it."""


def channel_of(
    name: str,
    table: ChannelSection,
    options: BaseModel,
    *,
    country: str,
    shared: Iterable[Limit],
) -> Channel:
    """The channel of this table at a provider with these options; `country` is the business's,
    and `shared` are the limits that are not its own alone."""
    where = address(table.address) if table.address else None
    apart = bool(getattr(options, "parts_apart", False))
    return Channel(
        name=name,
        provider=table.provider,
        address=where,
        signature=table.signature,
        signatures=table.signatures,
        sign_at=table.sign_at,
        opt_out=table.opt_out,
        optout_reply=table.optout_reply,
        fallback=table.fallback,
        reach=table.reach,
        # Providers that only send say so in the class of their options.
        hears=bool(getattr(options, "hears", True)),
        joins=apart if table.joins is None else table.joins,
        mms=_mms(table.media, where, options, country),
        limit=own_limit(name, table.rate),
        shared_limits=tuple(shared),
        backups=table.backups,
        order=table.order,
        price=None if table.price is None else price_of(table.price),
        templates=getattr(options, "approved", None),
    )


def carries_media(options: BaseModel) -> bool:
    """Whether pictures can be given to the provider at all: its options say so."""
    return bool(getattr(options, "carries_media", False))


def gaps_of(options: BaseModel) -> Gaps | None:
    """How the provider writes the gaps of its templates; None where it takes any text."""
    return getattr(options, "gaps", None)


def _mms(
    written: Literal["mms", "link"] | None, where: Address | None, options: BaseModel, country: str
) -> frozenset[str]:
    """The countries whose numbers get MMS here.

    A short code, and a service that picks the sender, is taken to be of the business's country.
    """
    if written == "link" or not carries_media(options) or isinstance(where, SenderName):
        return frozenset()
    home = country_of(where) if isinstance(where, PhoneNumber) else country
    if written is None:
        return MMS_COUNTRIES if home in MMS_COUNTRIES else frozenset()
    return MMS_COUNTRIES | {home or country}
