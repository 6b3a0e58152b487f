"""Pictures of every page as it can be, for looking at: `make screenshots ALL=FOLDER`.

Of each sight there is a sheet for each width: English and 中文, by day and by night.
"""

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from tests.console.sights import SCHEMES, WIDTHS, Sight, of_the_console, of_the_try_out

HEIGHTS = {1280: 860, 390: 844}
LONGEST = 1_900
"""Pixels of a page that a picture shows: what is below repeats what is above."""

SHEET = """<style>body {{ margin: 0; display: grid; gap: 12px; background: #888;
grid-template-columns: repeat({columns}, {width}px) }} img {{ display: block }}</style>{pictures}"""


def taken(sight: Sight, folder: Path) -> None:
    """This page in both widths, by day and by night."""
    page = sight.page
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            high = min(LONGEST, page.evaluate("document.documentElement.scrollHeight"))
            page.screenshot(
                path=folder / f"{sight.name}.{width}.{scheme}.{sight.language}.png",
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": max(high, HEIGHTS[width])},
            )
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHTS[WIDTHS[0]]})


def sheets(browser: Browser, folder: Path) -> Iterator[Path]:
    """What is alike beside each other."""
    page = browser.new_page(viewport={"width": 1640, "height": 900})
    for width, columns in ((1280, 1), (390, 4)):
        for name in sorted({each.name.split(".")[0] for each in folder.glob(f"*.{width}.*.png")}):
            found = sorted(folder.glob(f"{name}.{width}.*.png"))
            # Of wide ones two suffice: the language and the light change no line of them.
            some = found if columns > 1 else [each for each in found if "light.en" in each.name]
            some += [each for each in found if "dark.zh" in each.name] if columns == 1 else []
            pictures = "".join(
                f'<img src="data:image/png;base64,{base64.b64encode(each.read_bytes()).decode()}">'
                for each in some
            )
            page.set_content(SHEET.format(columns=columns, width=width, pictures=pictures))
            sheet = folder / f"sheet.{name}.{width}.png"
            page.locator("body").screenshot(path=sheet)
            yield sheet
    page.close()


def take_all(browser: Browser, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for walk in (of_the_console, of_the_try_out):
            for sight in walk(browser, Path(scratch)):
                taken(sight, folder)
                print(sight.name, sight.language, flush=True)
    for sheet in sheets(browser, folder):
        print(sheet, flush=True)
