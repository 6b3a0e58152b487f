"""Whether the tables of the settings agree with one another."""

from collections.abc import Iterator, Mapping
from itertools import chain
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from convo.settings import meanings, places, speaking
from convo.settings.channels import carries_media
from convo.settings.complaints import Spot
from convo.settings.sections import ConvoToml
from convo.settings.sending import hasty, unfit_limits

Disagreements = Iterator[tuple[Spot, str]]
"""Where, and what is wrong there with how to mend it."""


def disagreements(written: ConvoToml, options: Mapping[str, BaseModel]) -> Disagreements:
    """What is wrong between one table and another; `options` are those of the channels."""
    return chain(
        _words(written),
        _names(written),
        _reached(written, options),
        _limits(written),
        _well_known_tokens(written),
        speaking.unfit_caps(written.caps, written.contact),
        _windows(written),
        places.unlike(written.places),
    )


def _words(written: ConvoToml) -> Disagreements:
    """Words of [anytime] that two want."""
    owners: dict[str, str] = {}
    for name, entry in written.anytime.items():
        for word in entry.words:
            owner = owners.setdefault(word.casefold(), name)
            if owner != name:
                yield ("anytime", name), f'"{word}" is a word of "{owner}" too. One must go.'


def _names(written: ConvoToml) -> Disagreements:
    """Channels: that there is one, and that it can stand in an address."""
    if not written.channels:
        yield ("channels",), "there is none. Write [channels.main] and its provider."
    for name in written.channels:
        if not name.isidentifier() or not name.isascii():
            yield (
                ("channels", name),
                "a channel's name stands in web addresses: letters, digits and _ only.",
            )


def _reached(written: ConvoToml, options: Mapping[str, BaseModel]) -> Disagreements:
    """Channels that reach contacts by something else than their number, or with pictures."""
    for name, channel in written.channels.items():
        if channel.reach and written.contact.get(channel.reach) != "text":
            yield (
                ("channels", name, "reach"),
                f'it names a field of the contact: write `{channel.reach} = "text"` under '
                "[contact].",
            )
        known = options.get(name)
        if channel.media == "mms" and known is not None and not carries_media(known):
            yield (
                ("channels", name, "media"),
                f'{channel.provider} carries no pictures. Leave it out, or write "link".',
            )
        if channel.provider == "smtp" and not channel.reach:
            yield (
                ("channels", name),
                'it is missing who gets the mail: write `reach = "email"`, and '
                '`email = "text"` under [contact].',
            )


def _limits(written: ConvoToml) -> Disagreements:
    """Limits that channels share, and how soon a doubt is settled."""
    named = {
        name: (table.account_limit, table.registrations) for name, table in written.channels.items()
    }
    yield from unfit_limits(named, written.accounts, written.registrations)
    if what := hasty(written.doubts, shared=not written.store.url.startswith("sqlite:")):
        yield ("doubts", "grace"), what


def _well_known_tokens(written: ConvoToml) -> Disagreements:
    """The tokens of the example are for this machine alone: the world knows them."""
    server = written.server
    called = urlsplit(server.public_url or "").hostname or "localhost"
    bound, _ = meanings.host_and_port(server.bind)
    if meanings.only_here(called) and meanings.only_here(bound):
        return
    tokens: list[tuple[Spot, SecretStr | None]] = [
        (("server", "api_token"), token) for token in server.api_token
    ]
    tokens += [
        (("channels", name, "path_token"), channel.path_token)
        for name, channel in written.channels.items()
    ]
    for spot, token in tokens:
        if meanings.well_known(token):
            yield (
                spot,
                "this token of the example is known to everybody, and the server is to be "
                "reached from outside. `convo doctor --token` prints a fresh one.",
            )


def _windows(written: ConvoToml) -> Disagreements:
    """Windows that go by holidays which no file names."""
    for name, window in written.windows.items():
        if speaking.window_hours(window).heeds_calendar and not written.holidays.file:
            yield (
                ("windows", name),
                "it goes by holidays, and no file names them. Write [holidays] with "
                'file = "holidays/cn.yaml".',
            )
