"""Debian's Chromium, and a business tried out in it by a `convo dev` of its own."""

import re
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import written

#: A hang guard: nothing is asserted by it.
PATIENCE = 60_000
NONE: Mapping[str, str] = {}
TABLES = """
[server]

[channels.main]
provider = "console"
address = "12345"
price = "0.0079 USD"
path_token = "not-used-in-dev-at-all"
"""


@dataclass(kw_only=True)
class Dev:
    """`convo dev` in a folder of its own; its link is good once."""

    folder: Path
    port: int
    link: str
    process: "subprocess.Popen[str]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def flow(self, name: str) -> Path:
        return self.folder / "flows" / f"{name}.yaml"


@contextmanager
def developing(folder: Path, flows: Mapping[str, str] = NONE, *more: str) -> Generator[Dev]:
    """The repository's own business and these flows, tried out as long as the block is open."""
    written(folder, TABLES, flows)
    with trying_out(folder, *more) as dev:
        yield dev


@contextmanager
def trying_out(folder: Path, *more: str) -> Generator[Dev]:
    """The business of this folder, tried out as long as the block is open."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "convo.cli",
            "-C",
            folder,
            "dev",
            "--no-browser",
            "--port",
            str(port),
            *more,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http\S+", process.stdout.readline())
        assert found is not None
        yield Dev(folder=folder, port=port, link=found[0], process=process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(PATIENCE / 1_000) == 0
        finally:
            process.kill()
            process.stdout.close()


@dataclass(kw_only=True)
class Desk:
    """The page in a browser, and everything that the browser complained of or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])

    def phone(self, n: int = 0) -> Locator:
        return self.page.locator(".phone").nth(n)

    def text(self, text: str, n: int = 0) -> None:
        """Type it on a phone, and press Enter."""
        area = self.phone(n).locator("textarea")
        area.fill(text)
        area.press("Enter")

    def another(self, *, country: str = "", number: str = "", language: str = "") -> None:
        """One more phone, of this kind."""
        known = self.page.locator(".phone").count()
        self.page.click("#add summary")
        if country:
            self.page.select_option("#add [name=country]", country)
        self.page.fill("#add [name=number]", number)
        self.page.select_option("#add [name=language]", language)
        self.page.click("#add button")
        expect(self.page.locator(".phone")).to_have_count(known + 1, timeout=PATIENCE)

    def hears(self, part: str, n: int = 0) -> None:
        """The last text from us has this in it."""
        last = self.phone(n).locator(".ours .said").last
        expect(last).to_contain_text(part, timeout=PATIENCE)

    def here(self, step: str) -> None:
        """The drawing lights this step, and no other."""
        lit = self.page.locator("#picture .card.here")
        expect(lit).to_have_count(1, timeout=PATIENCE)
        expect(lit).to_have_attribute("data-card", f"step:{step}", timeout=PATIENCE)

    def says(self, place: str, part: str) -> None:
        expect(self.page.locator(place)).to_contain_text(part, timeout=PATIENCE)


@contextmanager
def sitting(browser: Browser, dev: Dev, locale: str, **more: Any) -> Generator[Desk]:
    """The page as somebody sees it whose browser speaks this language; it must complain of
    nothing and ask nobody else for anything."""
    context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 900}, **more)
    page = context.new_page()
    desk = Desk(page=page)
    page.on("console", lambda told: desk.complaints.append(f"{told.type}: {told.text}"))
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    page.on("request", lambda asked: desk.asked.append(asked.url))
    page.goto(dev.link)
    expect(page.locator("#picture svg")).to_be_visible(timeout=PATIENCE)
    try:
        yield desk
        assert desk.complaints == []
        assert [url for url in desk.asked if not url.startswith(dev.url)] == []
    finally:
        context.close()
