"""The frame of all pages in a browser: signing in, languages, narrow, dark, and read aloud."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from convo.console.frame import PAGES
from tests.console.browser import PATIENCE
from tests.console.serving import PASSWORD, Served, seated, serious_faults, served
from tests.node_packages import install

#: Pages that are there in every served business, whatever was said in it.
OPEN = [page.path for name, page in PAGES.items() if name != "try_out"]


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served") / "shop", ("viewer", "admin")) as business:
        yield business


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("axe")
    install(folder, "axe-core@4")
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_no_page_has_a_serious_fault_or_stands_out_of_a_narrow_screen(
    browser: Browser, business: Served, axe: str, scheme: str, locale: str
) -> None:
    narrow = {"width": 390, "height": 844}
    # The pages let no other script in; axe is one.
    with seated(
        browser, business, color_scheme=scheme, locale=locale, viewport=narrow, bypass_csp=True
    ) as seat:
        seat.opens("/console/sign-in")
        assert serious_faults(seat.page, axe) == []
        assert seat.fits()
        seat.signs_in("admin")
        for path in OPEN:
            seat.opens(path)
            assert serious_faults(seat.page, axe) == [], path
            assert seat.fits(), path


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
