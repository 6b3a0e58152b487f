"""The pictures of the docs: each is there, and made by `make screenshots`."""

import re

from tests.console import screenshots
from tests.end_to_end.serving import ROOT


def test_every_picture_that_a_page_shows_is_made_by_the_command() -> None:
    shown = {
        name
        for page in (ROOT / "docs").rglob("*.md")
        for name in re.findall(r"pictures/([a-z-]+)\.png", page.read_text("utf-8"))
    }
    source = (ROOT / "tests" / "console" / "screenshots.py").read_text("utf-8")
    assert shown == set(re.findall(r'picture\((?:seat\.)?page, "([a-z-]+)"\)', source))
    assert shown == {file.stem for file in screenshots.PICTURES.glob("*.png")}
    assert len(shown) == 8
