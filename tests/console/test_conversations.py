"""Conversations as staff see them: listed, sought and read, with what became of every text."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE
from tests.console.serving import TOKEN, Seat, Served, seated, served

MEI, ANN, EVE, TWICE = "+8613800000001", "+12025550123", "+12025550124", "+12025550125"
HOSTILE = "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">"


def text(business: Served, number: str, *texts: str) -> None:
    for each in texts:
        answer = httpx.post(
            f"{business.url}/in/main/{TOKEN}", json={"from": number, "text": each}, trust_env=False
        )
        assert answer.status_code == 200


def said(seat: Seat, number: str, words: str) -> None:
    """Wait until we have said this: turns are taken beside the pages."""
    page = seat.page
    for _ in range(1_000):
        opened(seat, number)
        if page.locator(".ours .said", has_text=words).count():
            return
        page.wait_for_timeout(60)
    raise AssertionError(f"{words} was never said")


def opened(seat: Seat, number: str) -> None:
    seat.opens("/console/conversations")
    found = seat.page.locator(".talks a", has=seat.page.locator(".who", has_text=number))
    expect(found).to_have_count(1, timeout=PATIENCE)
    found.click()
    expect(seat.page.get_by_role("heading", name=number)).to_be_visible(timeout=PATIENCE)


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "shop"
    with served(folder, ("viewer", "agent")) as business:
        with seated(browser, business) as seat:
            seat.signs_in("viewer")
            seat.opens("/console/conversations")
            expect(seat.page.get_by_text("Nobody has written yet.")).to_be_visible()
        text(business, MEI, "预约", "1")
        text(business, ANN, "book", "STOP")
        text(business, EVE, HOSTILE)
        yield business


def test_a_conversation_is_read_with_its_statuses_and_why(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business) as seat:
        seat.signs_in("agent")
        said(seat, MEI, "您想约什么时间？")
        page = seat.page
        expect(page.locator(".theirs .said")).to_have_text(["预约", "1"])
        expect(page.locator(".ours .fate").first).to_contain_text("with the provider · 0.0079 USD")
        expect(page.locator("aside")).to_contain_text("Haircut")
        page.locator("summary").first.click()
        expect(page.locator("details[open]")).to_contain_text('the word "预约"')
        expect(page.locator("details[open]")).to_contain_text("A message was let through")
        page.get_by_role("link", name="中文").click()
        expect(page.locator("aside")).to_contain_text("剪发")
        expect(page.locator(".ours .fate").first).to_contain_text("已交给服务商")
        page.locator("summary").first.click()
        expect(page.locator("details[open]")).to_contain_text("放行了一条短信")
        # Nothing of an address gives the number away.
        assert MEI.lstrip("+") not in page.url


def test_a_text_that_was_not_taken_for_its_id_is_shown_with_why(
    browser: Browser, business: Served
) -> None:
    for words in ("book", "and at four?", "and at four?"):
        answer = httpx.post(
            f"{business.url}/in/main/{TOKEN}",
            json={"from": TWICE, "text": words, "id": "x1"},
            trust_env=False,
        )
        assert answer.status_code == 200
    with seated(browser, business) as seat:
        seat.signs_in("agent")
        said(seat, TWICE, "hair")
        page = seat.page
        theirs = sorted(page.locator(".theirs .said").all_inner_texts())
        assert theirs == ["and at four?", "book"]
        expect(page.locator(".aside-note")).to_have_text(
            'A second text came under the same id, with other words: "and at four?" on main. '
            "It was not taken."
        )


def test_a_search_finds_numbers_words_and_those_who_have_stopped(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business) as seat:
        seat.signs_in("agent")
        said(seat, ANN, "no more texts")
        seat.opens("/console/conversations")
        page = seat.page

        def finds(q: str, *numbers: str, which: str = "all") -> None:
            page.fill("[name=q]", q)
            page.select_option("[name=which]", which)
            page.click(".search button")
            expect(page.locator(".talks .who")).to_have_text([*numbers])
            expect(page.locator("[name=q]")).to_have_value(q)

        finds("138 0000 0001", MEI)
        finds("预约", MEI)
        finds("SCRIPT", EVE)
        finds("", ANN, which="stopped")
        page.fill("[name=q]", "nobody says this")
        page.select_option("[name=which]", "all")
        page.click(".search button")
        expect(page.locator(".empty")).to_contain_text("Nothing fits.")


def test_who_may_only_look_sees_no_whole_number_and_cannot_find_one_out(
    browser: Browser, business: Served
) -> None:
    text(business, EVE, f"call me at {MEI}")
    with seated(browser, business) as seat:
        seat.signs_in("viewer")
        page = seat.page
        opened(seat, "+1202****24")
        expect(page.locator(".theirs .said").last).to_have_text("call me at +8613****01")
        assert all(number not in page.content() for number in (MEI, ANN, EVE))
        seat.opens("/console/conversations")
        assert all(number not in page.content() for number in (MEI, ANN, EVE))
        page.fill("[name=q]", ANN)
        page.click(".search button")
        expect(page.locator(".empty")).to_contain_text("Nothing fits.")


def test_a_hostile_text_is_shown_as_it_is_and_nothing_runs(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business) as seat:
        seat.signs_in("agent")
        opened(seat, EVE)
        expect(seat.page.locator(".theirs .said").first).to_have_text(HOSTILE)
        assert EVE in seat.page.title()
        assert seat.page.locator(".chat script, .chat img").count() == 0


def test_a_conversation_opens_at_its_newest_text_and_leads_there_by_keyboard(
    browser: Browser, business: Served
) -> None:
    with seated(browser, business, viewport={"width": 390, "height": 640}) as seat:
        seat.signs_in("agent")
        text(business, MEI, "明天下午三点", "行吗", "好吗")
        said(seat, MEI, "确认请回复")
        page = seat.page
        expect(page.locator(".theirs")).to_have_count(5, timeout=PATIENCE)
        first, last = (page.locator(".turn").nth(n) for n in (0, -1))
        expect(last).to_be_in_viewport(ratio=0.3)
        expect(first).not_to_be_in_viewport()
        # Who reads farther up stays there, whatever comes.
        page.locator("#chat").focus()
        page.keyboard.press("Home")
        expect(first.locator(".said").first).to_be_in_viewport()
        text(business, MEI, "好")
        expect(page.locator(".theirs .said").last).to_have_text("好", timeout=PATIENCE)
        expect(first.locator(".said").first).to_be_in_viewport()
        # The link leads there who hears the page, or has no mouse.
        page.get_by_role("link", name="To the newest text").focus()
        page.keyboard.press("Enter")
        expect(last).to_be_in_viewport(ratio=0.3)
        page.keyboard.press("Tab")
        expect(last.locator("summary")).to_be_focused()
        # And whoever is there sees what comes.
        page.locator("#chat").focus()
        page.keyboard.press("End")
        text(business, MEI, "谢谢")
        expect(page.locator(".theirs .said").last).to_have_text("谢谢", timeout=PATIENCE)
        expect(page.locator(".ours .said").last).to_be_in_viewport(timeout=PATIENCE)
