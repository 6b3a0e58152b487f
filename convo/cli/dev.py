"""`convo dev`: try the business out in the browser, and change its flows meanwhile."""

import sys
import tempfile
import webbrowser
from pathlib import Path

import click

PORT = 8020
"""Where it listens unless somebody says otherwise; `convo run` may be at work beside it."""


@click.command(short_help="Try it out in the browser, and change flows meanwhile.")
@click.option("--port", default=PORT, show_default=True, help="Where it listens on this machine.")
@click.option("--fake", metavar="PROVIDER", help="Speak this provider's own wire to the phones.")
@click.option("--browser/--no-browser", default=None, help="Whether to open the page by itself.")
def dev(port: int, fake: str | None, browser: bool | None) -> None:
    """Open a page with a phone and the flow beside it.

    What you text goes through the real webhook, store, engine, gate and sender, on a store that is
    thrown away at the end; no provider is connected and nothing is sent. A changed flow is in force
    as soon as it is saved, and a mistake in it is shown while the version before goes on.

    With `--fake twilio` the phones are behind a pretended Twilio on this machine: signed webhooks
    come in, and what is sent goes to its API.
    """
    from convo.cli.serving import Station, serve
    from convo.console.one_time_link import SignIn
    from convo.runtime.clock import now
    from convo.runtime.travelling import Traveller
    from convo.wiring import logs
    from convo.wiring.authored import authored, settings_in
    from convo.wiring.developing import HOST, Developing, scratch
    from convo.wiring.fake_wire import pretended

    settings = settings_in(Path.cwd())
    logs.begin("warning" if settings.log_level == "info" else settings.log_level)
    traveller = Traveller(now)
    company = None if fake is None else pretended(fake, traveller.now)
    with tempfile.TemporaryDirectory(prefix="convo-dev-") as folder:
        found = authored(scratch(settings, Path(folder), port, company))
        sign_in = SignIn()
        link = f"http://{HOST}:{port}{sign_in.path}"

        def opened() -> None:
            click.echo(f"Open this link, good once: {link}")
            click.echo("Ctrl-C ends, and what was tried is forgotten.")
            if sys.stdout.isatty() if browser is None else browser:
                webbrowser.open(link)

        serve(
            found,
            Station(
                role="run",
                host=HOST,
                port=port,
                named_by="--port",
                wire=Developing(
                    sign_in=sign_in, settings=settings, traveller=traveller, company=company
                ),
                on_open=opened,
            ),
        )
