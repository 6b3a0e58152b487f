"""`convo channel connect`: tell the provider by its API where a channel's texts go."""

import asyncio
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from convo.cli import FOUND_MISTAKES
from convo.cli.by_hand import BY_HAND
from convo.cli.columns import plain
from convo.errors import ConfigError, SendError, SettingsError
from convo.ports.webhook_settings import WebhookSettings

URL = re.compile(r"https?://\S+")
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}")
"""A piece of a path that may be a secret."""


@click.command(short_help="Tell the provider where its texts go.")
@click.argument("name")
@click.option("--replace", is_flag=True, help="Do not ask where something else stands there now.")
@click.pass_context
def connect(ctx: click.Context, name: str, replace: bool) -> None:
    """Have the provider of the channel NAME bring its texts to this business, by its API.

    Says what stands there now, and changes nothing that fits. Where texts go somewhere else it asks
    first. A company that has no API for it must be told by hand: it says how.

    \b
    convo channel connect main
    convo channel connect main --replace
    """
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    url = _address(settings, name)
    provider = settings.connections[name].provider
    try:
        changed = asyncio.run(_connected(settings, name, url, replace=replace))
    except SendError as error:
        click.secho(f"{provider}: {plain(str(error))}.".replace("..", "."), fg="red", err=True)
        click.echo(f"By hand: {BY_HAND[provider]}\nThe URL of {name} is:")
        click.secho(f"  {url}", bold=True)
        ctx.exit(FOUND_MISTAKES)
    begin = "Done" if changed else "Nothing to change"
    click.echo(f"{begin}: {provider} brings the texts of {name} to {shown(url)}")


def _address(settings: Any, name: str) -> str:
    """Where the channel's provider is to call. Raises `SettingsError`."""
    from convo.language.spelling import advice

    if name not in settings.connections:
        said = advice(name, settings.connections)
        raise SettingsError([f'There is no channel "{name}". {said}'])
    if not settings.public_url.startswith("https://"):
        raise SettingsError(
            [
                "convo.toml: server.public_url: a provider is told an https address, and there is "
                'none. Write it like "https://sms.salon.example".'
            ]
        )
    return settings.public_url + settings.connections[name].way_in


async def _connected(settings: Any, name: str, url: str, *, replace: bool) -> bool:
    """Whether anything was changed. Raises `SendError` when it cannot be, or was not."""
    from convo.providers.http import HttpClient
    from convo.runtime.clock import now
    from convo.wiring.brands import adapters

    http = HttpClient()
    try:
        there = _by_api(settings, name, adapters(settings, http, now)[name])
        before = await there.read(url)
        for each in before:
            click.echo(f"Now: {plain(each.of)}: {shown(each.stands)}")
        if all(each.fits for each in before):
            return False
        if any(each.stands and not each.fits for each in before) and not replace:
            _ask(url)
        await there.write(url)
        for each in await there.read(url):
            if not each.fits:
                raise ConfigError(f"it was told, and {each.of} has {shown(each.stands)} still")
        return True
    finally:
        await http.close()


def _by_api(settings: Any, name: str, provider: Any) -> WebhookSettings:
    """Raises `SettingsError` where nobody has to call, `ConfigError` where there is no API."""
    from convo.core.numbers import SenderName
    from convo.ports.lines import keeps_a_line
    from convo.ports.pulling import pulls
    from convo.ports.webhook_settings import webhook_settings

    if not settings.business.channels[name].hears:
        raise SettingsError([f"channels.{name}: no texts come in by it, so nobody has to call."])
    if isinstance(settings.business.channels[name].address, SenderName):
        raise SettingsError(
            [f"channels.{name}: nobody can text a sender name, so nobody has to call."]
        )
    if keeps_a_line(provider) or pulls(provider):
        raise SettingsError([f"channels.{name}: nobody has to call, for Convo calls there."])
    there = webhook_settings(provider)
    if there is None:
        raise ConfigError("it has no API for this that Convo knows")
    return there


def _ask(url: str) -> None:
    """Whether it may be changed. Raises `SettingsError` for a no, and where nobody is to say."""
    try:
        yes = click.confirm(f"Replace that by {shown(url)}?")
    except click.Abort:
        click.echo()
        yes = False
    if not yes:
        raise SettingsError(["Nothing was changed. To change it without a question: --replace"])


def shown(stands: str) -> str:
    """What stands there, without the secrets that a URL may hold."""
    return URL.sub(lambda found: _masked(found[0]), plain(stands)) or "nothing"


def _masked(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "what is no address"
    host = parts.netloc.rpartition("@")[2]
    path = TOKEN.sub("...", parts.path)
    return f"{parts.scheme}://{host}{path}" + ("?..." if parts.query else "")
