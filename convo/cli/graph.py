"""`convo graph`: a flow as a picture."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from convo.drawing.chart import Chart, chart_of
from convo.drawing.dot import dot_of
from convo.drawing.mermaid import mermaid_of
from convo.drawing.placing import placed
from convo.drawing.svg import svg_of
from convo.errors import SettingsError

WRITERS: Mapping[str, Callable[[Chart], str]] = {
    ".svg": lambda chart: svg_of(placed(chart)),
    ".mmd": mermaid_of,
    ".dot": dot_of,
}
"""The ending of a file -> what is written into it."""


@click.command(short_help="A flow as a picture: SVG, Mermaid or DOT.")
@click.argument("flow")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="FLOW.svg if left out; its ending says what is written: .svg, .mmd (Mermaid) or .dot.",
)
@click.option("--language", help="The language of its texts; its first one if left out.")
def graph(flow: str, out: Path | None, language: str | None) -> None:
    """Draw FLOW: a card for every step, an arrow for every way, with what takes it.

    Ways that are taken only when nobody answers or something fails are dotted.

    \b
    convo graph booking
    convo graph booking -o docs/booking.mmd --language zh
    """
    from convo.cli.one_flow import one_flow
    from convo.language.texts import spoken
    from convo.wiring.authored import authored, settings_in

    drawn = one_flow(flow, authored(settings_in(Path.cwd())).playbook.flows)
    known = drawn.languages
    if language is not None and spoken(known, language) is None:
        raise SettingsError(
            [f'"{flow}" is not written in "{language}". It is in {", ".join(known)}.']
        )
    path = out or Path(f"{flow}.svg")
    if path.suffix not in WRITERS:
        endings = ", ".join(WRITERS)
        raise SettingsError([f'"{path.name}" does not end in one of {endings}. Call it so.'])
    written = WRITERS[path.suffix](chart_of(drawn, texts=language or ""))
    try:
        path.write_text(written, "utf-8")
    except OSError as error:
        raise SettingsError([f"{path} cannot be written: {error.strerror}."]) from error
    click.echo(f"{path}")
