"""Where everything stands in a picture: layers from top to bottom, lines at right angles.

The one module that knows the layout library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import graphlay

from convo.drawing.chart import BEGINNING, Arrow, Card, Chart, joined
from convo.drawing.labelling import Box, Line, Point, places
from convo.drawing.measure import clipped, width_of, wrapped

CARD_WIDTH = 236.0
PADDING = 12.0
TITLE_SIZE, LINE_SIZE, WORD_SIZE = 13.0, 12.0, 11.5
TITLE_HEIGHT, LINE_HEIGHT = 26.0, 17.0
#: Lines of a card: what is longer is shown by the page beside it.
MOST_LINES, MOST_TEXT_LINES = 8, 3
LONGEST_WORDS = 236.0
"""Room in px for what stands beside an arrow."""
#: How hard a way pulls its two cards below one another; where it begins, no other is stronger.
_BEGIN, _MAIN, _ASIDE = 8.0, 4.0, 1.0
_OPTIONS = {
    "direction": "topbottom",
    # A way back is one against the order of the file, not the one that turns most easily.
    "cycles": {"strategy": "follow_flow"},
    # Lines side by side leave room for words between them.
    "routing": {"lane_gap": 14.0},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCard:
    """A card with its left upper corner, in px, and its lines as they fit."""

    card: Card
    x: float
    y: float
    width: float
    height: float
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedArrow:
    """An arrow with its corners, and its words where they hide nothing."""

    arrow: Arrow
    points: tuple[tuple[float, float], ...]
    words: str
    #: The middle of the words; None where there are none.
    at: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart with a place for everything; its left upper corner is 0, 0."""

    chart: Chart
    width: float
    height: float
    cards: tuple[PlacedCard, ...]
    arrows: tuple[PlacedArrow, ...]


def placed(chart: Chart) -> Picture:
    """A place for every card and every word; the same for the same chart, always."""
    graph = graphlay.Graph()
    shown = [_fitted(card) for card in chart.cards]
    for card, (title, lines) in zip(chart.cards, shown, strict=True):
        width, height = _room(card, title, lines)
        graph.node(card.id, width=width, height=height)
    words = [clipped(joined(arrow.words), LONGEST_WORDS, WORD_SIZE) for arrow in chart.arrows]
    for arrow, said in zip(chart.arrows, words, strict=True):
        weight = _ASIDE if arrow.aside else _BEGIN if arrow.source == BEGINNING else _MAIN
        graph.edge(arrow.source, arrow.target, weight=weight, **_words_room(said))
    return _picture(chart, graphlay.layout(graph, options=_OPTIONS), shown, words)


def _picture(
    chart: Chart,
    layout: graphlay.Layout,
    shown: Sequence[tuple[str, tuple[str, ...]]],
    words: Sequence[str],
) -> Picture:
    """The layout with what belongs in it, moved so that its corner is 0, 0."""
    boxes = [_box(node) for node in layout.nodes]
    lines = [_line(edge, said) for edge, said in zip(layout.edges, words, strict=True)]
    spots = places(lines, boxes)
    left, top, right, bottom = _bounds(boxes, lines, spots)
    return Picture(
        chart=chart,
        width=right - left,
        height=bottom - top,
        cards=tuple(
            PlacedCard(
                card=card,
                x=box.left - left,
                y=box.top - top,
                width=box.right - box.left,
                height=box.bottom - box.top,
                title=title,
                lines=said,
            )
            for card, (title, said), box in zip(chart.cards, shown, boxes, strict=True)
        ),
        arrows=tuple(
            PlacedArrow(
                arrow=arrow,
                points=tuple((x - left, y - top) for x, y in line.points),
                words=said,
                at=None if at is None else (at[0] - left, at[1] - top),
            )
            for arrow, line, said, at in zip(chart.arrows, lines, words, spots, strict=True)
        ),
    )


def _box(node: Mapping[str, Any]) -> Box:
    (x, y), (width, height) = node["center"].values(), node["size"].values()
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _line(edge: Mapping[str, Any], said: str) -> Line:
    points = [(point["x"], point["y"]) for point in edge["points"]]
    anchor = edge["label_anchor"] if said else edge["points"][0]
    width = width_of(said, WORD_SIZE)
    height = WORD_SIZE if said else 0.0
    return Line(points=points, width=width, height=height, anchor=(anchor["x"], anchor["y"]))


def _bounds(
    boxes: Sequence[Box], lines: Sequence[Line], spots: Sequence[Point | None]
) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of everything."""
    corners = [(box.left, box.top) for box in boxes] + [(box.right, box.bottom) for box in boxes]
    for line, at in zip(lines, spots, strict=True):
        corners += line.points
        if at is not None:
            corners += [(at[0] - line.width / 2, at[1]), (at[0] + line.width / 2, at[1])]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(down), max(across), max(down)


def _fitted(card: Card) -> tuple[str, tuple[str, ...]]:
    """The title and the lines as they fit."""
    inner = CARD_WIDTH - 2 * PADDING
    if not card.is_step:
        words = ", ".join(card.lines)
        said = (clipped(words, inner, LINE_SIZE),) if words else ()
        return clipped(card.title, inner, TITLE_SIZE), said
    beside = width_of(card.does, LINE_SIZE) + PADDING
    lines: list[str] = []
    for line in card.lines:
        lines += wrapped(line, inner, LINE_SIZE, MOST_TEXT_LINES)
    if len(lines) > MOST_LINES:
        lines[MOST_LINES - 1 :] = ["…"]
    return clipped(card.title, inner - beside, TITLE_SIZE), tuple(lines)


def _room(card: Card, title: str, lines: tuple[str, ...]) -> tuple[float, float]:
    if not card.is_step:
        widest = max(width_of(title, TITLE_SIZE), *(width_of(s, LINE_SIZE) for s in lines), 0.0)
        return widest + 2 * PADDING, TITLE_HEIGHT + LINE_HEIGHT * len(lines) + (4 if lines else 0)
    return CARD_WIDTH, TITLE_HEIGHT + LINE_HEIGHT * len(lines) + PADDING


def _words_room(said: str) -> Mapping[str, Any]:
    if not said:
        return {}
    return {"label_size": {"width": width_of(said, WORD_SIZE) + 6, "height": LINE_HEIGHT}}
