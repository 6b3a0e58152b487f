"""A flow as a list: every card of its drawing with the ways that leave it, in words."""

from collections.abc import Iterator, Mapping

from convo.drawing.chart import FINISH, Chart


def outlined(chart: Chart) -> Iterator[Mapping[str, object]]:
    """Each card in the order of the file; an end without a card of its own is only led to."""
    titles = {card.id: card.title for card in chart.cards}
    for card in chart.cards:
        if card.kind == FINISH:
            continue
        yield {
            "id": card.id,
            "title": card.title,
            "does": card.does,
            "lines": card.lines,
            "ways": [
                {
                    "words": [word for word in arrow.words if word],
                    "to": arrow.target,
                    "title": titles[arrow.target],
                    "labels": arrow.labels,
                }
                for arrow in chart.arrows
                if arrow.source == card.id
            ],
        }
