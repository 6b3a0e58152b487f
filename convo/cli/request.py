"""`convo request`: start a flow as your own system would, through the running server."""

import http.client
import json
import secrets
from pathlib import Path
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

import click

from convo.cli import FOUND_MISTAKES, TAKEN
from convo.errors import ConvoError, SettingsError
from convo.settings.settled import Settings

ANSWERED_WITHIN = 10.0
"""Seconds that the server is waited for."""

KEY_BYTES = 9
FLOW_ENDINGS = (".yaml", ".yml")
ACCEPTED, KNOWN, TRY_LATER = 202, 200, 503
#: What to say of an answer that is not of the door itself.
UNSAID = {404: "The server was started without server.api_token. Start it again."}


@click.command(short_help="Start a flow, as your own system would.")
@click.argument("name", metavar="EVENT_OR_FLOW")
@click.option("--to", required=True, help="Whom to text: +8613800138000.")
@click.option("--answers", default="{}", help="What the flow is to know, as JSON.")
@click.option("--key", help="The same key again does nothing; a fresh one when left out.")
@click.option("--channel", help="Needed where there are several.")
@click.pass_context
def request(
    ctx: click.Context, name: str, to: str, answers: str, key: str | None, channel: str | None
) -> None:
    """Post an event, or the name of a flow, to the server that `convo run` has started here.

    \b
    convo request visit.made --to +8613800138000 \\
        --answers '{"service": "Haircut", "when": "2030-05-01T15:00"}'
    """
    from convo.settings import read
    from convo.wiring.brands import OFFERED

    settings = read(Path.cwd(), OFFERED)
    token = token_of(settings)
    is_flow = any((settings.flows / f"{name}{ending}").is_file() for ending in FLOW_ENDINGS)
    key = key or f"convo-request-{secrets.token_urlsafe(KEY_BYTES)}"
    body = {"flow" if is_flow else "event": name, "to": to, "answers": _json(answers), "key": key}
    if channel:
        body["channel"] = channel
    status, said = post(settings.local_url, token, body)
    if status == ACCEPTED:
        click.echo(f"Accepted: {name}, under the key {key}.")
    elif status == KNOWN:
        click.echo(f"Nothing done: the key {key} was posted before.")
    else:
        complain(ctx, status, said)


def token_of(settings: Settings) -> str:
    """What opens the door of the own systems. Raises `SettingsError` when there is none."""
    if not settings.api_tokens:
        raise SettingsError(
            [
                'convo.toml: server.api_token: it is missing. Write api_token = "env:CONVO_API_'
                'TOKEN" under [server]; `convo doctor --token` prints a fresh token.'
            ]
        )
    return settings.api_tokens[0]


def complain(ctx: click.Context, status: int, said: dict[str, Any]) -> NoReturn:
    """Say what the server has against it, and end."""
    for complaint in said.get("complaints", (UNSAID.get(status, f"Status {status}."),)):
        click.secho(complaint, fg="red", err=True)
    ctx.exit(TAKEN if status == TRY_LATER else FOUND_MISTAKES)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise click.BadParameter(
            'it is no JSON. Write it like \'{"service": "Haircut"}\'.', param_hint="--answers"
        ) from None


def post(
    url: str, token: str, body: object, path: str = "/v1/events"
) -> tuple[int, dict[str, Any]]:
    """Status and answer. Straight to this machine: no proxy of the environment is asked."""
    where = urlsplit(url)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=ANSWERED_WITHIN)
    try:
        line.request("POST", path, json.dumps(body).encode(), headers)
        answer = line.getresponse()
        status, read = answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise ConvoError(
            f"Nothing answers at {url} ({type(error).__name__}). Start it there: convo run"
        ) from None
    finally:
        line.close()
    try:
        said = json.loads(read)
    except ValueError:
        said = {}
    return status, cast(dict[str, Any], said) if isinstance(said, dict) else {}
