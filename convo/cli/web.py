"""`convo web`: only hear. What comes in is kept, and workers answer it."""

from pathlib import Path

import click


@click.command(short_help="Only take what comes in; workers answer it.")
def web() -> None:
    """Take webhooks, reports and requests, and keep them. Nothing is answered here.

    As many as you like, on as many machines, behind one load balancer; beside them run
    `convo worker`, and all share the store of convo.toml, which must be Redis. SIGTERM ends
    cleanly, and nothing that was acknowledged is lost.

    \b
    convo web
    """
    from convo.cli.serving import Station, serve
    from convo.wiring import logs
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    logs.begin(settings.log_level)
    serve(authored(settings), Station(role="web", host=settings.host, port=settings.port))
