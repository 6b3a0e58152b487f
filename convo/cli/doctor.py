"""`convo doctor`: is everything ready to serve, and if not, what is to be done."""

import asyncio
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from convo.cli import FOUND_MISTAKES
from convo.cli.columns import plain
from convo.cli.connecting import shown
from convo.cli.counting import counted
from convo.errors import AlreadyRunning, ConvoError, FlowErrors, SendError, SettingsError

OLDEST_PYTHON = (3, 11)
TOKEN_BYTES = 24
OTHERS = 0o077
"""The bits of a file's mode that let group and others in."""
PROBED_WITHIN = 5.0
"""Seconds for a webhook to ourselves."""
LET_IN = 200
STOPPED = "convo_channel_stopped"
"""The gauge of a channel whose breaker is open."""

SIGNS = {"well": "✓", "note": "·", "wrong": "✗"}
COLOURS = {"well": "green", "note": "yellow", "wrong": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    state: Literal["well", "note", "wrong"]
    about: str
    what: str


def _well(about: str, what: str) -> Finding:
    return Finding(state="well", about=about, what=what)


def _note(about: str, what: str) -> Finding:
    return Finding(state="note", about=about, what=what)


def _wrong(about: str, what: str) -> Finding:
    return Finding(state="wrong", about=about, what=what)


@click.command(short_help="Look whether everything is ready to serve.")
@click.option("--token", is_flag=True, help="Only print a fresh secret, for path_token and others.")
@click.pass_context
def doctor(ctx: click.Context, token: bool) -> None:
    """Look at Python, settings, secrets, flows, the clock, the store and the ways in.

    Companies that can be asked are asked where they bring texts, and nothing is changed there.
    When the server is running, every channel gets a harmless webhook, signed as its provider
    would. Ends with 0 when nothing is wrong, else with 1.

    \b
    convo doctor
    convo doctor --token    # a fresh secret for path_token
    """
    if token:
        click.echo(secrets.token_urlsafe(TOKEN_BYTES))
        return
    wrong, serves = 0, False
    for finding in _findings(Path.cwd()):
        wrong += finding.state == "wrong"
        serves = serves or (finding.about == "server" and finding.state == "well")
        sign = click.style(SIGNS[finding.state], fg=COLOURS[finding.state], bold=True)
        lines = finding.what.splitlines() or [""]
        click.echo(f"{sign} {finding.about:<10} {lines[0]}")
        for line in lines[1:]:
            click.echo(f"{'':13}{line}")
    if wrong:
        count = "One thing is" if wrong == 1 else f"{wrong} things are"
        click.echo(f"\n{count} wrong; each says how to mend it.")
        ctx.exit(FOUND_MISTAKES)
    click.echo("\nAll is well, and it is serving." if serves else "\nReady to serve: convo run")


def _findings(folder: Path) -> Iterator[Finding]:
    yield _python()
    try:
        from convo.wiring.authored import settings_in

        settings = settings_in(folder)
    except SettingsError as error:
        yield _wrong("settings", str(error))
        return
    yield _well("settings", f"{settings.business.name}, every secret is set")
    dotenv = folder / ".env"
    if dotenv.exists() and dotenv.stat().st_mode & OTHERS:
        yield _note("secrets", ".env can be read by others on this machine: chmod 600 .env")
    yield from _channels(settings)
    yield from asyncio.run(_webhooks(settings))
    yield _handlers_and_flows(settings)
    yield _clock(settings)
    yield from asyncio.run(_queues(settings))
    yield from asyncio.run(_alive(settings))


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return _wrong("Python", f"{version} is too old; Convo needs 3.11 or later.")
    return _well("Python", version)


def _channels(settings: Any) -> Iterator[Finding]:
    from convo.providers.http import HttpClient
    from convo.runtime.clock import now
    from convo.wiring.brands import adapters

    try:
        adapters(settings, HttpClient(), now)
    except SettingsError as error:
        yield _wrong("channels", str(error))
    else:
        names = ", ".join(f"{name} ({c.provider})" for name, c in settings.connections.items())
        yield _well("channels", names)
    if not settings.public_url:
        yield _note(
            "address",
            f"no public_url: providers on other machines cannot reach {settings.local_url}",
        )
    elif settings.public_url.startswith("http://"):
        yield _note("address", f"{settings.public_url} is not https: what is sent can be read")
    else:
        yield _well("address", settings.public_url)
    open_to_all = settings.host not in ("127.0.0.1", "::1", "localhost") or settings.public_url
    consoles = [name for name, c in settings.connections.items() if c.provider == "console"]
    if consoles and open_to_all:
        yield _note(
            "terminal",
            f"channels.{consoles[0]} lets everybody who knows its path_token text as anybody; "
            "take it out before strangers can reach this server",
        )


async def _webhooks(settings: Any) -> list[Finding]:
    """Where companies bring texts that can be asked, once there is an address of ours.

    Nobody can text a sender name, and what its company says may be of another channel.
    """
    from convo.core.numbers import SenderName
    from convo.ports.webhook_settings import webhook_settings
    from convo.providers.http import HttpClient
    from convo.runtime.clock import now
    from convo.wiring.brands import adapters

    if not settings.public_url.startswith("https://"):
        return []
    http = HttpClient(connect=PROBED_WITHIN, read=PROBED_WITHIN)
    try:
        found = {
            name: webhook_settings(adapter)
            for name, adapter in adapters(settings, http, now).items()
            if not isinstance(settings.business.channels[name].address, SenderName)
        }
        return [await _webhook(settings, name, there) for name, there in found.items() if there]
    except SettingsError:
        return []  # it was told with the channels
    finally:
        await http.close()


async def _webhook(settings: Any, name: str, there: Any) -> Finding:
    connection = settings.connections[name]
    provider, url = connection.provider, settings.public_url + connection.way_in
    try:
        others = [each for each in await there.read(url) if not each.fits]
    except SendError as error:
        why = plain(str(error))
        return _note("webhook", f"{name}: {provider} does not say where it brings texts. {why}")
    if not others:
        return _well("webhook", f"{name}: {provider} brings texts to {shown(url)}")
    told = "\n".join(f"{plain(each.of)}: {shown(each.stands)}" for each in others)
    return _wrong(
        "webhook",
        f"channels.{name}: {provider} does not bring texts to {shown(url)}\n{told}\n"
        f"To have it do so: convo channel connect {name}",
    )


async def _queues(settings: Any) -> list[Finding]:
    """The queues that are read, where nobody has to call."""
    from convo.ports.pulling import pulls
    from convo.providers.http import HttpClient
    from convo.runtime.clock import now
    from convo.wiring.brands import adapters

    http = HttpClient(read=PROBED_WITHIN)
    try:
        found = adapters(settings, http, now)
        return [await _queue(name, each) for name, each in found.items() if pulls(each)]
    except SettingsError:
        return []  # it was told with the channels
    finally:
        await http.close()


async def _queue(name: str, provider: Any) -> Finding:
    try:
        return _well("queue", f"{name}: it can be read, and {await provider.waiting()} wait there")
    except SendError as error:
        why = plain(str(error))
        return _wrong("queue", f"channels.{name}: its texts cannot be read. {why}")


def _handlers_and_flows(settings: Any) -> Finding:
    from convo.wiring.authored import authored

    try:
        found = authored(settings)
    except FlowErrors as error:
        return _wrong(
            "flows",
            f"{counted(len(error.problems), 'mistake')}; `convo check` shows them, the first is "
            f"at {error.problems[0].place}",
        )
    except SettingsError as error:
        return _wrong("flows", str(error))
    languages = ", ".join(settings.business.languages)
    names = ", ".join(found.playbook.flows) or "none yet"
    return _well("flows", f"{names}; in {languages}; {counted(len(found.handlers), 'handler')}")


def _clock(settings: Any) -> Finding:
    """Due times go by this clock, so one that stands in the past would hold everything back."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    newest = settings.file.stat().st_mtime
    here = datetime.now(ZoneInfo(settings.business.zone))
    if here.timestamp() < newest - 1:
        return _wrong("clock", f"it says {here:%Y-%m-%d %H:%M}, before convo.toml was written.")
    return _well("clock", f"{here:%a %d %b %Y, %H:%M} in {settings.business.zone}")


async def _alive(settings: Any) -> list[Finding]:
    """The store, and the server if there is one."""
    from convo.runtime.clock import now
    from convo.wiring.brands import STORES, open_store

    idle = _note("server", "not running, so no webhook was tried; start it by `convo run`")
    try:
        store = await open_store(settings, now)
    except AlreadyRunning as error:
        silent = _wrong("server", "the store is in use, but nothing answers here")
        return [_well("store", str(error).partition(". ")[0]), *await _ways_in(settings, silent)]
    except ConvoError as error:
        return [_wrong("store", str(error))]
    await store.close()
    opens = _well("store", f"{settings.shown_store} opens")
    if STORES[settings.store.partition(":")[0]].shared:
        return [opens, *await _ways_in(settings, idle)]
    return [opens, idle]


async def _ways_in(settings: Any, silent: Finding) -> list[Finding]:
    """Every webhook of the server on this machine; `silent` where there is none."""
    from convo.providers.http import HttpClient

    http = HttpClient()
    try:
        ready = await http.get(f"{settings.local_url}/readyz", read=PROBED_WITHIN)
        found = [
            _well("server", f"{settings.local_url} is ready")
            if ready.status == 200
            else _wrong("server", f"{settings.local_url} is not ready: {ready.body.decode()}")
        ]
        found += await _stopped(settings, http)
        found += await _unheard(settings)
        return found + [await _way_in(settings, http, name) for name in settings.connections]
    except SendError:
        return [silent]
    finally:
        await http.close()


async def _stopped(settings: Any, http: Any) -> list[Finding]:
    """Channels whose breaker is open in the process that answers here."""
    from prometheus_client.parser import text_string_to_metric_families

    page = await http.get(f"{settings.local_url}/metrics", read=PROBED_WITHIN)
    found: list[Finding] = []
    for family in text_string_to_metric_families(page.body.decode()):
        for sample in family.samples:
            if sample.name == STOPPED and sample.value:
                name = sample.labels["channel"]
                backups = " or ".join(settings.business.channels[name].backups)
                meanwhile = f"go by {backups} where they can" if backups else "wait"
                found.append(
                    _wrong(
                        "sending",
                        f"channels.{name} is stopped, for its sends fail; the log says why. "
                        f"Its texts {meanwhile}, and none is lost.",
                    )
                )
    return found


async def _unheard(settings: Any) -> list[Finding]:
    """Channels that hear nothing in some process: it says so itself, in the store."""
    from convo.runtime.clock import now
    from convo.wiring.brands import open_ledger

    async with open_ledger(settings) as ledger:
        processes = await ledger.processes()
    return [
        _wrong(
            "hearing",
            f"channels.{met.name} hears nothing in process {each.host} {each.pid}: {met.why}. "
            "It is tried again by itself.",
        )
        for each in processes
        if not each.stalled(now())
        for met in each.obstacles
        if met.kind == "unheard"
    ]


async def _way_in(settings: Any, http: Any, name: str) -> Finding:
    from convo.wiring.probes import PROBES
    from convo.wiring.serving import outside

    connection = settings.connections[name]
    about = f"/in/{name}"
    if connection.provider not in PROBES:
        return _note(about, f"{connection.provider} can only be tried from its own side")
    outside_url = outside(settings) + connection.way_in
    probe = PROBES[connection.provider](connection.options, outside_url)
    url = settings.local_url + connection.way_in
    if probe.method == "GET":
        asked = f"{url}?{probe.query}" if probe.query else url
        answer = await http.get(asked, headers=probe.headers, read=PROBED_WITHIN)
    else:
        answer = await http.post(url, probe.body, headers=probe.headers, read=PROBED_WITHIN)
    if answer.status == LET_IN:
        return _well(about, f"a webhook as {connection.provider} sends it is let in")
    return _wrong(
        about,
        f"a webhook as {connection.provider} sends it was answered {answer.status}. Were settings "
        "changed since the server started? Start it again.",
    )
