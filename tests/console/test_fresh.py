"""Pages that stand open show what is new by themselves, and take nothing from who reads them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE
from tests.console.serving import Served, seated, served
from tests.console.test_conversations import ANN, MEI, opened, said, text


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served") / "shop", ("agent",)) as business:
        text(business, MEI, "预约")
        yield business


def test_a_conversation_goes_on_before_the_eyes_of_who_reads_it(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business) as seat:
        seat.signs_in("agent")
        said(seat, MEI, "请问需要什么服务？")
        page = seat.page
        why = page.locator(".turn summary").first
        why.click()
        why.focus()
        page.evaluate("document.querySelector('.theirs .said').dataset.mark = 'the same'")
        text(business, MEI, "1")
        expect(page.locator(".theirs .said")).to_have_text(["预约", "1"], timeout=PATIENCE)
        expect(page.locator(".ours .said").last).to_contain_text("您想约什么时间", timeout=PATIENCE)
        expect(page.locator("aside")).to_contain_text("Haircut", timeout=PATIENCE)
        expect(page.locator("#news")).to_contain_text("New texts: ")
        # What was there is the same element, unfolded and in focus as before.
        expect(page.locator(".turn details").first).to_have_attribute("open", "")
        expect(why).to_be_focused()
        assert page.locator("details[open]").count() == 1


def test_the_list_has_who_wrote_last_at_its_top_and_what_was_sought_stays(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business) as seat, seated(browser, business) as other:
        for each in (seat, other):
            each.signs_in("agent")
            said(each, MEI, "请问需要什么服务？")
            each.opens("/console/conversations")
        page = seat.page
        other.page.fill("[name=q]", MEI)
        other.page.click(".search button")
        expect(other.page.locator(".talks .who")).to_have_text([MEI])
        page.fill("[name=q]", "half a wo")
        page.locator(".talks a").first.focus()
        text(business, ANN, "book")
        expect(page.locator(".talks .who")).to_have_text([ANN, MEI], timeout=PATIENCE)
        expect(page.locator(".head .hint")).to_have_text("2 in all")
        expect(page.locator(".talks a", has_text=MEI)).to_be_focused()
        expect(page.locator("[name=q]")).to_have_value("half a wo")
        # The other page has been open for as long.
        assert sum(url.endswith("/conversations") for url in other.asked) <= 5
        expect(other.page.locator(".talks .who")).to_have_text([MEI])


def test_a_page_that_nobody_sees_asks_for_nothing_until_it_is_seen(
    browser: Browser, business: Served
) -> None:
    hidden = "Object.defineProperty(document, 'visibilityState', {value: '%s', configurable: true})"
    with seated(browser, business) as seat:
        seat.signs_in("agent")
        opened(seat, MEI)
        page = seat.page
        page.clock.install()
        seat.opens("/console/health")
        change = "document.dispatchEvent(new Event('visibilitychange'))"
        page.evaluate(f"{hidden % 'hidden'}; {change}")
        asked = len(seat.asked)
        page.clock.run_for(60_000)
        # The browser asks for its little picture when it likes.
        assert [url for url in seat.asked[asked:] if not url.endswith("icon.svg")] == []
        with page.expect_request("**/console/health"):
            page.evaluate(f"{hidden % 'visible'}; {change}")


def test_who_is_signed_out_and_a_server_that_is_gone_are_told_of(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path / "shop", ("agent",)) as business, seated(browser, business) as seat:
        seat.signs_in("agent")
        seat.opens("/console/health")
        page = seat.page
        page.route("**/console/health", lambda route: route.abort())
        expect(page.locator("#news")).to_contain_text("does not answer", timeout=PATIENCE)
        page.unroute("**/console/health")
        expect(page.locator("#news")).to_have_text("", timeout=PATIENCE)
        page.context.clear_cookies()
        expect(page.locator("#news")).to_contain_text("You are signed out", timeout=PATIENCE)
        assert all("net::ERR" in each or "401" in each for each in seat.complaints)
        seat.complaints.clear()
