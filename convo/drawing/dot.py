"""The chart as DOT, for Graphviz and what else reads it."""

from convo.drawing.chart import Card, Chart, joined
from convo.drawing.measure import printable

_SIGNS = str.maketrans({"\\": "\\\\", '"': '\\"'})


def dot_of(chart: Chart) -> str:
    """A `digraph` with a line for every card and every arrow."""
    lines = [
        f"digraph {_quoted(chart.flow)} {{",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        '  edge [fontname="sans-serif"];',
        *(f"  {_quoted(card.id)} [{_card(card)}];" for card in chart.cards),
    ]
    for arrow in chart.arrows:
        facts = [f"label={_quoted(joined(arrow.words))}"]
        facts += ["style=dashed"] if arrow.aside else []
        ends = f"{_quoted(arrow.source)} -> {_quoted(arrow.target)}"
        lines.append(f"  {ends} [{', '.join(facts)}];")
    return "\n".join((*lines, "}")) + "\n"


def _card(card: Card) -> str:
    # `\l` ends a line that is set to the left.
    rows = "".join(f"{_safe(row)}\\l" for row in (card.title, *card.lines))
    shape = "" if card.is_step else ", shape=oval"
    return f'label="{rows}"{shape}'


def _quoted(words: str) -> str:
    return f'"{_safe(words)}"'


def _safe(words: str) -> str:
    return printable(words).translate(_SIGNS)
