"""`convo run`: serve the business, and in a terminal be one of its customers."""

import sys
from pathlib import Path

import click

from convo.errors import SettingsError


@click.command(short_help="Serve your customers; in a terminal, be one of them.")
@click.option("--phone/--no-phone", default=None, help="Whether to open the phone prompt.")
def run(phone: bool | None) -> None:
    """Serve webhooks, hold the conversations, send the replies.

    In a terminal a phone prompt opens beside it: what you type goes through the same webhook,
    store and sender as a customer's text. Ctrl-D ends; SIGTERM ends cleanly, too, and nothing
    that was acknowledged is lost.

    \b
    convo run               # serve, and text it
    convo run --no-phone    # only serve
    """
    from convo.cli.serving import Station, serve
    from convo.wiring import logs
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    consoles = [name for name, each in settings.connections.items() if each.provider == "console"]
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    opens_phone = bool(consoles) and (at_terminal if phone is None else phone)
    # Beside the prompt only what is wrong is worth a line.
    logs.begin("warning" if opens_phone and settings.log_level == "info" else settings.log_level)
    if phone and not consoles:
        raise SettingsError(
            ['convo.toml: channels: none has provider = "console", so there is no phone to open.']
        )
    found = authored(settings)
    opened = None
    if opens_phone:
        from convo.cli.phone import Phone

        opened = Phone(found, consoles[0])
    serve(found, Station(role="run", host=settings.host, port=settings.port, phone=opened))
