"""Flows as staff see them: drawn, with who waits where and what the texts cost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE
from tests.console.serving import Served, seated, served
from tests.console.test_conversations import ANN, MEI, text


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served") / "shop", ("viewer",)) as business:
        text(business, MEI, "预约", "1")
        text(business, ANN, "book")
        yield business


def test_a_flow_is_drawn_with_who_waits_where_and_what_its_texts_cost(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business) as seat:
        seat.signs_in("viewer")
        page = seat.page
        seat.opens("/console/flows")
        row = page.locator("tbody tr", has=page.get_by_role("link", name="booking", exact=True))
        for _ in range(1_000):
            if row.locator("td").last.text_content() == "2":
                break
            page.wait_for_timeout(60)
            seat.opens("/console/flows")
        expect(row.locator("td").last).to_have_text("2")
        row.get_by_role("link").click()
        expect(page.locator(".picture svg [data-card='step:menu']")).to_contain_text(
            "What can we do for you?", timeout=PATIENCE
        )
        waits = page.locator("section", has=page.get_by_role("heading", name="Who waits where"))
        expect(waits.locator("tbody tr")).to_have_text(["menu1", "day1"])
        costs = page.locator("section", has=page.get_by_role("heading", name="What the texts cost"))
        expect(costs.locator("tbody th")).to_have_text(["English", "中文"])
        expect(page.locator(".every li").first).to_contain_text("1 × GSM-7 · 0.0079 USD")
        page.locator(".choices").get_by_role("link", name="中文").click()
        expect(page.locator(".picture svg [data-card='step:menu']")).to_contain_text("剪发")
        expect(page.locator(".every li").first).to_contain_text("1 × UCS-2")


def test_there_is_a_page_for_a_flow_that_is_none(browser: Browser, business: Served) -> None:
    with seated(browser, business) as seat:
        seat.signs_in("viewer")
        seat.opens("/console/flows/nothing")
        expect(seat.page.get_by_role("heading", name="There is no such page")).to_be_visible()
        assert all("404" in each for each in seat.complaints)
        seat.complaints.clear()


def test_a_flow_is_a_list_too_and_is_shown_from_its_first_step_on(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business, viewport={"width": 390, "height": 844}) as seat:
        seat.signs_in("viewer")
        page = seat.page
        seat.opens("/console/flows/booking")
        expect(page.locator(".picture [data-card='step:menu']")).to_be_in_viewport(timeout=PATIENCE)
        page.locator(".as-list summary").click()
        menu = page.locator("[id='list-step:menu']")
        expect(menu).to_contain_text("What can we do for you?")
        menu.get_by_role("link", name="to day").click()
        expect(page.locator("[id='list-step:day']")).to_be_in_viewport()
