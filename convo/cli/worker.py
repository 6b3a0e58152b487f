"""`convo worker`: only think and send. What web processes keep is answered here."""

from pathlib import Path

import click

NAMED_BY = "--health"


@click.command(short_help="Hold the conversations that web processes keep.")
@click.option(
    "--health",
    default="127.0.0.1:0",
    show_default=True,
    metavar="HOST:PORT",
    help="Where /healthz, /readyz and /metrics are; port 0 takes a free one and tells it.",
)
def worker(health: str) -> None:
    """Take turns and send, for this worker's share of all contacts.

    As many as you like, on as many machines: each says that it is there, and shares follow by
    themselves when one comes or goes. All share the store of convo.toml, which must be Redis.
    SIGTERM finishes what is under way and hands the rest to the others.

    \b
    convo worker
    convo worker --health 0.0.0.0:9100
    """
    from convo.cli.serving import Station, serve
    from convo.wiring import logs
    from convo.wiring.authored import authored, settings_in

    host, port = _place(health)
    settings = settings_in(Path.cwd())
    logs.begin(settings.log_level)
    serve(authored(settings), Station(role="worker", host=host, port=port, named_by=NAMED_BY))


def _place(text: str) -> tuple[str, int]:
    from convo.settings.meanings import host_and_port

    try:
        return host_and_port(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=NAMED_BY) from None
