"""A flow as a list holds everything that its drawing shows."""

from typing import Any

import pytest

from convo.drawing.chart import chart_of
from convo.drawing.outline import outlined
from tests.drawing.flows import examples


@pytest.mark.parametrize("name", examples())
def test_every_card_its_lines_and_every_way_are_in_the_list(name: str) -> None:
    chart = chart_of(examples()[name])
    listed: list[Any] = [*outlined(chart)]
    assert [each["id"] for each in listed] == [
        card.id for card in chart.cards if not card.id.startswith("end:")
    ]
    lines = {card.id: card.lines for card in chart.cards}
    assert all(each["lines"] == lines[each["id"]] for each in listed)
    ways = {(each["id"], way["to"], way["labels"]) for each in listed for way in each["ways"]}
    assert ways == {(arrow.source, arrow.target, arrow.labels) for arrow in chart.arrows}
