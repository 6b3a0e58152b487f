"""Every page as people come upon it, in both widths, by day and by night, and in both languages:
what geometry and axe can judge. What eyes must judge is in docs/how-to/look-at-the-pages.md."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.console.geometry import faults_of
from tests.console.serving import serious_faults
from tests.console.sights import SCHEMES, WIDTHS, Sight, of_the_console, of_the_try_out
from tests.node_packages import install

#: Walks and the sights that each has at least: one that is cut short must not pass.
WALKS = ((of_the_console, 21), (of_the_try_out, 5))


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("axe")
    install(folder, "axe-core@4")
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")


def judged(sights: Iterator[Sight], axe: str, found: dict[str, list[str]]) -> Iterator[str]:
    for sight in sights:
        page = sight.page
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            where = f"{sight.name}, {sight.language}, {width} px"
            if faults := faults_of(page):
                found[where] = faults
        # Colours are the same at every width, and words in every colour.
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            if faults := serious_faults(page, axe):
                found[f"{sight.name}, {sight.language}, {scheme}"] = faults
        page.set_viewport_size({"width": WIDTHS[0], "height": 844})
        yield sight.name


@pytest.mark.parametrize(("walk", "least"), WALKS)
def test_nothing_is_cut_overlaps_stands_out_or_is_hard_to_read(
    browser: Browser, tmp_path: Path, axe: str, walk: Callable[..., Iterator[Sight]], least: int
) -> None:
    found: dict[str, list[str]] = {}
    # The pages let no other script in; axe is one.
    names = {*judged(walk(browser, tmp_path, bypass_csp=True), axe, found)}
    assert len(names) >= least
    assert not found, "\n".join(f"{where}: {faults}" for where, faults in found.items())
