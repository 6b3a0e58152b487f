"""The frame of all pages in a browser: signing in, languages, and what takes long."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE
from tests.console.serving import PASSWORD, Served, seated, served


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served") / "shop", ("viewer", "admin")) as business:
        yield business


def test_somebody_signs_in_changes_the_password_and_signs_out(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business) as seat:
        page = seat.page
        seat.opens("/console/account")
        page.fill("[name=name]", "viewer")
        page.fill("[name=password]", "guessed, and wrong")
        page.click("button.main")
        expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
        # The browser itself tells of every answer that is no success.
        assert all("401" in each for each in seat.complaints)
        seat.complaints.clear()
        page.fill("[name=password]", PASSWORD)
        page.click("button.main")
        expect(page.get_by_role("heading", name="Your account")).to_be_visible(timeout=PATIENCE)
        for name, typed in (("old", PASSWORD), ("new", "another day"), ("again", "another day")):
            page.fill(f"[name={name}]", typed + " of quiet")
        page.click("button.main")
        expect(page.get_by_role("alert")).to_have_text(
            "The current password is not right. Type all three again."
        )
        seat.complaints.clear()
        for name, typed in (("old", PASSWORD), ("new", "another day"), ("again", "another day")):
            page.fill(f"[name={name}]", typed + " of quiet")
        page.fill("[name=old]", PASSWORD)
        page.click("button.main")
        expect(page.get_by_text("Changed.")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("link", name="中文").click()
        expect(page.get_by_role("heading", name="我的账户")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "zh")
        page.get_by_role("button", name="退出").click()
        # What was chosen stays.
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        seat.opens("/console/account")
        expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_what_takes_longer_than_a_moment_is_shown(browser: Browser, business: Served) -> None:
    with seated(browser, business) as seat:
        seat.signs_in("admin")
        page = seat.page
        expect(page.locator("#progress")).to_be_hidden()
        # The link is followed by nobody here, which is as long as it can take.
        page.evaluate("addEventListener('click', (event) => event.preventDefault())")
        page.locator("a.me").click()
        expect(page.locator("#progress")).to_be_visible(timeout=PATIENCE)
        page.evaluate("dispatchEvent(new Event('pageshow'))")
        expect(page.locator("#progress")).to_be_hidden()
