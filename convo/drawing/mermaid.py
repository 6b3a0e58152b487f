"""The chart as Mermaid, for pages that draw it themselves: readmes, wikis, merge requests."""

from convo.drawing.chart import Card, Chart, joined
from convo.drawing.measure import printable

#: What Mermaid or the HTML in its labels would read as its own, as Mermaid writes it.
_SIGNS = str.maketrans({sign: f"#{ord(sign)};" for sign in '"#;&<>`\\|{}[]()'})


def mermaid_of(chart: Chart) -> str:
    """A `flowchart` with a line for every card and every arrow."""
    ids = {card.id: f"n{n}" for n, card in enumerate(chart.cards)}
    lines = ["flowchart TD"]
    lines += [f"  {ids[card.id]}{_box(card)}" for card in chart.cards]
    for arrow in chart.arrows:
        stroke = "-.->" if arrow.aside else "-->"
        words = joined(arrow.words)
        said = f'|"{_safe(words)}"|' if words else ""
        lines.append(f"  {ids[arrow.source]} {stroke}{said} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


def _box(card: Card) -> str:
    rows = [f"<b>{_safe(card.title)}</b>", *map(_safe, card.lines)]
    words = "<br/>".join(rows)
    return f'["{words}"]' if card.is_step else f'(["{words}"])'


def _safe(words: str) -> str:
    return printable(words).translate(_SIGNS)
