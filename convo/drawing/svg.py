"""The picture as SVG: it stands alone, or in a page that brings its own colours."""

import itertools
import math
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from convo.drawing.measure import width_of
from convo.drawing.placing import (
    LINE_HEIGHT,
    LINE_SIZE,
    PADDING,
    TITLE_HEIGHT,
    TITLE_SIZE,
    WORD_SIZE,
    Picture,
    PlacedArrow,
    PlacedCard,
)

MARGIN = 16.0
CORNER = 8.0
"""The radius of a line's corners, in px."""
_HEAD = 7.0

#: How a picture is drawn, in colours by name: also for a page, which gives the names their colours.
RULES = """
.flow .card rect { fill: var(--card); stroke: var(--rim); stroke-width: 1.2 }
.flow .card.asks rect { fill: var(--ask-card); stroke: var(--ask) }
.flow .card.start rect, .flow .card.anytime rect, .flow .card.finish rect { fill: var(--pill);
  stroke: none }
.flow .card.end rect { stroke: var(--end); stroke-width: 2 }
.flow text { fill: var(--ink) }
.flow .title { font-weight: 600 }
.flow .does, .flow .words { fill: var(--soft) }
.flow .asks .does { fill: var(--ask) }
.flow .under { fill: var(--paper) }
.flow .arrow path { fill: none; stroke: var(--edge); stroke-width: 1.6 }
.flow .arrow.aside path { stroke-dasharray: 4 4 }
.flow .arrow polygon { fill: var(--edge) }
"""

#: What a picture that stands alone has of its own: colours, light and dark, letters and paper.
_ALONE = """
.flow { --paper: #ffffff; --card: #ffffff; --ink: #1c2530; --soft: #5b6673; --edge: #7c8895;
  --rim: #c3cbd4; --ask: #1f6feb; --ask-card: #eef4fe; --end: #476155; --pill: #e9edf1;
  font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif }
@media (prefers-color-scheme: dark) { .flow { --paper: #12171d; --card: #1b222a; --ink: #e8edf2;
  --soft: #a3afbb; --edge: #7f8b98; --rim: #3c4754; --ask: #7fb2ff; --ask-card: #1a2738;
  --end: #9ec3ae; --pill: #2a333d } }
.flow .paper { fill: var(--paper) }
"""


def svg_of(picture: Picture, *, alone: bool = True) -> str:
    """The markup. `alone` brings colours, paper and `RULES`; a page has these in its sheets."""
    width, height = picture.width + 2 * MARGIN, picture.height + 2 * MARGIN
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "flow",
            "viewBox": f"{_px(-MARGIN)} {_px(-MARGIN)} {_px(width)} {_px(height)}",
            "width": _px(width),
            "height": _px(height),
            "role": "img",
            "aria-label": picture.chart.flow,
        },
    )
    if alone:
        SubElement(root, "style").text = _ALONE + RULES
        paper = {"x": _px(-MARGIN), "y": _px(-MARGIN), "width": _px(width), "height": _px(height)}
        SubElement(root, "rect", {"class": "paper", **paper})
    for arrow in picture.arrows:
        _draw_arrow(root, arrow)
    # Words come after every line, so that none runs through them, and before the cards, so that
    # their paper hides no rim.
    for arrow in picture.arrows:
        _write_words(root, arrow)
    for card in picture.cards:
        _draw_card(root, card)
    return tostring(root, encoding="unicode")


