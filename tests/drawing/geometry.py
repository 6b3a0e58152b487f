"""Boxes and lines of a picture, and what of them touches what."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from convo.drawing.measure import width_of
from convo.drawing.placing import WORD_SIZE, Picture, PlacedArrow, PlacedCard

#: Touching is not crossing: what is nearer than this, in px, counts as a touch.
HAIR = 0.5
#: What is farther from its line than this, in px, is read as another line's.
NEAR = 8.0


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right - HAIR
            and other.left < self.right - HAIR
            and self.top < other.bottom - HAIR
            and other.top < self.bottom - HAIR
        )

    def has_on_its_border(self, x: float, y: float) -> bool:
        within = self.left - HAIR <= x <= self.right + HAIR
        within &= self.top - HAIR <= y <= self.bottom + HAIR
        inside = self.left + HAIR < x < self.right - HAIR
        return within and not (inside and self.top + HAIR < y < self.bottom - HAIR)


def box_of(card: PlacedCard) -> Box:
    return Box(card.x, card.y, card.x + card.width, card.y + card.height)


def words_box(arrow: PlacedArrow) -> Box | None:
    """The letters themselves, as wide as the picture thinks they are."""
    if arrow.at is None:
        return None
    (x, y), half = arrow.at, width_of(arrow.words, WORD_SIZE) / 2
    return Box(x - half, y - WORD_SIZE / 2, x + half, y + WORD_SIZE / 2)


def lines_of(arrow: PlacedArrow) -> Iterator[Box]:
    """Its lines between two corners; each is straight down or straight across."""
    for (x, y), (after_x, after_y) in itertools.pairwise(arrow.points):
        assert min(abs(x - after_x), abs(y - after_y)) < HAIR, "a line that is neither"
        left, right = sorted((x, after_x))
        top, bottom = sorted((y, after_y))
        yield Box(left - HAIR, top - HAIR, right + HAIR, bottom + HAIR)


def faults(picture: Picture) -> list[str]:
    """Everything that hides something else, or hangs in the air, in words."""
    found: list[str] = []
    cards = {card.card.id: box_of(card) for card in picture.cards}
    found += [
        f"cards {one} and {other} overlap"
        for (one, box), (other, its) in itertools.combinations(cards.items(), 2)
        if box.meets(its)
    ]
    words = [(arrow, box) for arrow in picture.arrows if (box := words_box(arrow)) is not None]
    for (one, box), (other, its) in itertools.combinations(words, 2):
        if box.meets(its):
            found.append(f'words "{one.words}" and "{other.words}" overlap')
    for arrow, box in words:
        found += [
            f'words "{arrow.words}" lie on {card}' for card, its in cards.items() if box.meets(its)
        ]
        for other in picture.arrows:
            if other is not arrow and any(line.meets(box) for line in lines_of(other)):
                ends = f"{other.arrow.source} to {other.arrow.target}"
                found.append(f'words "{arrow.words}" are crossed by {ends}')
    for arrow in picture.arrows:
        ends = (arrow.arrow.source, arrow.points[0]), (arrow.arrow.target, arrow.points[-1])
        for card, (x, y) in ends:
            if not cards[card].has_on_its_border(x, y):
                found.append(f"an arrow of {card} hangs in the air at {x}, {y}")
        for line in lines_of(arrow):
            found += [
                f"an arrow runs through {card}" for card, its in cards.items() if line.meets(its)
            ]
    whole = Box(-HAIR, -HAIR, picture.width + HAIR, picture.height + HAIR)
    inside = [*cards.values(), *(box for _, box in words)]
    found += [
        f"{box} lies outside"
        for box in inside
        if box.left < whole.left
        or box.top < whole.top
        or box.right > whole.right
        or box.bottom > whole.bottom
    ]
    return found


def strays(picture: Picture) -> list[str]:
    """Words that are so far from their line that they are read as another's."""
    found: list[str] = []
    for arrow in picture.arrows:
        if (box := words_box(arrow)) is None:
            continue
        near = Box(box.left - NEAR, box.top - NEAR, box.right + NEAR, box.bottom + NEAR)
        if not any(line.meets(near) for line in lines_of(arrow)):
            found.append(arrow.words)
    return found
