"""A business that is served with its console, and a browser at it that must not complain."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.console.browser import PATIENCE
from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import Serving, written

PASSWORD = "a quiet afternoon"
TABLES = """
[server]
bind = "127.0.0.1:{port}"

[console]

[channels.main]
provider = "console"
address = "12345"
price = "0.0079 USD"
path_token = "{token}"
"""
TOKEN = "not-used-by-anybody-else"


@dataclass(kw_only=True)
class Served:
    """`convo run` in a folder, with a person for each role."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def let_in(folder: Path, roles: tuple[str, ...]) -> None:
    """A person for each of these roles, of the same name."""
    for role in roles:
        # In a process of its own: the browser's event loop counts as running in this one.
        subprocess.run(
            [sys.executable, "-m", "convo.cli", "-C", folder, "user", "add", role, "--role", role],
            input=f"{PASSWORD}\n",
            text=True,
            stdout=subprocess.DEVNULL,
            check=True,
        )


@contextmanager
def served(folder: Path, roles: tuple[str, ...] = ("admin",)) -> Generator[Served]:
    """The repository's own business, served as long as the block is open."""
    (port,) = free_ports(1)
    written(folder, TABLES.format(port=port, token=TOKEN), {})
    let_in(folder, roles)
    serving = Serving(folder, {})
    serving.start()
    try:
        yield Served(folder=folder, port=port)
        serving.stop()
    finally:
        serving.kill()


@dataclass(kw_only=True)
class Seat:
    """A browser at the console, and everything that it complained of or asked for."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])

    def opens(self, path: str) -> None:
        self.page.goto(self.url + path)

    def signs_in(self, name: str, password: str = PASSWORD) -> None:
        self.opens("/console/sign-in")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", password)
        self.page.click("button.main")
        expect(self.page.locator("a.me")).to_contain_text(name, timeout=PATIENCE)


@contextmanager
def seated(browser: Browser, served: Served, **more: Any) -> Generator[Seat]:
    """It must complain of nothing, and ask nobody else for anything."""
    context = browser.new_context(
        **{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **more}
    )
    page = context.new_page()
    seat = Seat(page=page, url=served.url)
    page.on("console", lambda told: seat.complaints.append(f"{told.type}: {told.text}"))
    page.on("pageerror", lambda error: seat.complaints.append(str(error)))
    page.on("request", lambda asked: seat.asked.append(asked.url))
    try:
        yield seat
        assert seat.complaints == []
        assert [url for url in seat.asked if not url.startswith(f"{served.url}/")] == []
    finally:
        context.close()


def serious_faults(page: Page, axe: str) -> list[str]:
    """What axe finds on the page as it stands."""
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((told) => told.violations)")
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
