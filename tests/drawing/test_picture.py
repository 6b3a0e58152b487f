"""In no picture does anything hide anything else, and hostile texts stay texts."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from convo.drawing.chart import chart_of
from convo.drawing.measure import clipped, printable, width_of, wrapped
from convo.drawing.placing import Picture, placed
from convo.drawing.svg import svg_of
from convo.drawing.wording import PageLanguage
from tests.drawing.flows import HOSTILE, examples, forty_steps, read
from tests.drawing.geometry import faults, strays

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES: tuple[PageLanguage, ...] = ("en", "zh")


def picture(name: str, language: PageLanguage) -> Picture:
    return placed(chart_of(examples()[name], texts=language, page=language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", examples())
def test_nothing_hides_anything_in_an_example(name: str, language: PageLanguage) -> None:
    drawn = picture(name, language)
    assert (faults(drawn), strays(drawn)) == ([], [])


def test_nothing_hides_anything_among_forty_steps() -> None:
    flow = forty_steps()
    assert len(flow.steps) == 40
    drawn = placed(chart_of(flow))
    assert (faults(drawn), strays(drawn)) == ([], [])


def test_a_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = placed(chart_of(forty_steps()))
    monkeypatch.setattr("convo.drawing.placing.CARD_WIDTH", 60.0)
    assert faults(placed(chart_of(forty_steps()))) == [], "narrow cards are no fault by themselves"
    first, second, *_ = whole.cards
    object.__setattr__(second, "x", first.x)
    object.__setattr__(second, "y", first.y)
    found = faults(whole)
    assert any("overlap" in fault for fault in found)
    assert any("hangs in the air" in fault for fault in found)


def test_the_same_flow_is_drawn_the_same_every_time() -> None:
    assert svg_of(placed(chart_of(forty_steps()))) == svg_of(placed(chart_of(forty_steps())))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_stays_a_text(hostile: str) -> None:
    quoted = hostile.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    flow = read(f'flow: drawn\nsteps:\n  a: {{say: "{quoted}"}}\n  b: {{end: done}}\n')
    drawn = ElementTree.fromstring(svg_of(placed(chart_of(flow))))
    texts = [element.text or "" for element in drawn.iter(f"{SVG}title")]
    assert any(printable(hostile) in printable(text) for text in texts)
    assert {element.tag.removeprefix(SVG) for element in drawn.iter()} <= {
        "svg", "style", "rect", "g", "title", "text", "path", "polygon",
    }  # fmt: skip
    assert not any(name.startswith("on") for each in drawn.iter() for name in each.attrib)


def test_in_a_page_the_picture_brings_no_style_of_its_own() -> None:
    markup = svg_of(placed(chart_of(forty_steps())), alone=False)
    assert "<style" not in markup
    assert "style=" not in markup


def test_no_line_begins_with_a_closing_mark_and_none_is_wider_than_its_room() -> None:
    for words in (
        "您想约什么时间？例如“明天下午三点”。" * 3,
        "Which day and time would suit you? " * 4,
    ):
        lines = wrapped(words, 150, 12, 9)
        assert all(width_of(line, 12) <= 150 for line in lines)
        assert not any(line[0] in "。，？”" for line in lines)
        assert "".join(lines).replace(" ", "").rstrip("…") in words.replace(" ", "")
    assert clipped("a" * 100, 50, 12).endswith("…")


def test_a_picture_stands_alone_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "drawn.svg"
    chart = chart_of(forty_steps())
    path.write_text(svg_of(placed(chart)), "utf-8")
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}style") is not None
    cards = [group.get("data-card") for group in root.iter(f"{SVG}g") if group.get("data-card")]
    assert cards == [card.id for card in chart.cards]