def _draw_card(root: Element, placed: PlacedCard) -> None:
    card = placed.card
    classes = ["card", card.kind, *(["asks"] if card.asks else [])]
    group = SubElement(root, "g", {"class": " ".join(classes), "data-card": card.id})
    if card.lines:
        SubElement(group, "title").text = "\n".join((card.title, *card.lines))
    pill = not card.is_step
    box = {"x": placed.x, "y": placed.y, "width": placed.width, "height": placed.height}
    radius = min(placed.height / 2, 18) if pill else 7
    SubElement(group, "rect", {**{k: _px(v) for k, v in box.items()}, "rx": _px(radius)})
    base = placed.y + TITLE_HEIGHT - 8
    if pill:
        middle = placed.x + placed.width / 2
        _write(group, placed.title, middle, base, "title", TITLE_SIZE, anchor="middle")
        for n, line in enumerate(placed.lines, start=1):
            at = base + n * LINE_HEIGHT
            _write(group, line, middle, at, "line", LINE_SIZE, anchor="middle")
        return
    left, right = placed.x + PADDING, placed.x + placed.width - PADDING
    _write(group, placed.title, left, base, "title", TITLE_SIZE)
    _write(group, card.does, right, base, "does", LINE_SIZE, anchor="end")
    for n, line in enumerate(placed.lines, start=1):
        _write(group, line, left, base + 2 + n * LINE_HEIGHT, "line", LINE_SIZE)


def _draw_arrow(root: Element, placed: PlacedArrow) -> None:
    arrow = placed.arrow
    group = SubElement(
        root,
        "g",
        {
            "class": "arrow aside" if arrow.aside else "arrow",
            "data-from": arrow.source,
            "data-to": arrow.target,
            "data-ways": " ".join(arrow.labels),
        },
    )
    *line, (x, y) = placed.points
    before_x, before_y = line[-1]
    length = math.hypot(x - before_x, y - before_y) or 1.0
    along_x, along_y = (x - before_x) / length, (y - before_y) / length
    foot = (x - along_x * _HEAD, y - along_y * _HEAD)
    SubElement(group, "path", {"d": _rounded([*line, foot])})
    across_x, across_y = -along_y * _HEAD / 2, along_x * _HEAD / 2
    corners = (
        (x, y),
        (foot[0] + across_x, foot[1] + across_y),
        (foot[0] - across_x, foot[1] - across_y),
    )
    points = " ".join(f"{_px(left)},{_px(top)}" for left, top in corners)
    SubElement(group, "polygon", {"points": points})


def _write_words(root: Element, placed: PlacedArrow) -> None:
    if placed.at is not None:
        x, y = placed.at
        width = width_of(placed.words, WORD_SIZE) + 2
        box = {
            "x": x - width / 2,
            "y": y - WORD_SIZE / 2 - 1,
            "width": width,
            "height": WORD_SIZE + 2,
        }
        SubElement(root, "rect", {"class": "under", **{k: _px(v) for k, v in box.items()}})
        _write(root, placed.words, x, y + WORD_SIZE / 3, "words", WORD_SIZE, anchor="middle")


def _write(
    parent: Element,
    words: str,
    x: float,
    y: float,
    kind: str,
    size: float,
    *,
    anchor: str = "start",
) -> None:
    facts = {"x": _px(x), "y": _px(y), "class": kind, "font-size": _px(size)}
    if anchor != "start":
        facts["text-anchor"] = anchor
    SubElement(parent, "text", facts).text = words


def _rounded(points: Sequence[tuple[float, float]]) -> str:
    """A path through the points, its corners round as far as both sides have room."""
    (x, y), *rest = points
    path = [f"M{_px(x)} {_px(y)}"]
    before = (x, y)
    for corner, after in itertools.pairwise(rest):
        radius = min(CORNER, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        enters, leaves = _towards(corner, before, radius), _towards(corner, after, radius)
        path.append(f"L{_px(enters[0])} {_px(enters[1])}")
        path.append(f"Q{_px(corner[0])} {_px(corner[1])} {_px(leaves[0])} {_px(leaves[1])}")
        before = corner
    path.append(f"L{_px(rest[-1][0])} {_px(rest[-1][1])}")
    return "".join(path)


def _towards(
    start: tuple[float, float], end: tuple[float, float], far: float
) -> tuple[float, float]:
    length = math.dist(start, end) or 1.0
    return (
        start[0] + (end[0] - start[0]) * far / length,
        start[1] + (end[1] - start[1]) * far / length,
    )


def _px(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")
