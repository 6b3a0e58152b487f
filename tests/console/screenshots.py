"""Makes the pictures of docs/pictures anew, `make screenshots`; or, for looking at, one of every
page as it can be, `make screenshots ALL=FOLDER`."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console.all_pictures import take_all
from tests.console.browser import PATIENCE, developing
from tests.console.serving import Seat, Served, seated, served
from tests.console.test_conversations import opened, said, text
from tests.end_to_end.serving import ROOT

PICTURES = ROOT / "docs" / "pictures"
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
MEI = "+8613800138001"
CUSTOMERS = (
    ("+12025550123", ("book", "1", "tomorrow 3pm")),
    ("+12025550124", ("book", "2", "what do you mean?")),
    ("+8613800138002", ("预约", "1")),
    ("+12025550125", ("hello",)),
    ("+12025550126", ("not happy", "My colour is wrong")),
    ("+8613800138003", ("调查", "好的")),
    ("+12025550127", ("book", "STOP")),
    ("+12025550128", ("opening hours",)),
    (MEI, ("预约", "1", "明天下午三点")),
)


def picture(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


def of_the_console(seat: Seat, business: Served) -> None:
    """The served pages, in the order in which the how-to shows them."""
    page = seat.page
    seat.opens("/console/sign-in")
    picture(page, "sign-in")
    seat.signs_in("admin")
    for number, texts in CUSTOMERS:
        text(business, number, *texts)
    said(seat, MEI, "确认请回复")
    page.locator("summary").nth(1).click()
    picture(page, "conversation")
    seat.opens("/console/conversations")
    picture(page, "conversations")
    seat.opens("/console/flows")
    picture(page, "flows")
    seat.opens("/console/flows/booking")
    picture(page, "flow")
    seat.opens("/console/health")
    picture(page, "health")


def main(everything: Path | None) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("This needs chromium on the PATH: install the package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        if everything is None:
            of_the_docs(browser)
        else:
            take_all(browser, everything)
        browser.close()


def of_the_docs(browser: Browser) -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        with served(Path(folder) / "served") as business:
            with seated(browser, business, viewport=WIDE) as seat:
                of_the_console(seat, business)
            narrow = {"viewport": NARROW, "locale": "zh-CN", "color_scheme": "dark"}
            with seated(browser, business, **narrow) as seat:
                seat.signs_in("admin")
                opened(seat, MEI)
                picture(seat.page, "conversation-narrow")
        with developing(Path(folder) / "tried") as dev:
            page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-GB")
            page.goto(dev.link)
            area = page.locator(".phone textarea").first
            for words in ("book", "1"):
                area.fill(words)
                area.press("Enter")
                page.wait_for_timeout(1_500)
            # The flow is drawn anew when the phone comes into another.
            expect(page.locator("#flow")).to_have_value("booking", timeout=PATIENCE)
            expect(page.locator("#picture .here")).to_be_visible(timeout=PATIENCE)
            picture(page, "try-it")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
