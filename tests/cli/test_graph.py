"""`convo graph`: the file it writes, and what it says when it cannot."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Convo


@pytest.fixture
def flow(shop: Path) -> str:
    """The name of the shop's flow, written anew in two languages."""
    path = next((shop / "flows").glob("*.yaml"))
    path.write_text(
        f"flow: {path.stem}\nlanguages: [en, zh]\nstart: {{words: [hello]}}\nsteps:\n"
        "  ask: {confirm: {en: Shall we call?, zh: 需要回电吗？}, no: done,\n"
        "    silent: [{after: 2h, go: done}]}\n"
        "  call: {say: {en: We call., zh: 我们会致电。}}\n"
        "  done: {end: done}\n",
        "utf-8",
    )
    return path.stem


def test_a_flow_becomes_a_picture_that_is_called_like_it(
    convo: Convo, shop: Path, flow: str
) -> None:
    assert convo("-C", shop, "graph", flow).output.strip() == f"{flow}.svg"
    drawn = ElementTree.parse(shop / f"{flow}.svg").getroot()
    words = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"ask", "Shall we call?", "yes", "no · not understood · silent 2h"} <= {*words}


def test_the_ending_says_what_is_written_and_the_language_what_it_says(
    convo: Convo, shop: Path, flow: str
) -> None:
    for out, sign in (("a.mmd", "flowchart TD"), ("a.dot", "digraph"), ("a.svg", "<svg")):
        assert convo("-C", shop, "graph", flow, "-o", out, "--language", "zh").exit_code == 0
        written = (shop / out).read_text("utf-8")
        assert sign in written
        assert "需要回电吗？" in written
        assert "Shall we call?" not in written


def test_what_cannot_be_drawn_is_told_with_what_can(convo: Convo, shop: Path, flow: str) -> None:
    assert (
        f'There is no flow "{flow}s". Did you mean' in convo("-C", shop, "graph", f"{flow}s").output
    )
    said = convo("-C", shop, "graph", flow, "-o", "a.pdf")
    assert said.exit_code == 2
    assert '"a.pdf" does not end in one of .svg, .mmd, .dot' in said.output
    said = convo("-C", shop, "graph", flow, "--language", "fr")
    assert f'"{flow}" is not written in "fr". It is in en, zh.' in said.output
    said = convo("-C", shop, "graph", flow, "-o", "nowhere/a.svg")
    assert "nowhere/a.svg cannot be written: No such file or directory." in said.output
