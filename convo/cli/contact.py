"""`convo contact`: what is known of one number."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from convo.errors import ConvoError


@click.command(short_help="What is known of one number; merge two.")
@click.argument("words", nargs=-1, required=True, metavar="NUMBER | merge OLD NEW")
@click.pass_context
def contact(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Show what is kept of NUMBER: fields, tags, language, zone, consents, open conversations.

    `merge OLD NEW` hands what is known under OLD on to NEW, through the running server: fields,
    tags and answers that NEW lacks, and of their consents the stricter, for both. It may be done
    again, and comes to the same.
    """
    match words:
        case (number,):
            _show(number)
        case ("merge", old, new):
            _merge(ctx, old, new)
        case _:
            raise click.UsageError("Write one number, or: convo contact merge OLD NEW")


def _merge(ctx: click.Context, old: str, new: str) -> None:
    from convo.cli.request import ACCEPTED, complain, post, token_of
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    body = {"from": old, "into": new}
    status, said = post(settings.local_url, token_of(settings), body, "/v1/contacts/merge")
    if status != ACCEPTED:
        complain(ctx, status, said)
    click.echo(f"Accepted: what is known of {old} is handed on to {new}.")


def _show(number: str) -> None:
    from convo.cli.consent import plain, read
    from convo.cli.looking import looking
    from convo.cli.telling import state_lines
    from convo.policy.numbering import country_of
    from convo.policy.profiles import profile_of
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    business = settings.business
    who = read(number, business.country)
    with looking(settings) as look:
        state = look.at(look.ledger.contact(who))
    if state is None:
        raise ConvoError("Nothing is known of this number.")
    zone = ZoneInfo(business.zone)
    for about, line in state_lines(state, authored(settings).playbook, datetime.now(zone)):
        click.echo(plain(f"{about:<11}{line}"))
    click.echo(f"{'zone':<11}{state.zone or 'by the number'}")
    click.echo(f"{'law':<11}{profile_of(country_of(who), business).name}")
    for about, at in (("first seen", state.first_seen), ("last seen", state.last_seen)):
        if at:
            seen = datetime.fromtimestamp(at / 1_000, UTC).astimezone(zone)
            click.echo(f"{about:<11}{seen:%Y-%m-%d %H:%M}")
