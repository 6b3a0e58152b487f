"""One browser for all tests of a module."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen.

    For one module: as long as it is open, its own event loop counts as running in this thread.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("this test needs chromium on the PATH: install the package chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield opened
        opened.close()
