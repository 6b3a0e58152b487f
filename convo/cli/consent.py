"""`convo consent`: every act of a number's consent, with all that shows how it came about."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from convo.core.contacts import EVERYTHING, Consent
from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress

#: What each way of coming about is called.
HOWS = {
    "flow": "in a flow",
    "law": "by a law word",
    "provider": "told by the provider",
    "import": "brought from elsewhere",
    "link": "on the page of an opt-out link",
    "merge": "when two numbers were made one contact",
    "expired": "nobody answered in time",
}


@click.command(short_help="Every act of a number's consent, as proof.")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def consent(number: str, as_json: bool) -> None:
    """Print the history of NUMBER's consents, oldest first: what was shown, written and decided.

    Acts are added and never changed. What NUMBER stands on is kept for good, what is over for as
    long as the law of their country wants to see it. The server may be running meanwhile.
    """
    from convo.cli.looking import looking
    from convo.policy.consent import confirm_within
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    contact = read(number, settings.business.country)
    with looking(settings) as look:
        acts = look.at(look.ledger.acts(contact))
        known = look.at(look.ledger.contact(contact))
    if as_json:
        for act in acts:
            click.echo(json.dumps(asdict(act), ensure_ascii=False))
        return
    zone = ZoneInfo(settings.business.zone)
    for act in acts:
        click.echo("\n".join(plain(line) for line in _told(act, zone)))
    if not acts:
        click.echo("There is no act of consent of this number.")
    now = int(datetime.now(UTC).timestamp() * 1_000)
    for held in known.consents.values() if known is not None else ():
        late = held.state == "asked" and now >= held.at + confirm_within(
            held.programme, settings.business
        )
        click.echo(f"now  {_name(held.programme)}: {'unknown' if late else held.state}")


def read(number: str, country: str) -> PhoneNumber:
    """The number that somebody typed."""
    from convo.policy.numbering import read_number

    try:
        return read_number(number, country)
    except BadAddress as error:
        raise click.BadParameter(str(error), param_hint="NUMBER") from None


def plain(line: str) -> str:
    """Whatever stands in it, it cannot speak to the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in line)


def _name(programme: str) -> str:
    return "everything" if programme == EVERYTHING else programme


def _told(act: Consent, zone: ZoneInfo) -> Iterator[str]:
    at = datetime.fromtimestamp(act.at / 1_000, UTC).astimezone(zone)
    origin = act.origin
    yield f"{at:%Y-%m-%d %H:%M:%S %Z}  {_name(act.programme)}: {act.state}, {HOWS[origin.how]}"
    shown = act.proof if act.proof != origin.said else ""
    facts = {
        "shown": shown,
        "wrote": origin.said,
        "flow": f"{origin.flow}, version {origin.version}" if origin.flow else "",
        "channel": origin.channel,
        "provider's id": origin.provider_id,
        "source": origin.source,
        "evidence": origin.evidence,
        "event": act.event,
    }
    for name, fact in facts.items():
        if fact:
            yield f"    {name}: {fact}"
