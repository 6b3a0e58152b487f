"""Where the words of arrows stand: on their own line or beside it, and on nothing else.

The layout reserves a place for them; where a later line runs through it, another is sought.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

#: Px that words keep clear of what is not theirs, and px between two places that are tried along a
#: line: at first with room to spare, then wherever they just fit.
_WIDELY, _CLOSELY = (2.0, 6.0), (1.0, 1.0)
#: Px around a corner that are a part of it.
_TURN = 8.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its sides, in px."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether they share more than a rim."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An arrow's line, and the room that its words take; 0 by 0 without words."""

    points: Sequence[Point]
    width: float
    height: float
    #: Where the layout would have the words.
    anchor: Point


def places(lines: Sequence[Line], cards: Sequence[Box]) -> list[Point | None]:
    """The middle of each line's words; None where there are none."""
    runs = [[*_boxes(line.points)] for line in lines]
    taken: list[Box] = []
    found: list[Point | None] = []
    for n, line in enumerate(lines):
        if not line.width:
            found.append(None)
            continue
        foreign = [box for m, run in enumerate(runs) if m != n for box in run]
        hidden = (*cards, *foreign, *taken)
        at = _place(line, runs[n], hidden, _WIDELY) or _place(line, runs[n], hidden, _CLOSELY)
        taken.append(_around(at or line.anchor, line, _WIDELY[0]))
        found.append(at or line.anchor)
    return found


def _place(
    line: Line, run: Sequence[Box], hidden: Sequence[Box], pace: tuple[float, float]
) -> Point | None:
    """Where the words may stand, on their line or beside it."""
    clear, step = pace
    on_it = (*_own(line, run, clear), *_along(line.points, step))
    sides = (*_sides(line, clear),)
    beside = ((x + across, y + down) for across, down in sides for x, y in on_it)
    return _first(itertools.chain(on_it, beside), line, hidden, clear)


def _first(tried: Iterable[Point], line: Line, hidden: Sequence[Box], clear: float) -> Point | None:
    """The first place that is free and at no corner; else the first that is free."""
    spare: Point | None = None
    for at in tried:
        box = _around(at, line, clear)
        turns = _turns(line.points, box)
        if (turns and spare) or not _free(box, hidden):
            continue
        if not turns:
            return at
        spare = at
    return spare


def _own(line: Line, run: Sequence[Box], clear: float) -> Sequence[Point]:
    """Where the layout would have the words, if their line is there: some lines go another way."""
    box = _around(line.anchor, line, clear)
    return [line.anchor] if any(box.meets(part) for part in run) else []


def _free(box: Box, hidden: Sequence[Box]) -> bool:
    return not any(box.meets(other) for other in hidden)


def _turns(points: Sequence[Point], box: Box) -> bool:
    """Whether a line turns under it: words there make one line look like two."""
    return any(
        box.left - _TURN < x < box.right + _TURN and box.top - _TURN < y < box.bottom + _TURN
        for x, y in points[1:-1]
    )


def _around(at: Point, line: Line, clear: float) -> Box:
    across, down = line.width / 2 + clear, line.height / 2 + clear
    return Box(at[0] - across, at[1] - down, at[0] + across, at[1] + down)


def _along(points: Sequence[Point], step: float) -> Iterator[Point]:
    """Places on the line, from its beginning: nearest to the step that is left by it."""
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        length = abs(to_x - x) + abs(to_y - y)  # every line is straight across or straight down
        for n in range(1, int(length / step)):
            share = n * step / length
            yield x + (to_x - x) * share, y + (to_y - y) * share


def _sides(line: Line, clear: float) -> Iterator[Point]:
    """How far words move: beside their line, above or below it where it leads across, and, last of
    all, sideways on it, where others leave them no more room."""
    away, off = line.width / 2 + 2 * clear, line.height / 2 + 2 * clear
    yield from ((away, 0), (-away, 0), (0, -off), (0, off))
    for share in (0.25, 0.4):
        yield from ((line.width * share, 0), (-line.width * share, 0))


def _boxes(points: Sequence[Point]) -> Iterator[Box]:
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        yield Box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))
