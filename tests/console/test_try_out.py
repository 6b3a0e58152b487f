"""Texting the business from the page: by phone, through time, and while its flows change."""

from pathlib import Path

from playwright.sync_api import Browser, Route, expect

from tests.console.browser import PATIENCE, developing, sitting


def test_a_visit_is_booked_by_phone_while_the_flow_lights_its_steps(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        desk.here("menu")
        desk.text("1")
        desk.hears("Which day and time?")
        desk.here("day")
        # Not tomorrow: in the afternoon the reminder of the day before would come at once.
        desk.text("in 5 days 3pm")
        desk.hears("Reply YES to book it")
        desk.here("sure")
        desk.says("#standing", "Haircut")
        desk.text("yes")
        desk.hears("Booked!")
        desk.says("#why", "booking: from sure by yes to book.")
        walked = desk.page.locator("#picture .arrow.walked")
        expect(walked).to_have_count(5, timeout=PATIENCE)
        expect(desk.phone().locator(".ours .cost").last).to_contain_text("1 part · GSM-7")
        # The day before the visit comes at once.
        desk.page.click("[data-by=next]")
        desk.hears("expects you")
        desk.here("remind")


def test_in_chinese_the_customer_and_the_page_are_spoken_to_in_chinese(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "zh-CN") as desk:
        expect(desk.page.get_by_role("button", name="发送")).to_be_visible()
        desk.text("预约")
        desk.hears("请问需要什么服务？")
        desk.here("menu")
        expect(desk.page.locator("#picture [data-card='step:menu']")).to_contain_text("剪发")
        desk.text("1")
        desk.hears("您想约什么时间？")
        desk.says("#standing", "剪发")
        desk.text("明天下午三点")
        desk.hears("确认请回复")
        # Half an hour of silence: it is asked again.
        desk.page.click("[data-by=next]")
        expect(desk.phone().locator(".ours")).to_have_count(4, timeout=PATIENCE)


def test_silence_is_travelled_through_and_stop_wins(browser: Browser, tmp_path: Path) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        desk.page.click("[data-by='10m']")
        desk.hears("Still there?")
        desk.text("stop")
        desk.says("#why", "Consent to everything: withdrawn.")
        desk.says("#standing", "No conversation is open.")
        desk.page.click("[data-by=next]")
        desk.says("#notice", "Nothing waits")
        # The browser itself tells of every answer that is no success.
        assert all("409" in each for each in desk.complaints)
        desk.complaints.clear()


def test_two_phones_are_two_customers(browser: Browser, tmp_path: Path) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        desk.another()
        desk.text("预约", 1)
        desk.hears("请问需要什么服务？", 1)
        desk.text("2", 0)
        desk.hears("Which day and time?", 0)
        desk.here("day")
        desk.phone(1).locator("textarea").focus()
        desk.here("menu")
        expect(desk.phone(0).locator(".ours")).to_have_count(2)
        expect(desk.phone(1).locator(".ours")).to_have_count(1)


def test_a_broken_edit_is_shown_while_the_good_version_goes_on_and_a_mended_one_counts(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        flow = dev.flow("booking")
        good = flow.read_text("utf-8")
        flow.write_text(good.replace("no: day", "no: dya"), "utf-8")
        desk.says("#mistakes", 'There is no step "dya".')
        line = next(n for n, text in enumerate(good.splitlines(), 1) if "no: day" in text)
        desk.says("#mistakes", f"flows/booking.yaml:{line}:9")
        desk.says("#mistakes", "\n            ^")
        desk.page.click("nav a[lang=zh]")
        desk.says("#mistakes", f"flows/booking.yaml:{line}:9: 没有步骤“dya”。")
        desk.says("#mistakes", "您是想写“day”吗？")
        desk.page.click("nav a[lang=en]")
        desk.says("#mistakes", 'Did you mean "day"?')
        desk.text("1")
        desk.hears("Which day and time?")
        changed = good.replace("Which day and time?", "When shall it be?")
        flow.write_text(changed.replace("Reply YES to book it", "Say YES to it"), "utf-8")
        expect(desk.page.locator("#mistakes")).to_be_hidden(timeout=PATIENCE)
        expect(desk.page.locator("#picture")).to_contain_text("When shall it be?", timeout=PATIENCE)
        # Whoever is under way keeps their version; whoever comes now has the new one.
        desk.text("tomorrow 3pm")
        desk.hears("Reply YES to book it")
        desk.another()
        desk.text("book", 1)
        desk.text("1", 1)
        desk.hears("When shall it be?", 1)


def test_what_takes_longer_than_a_moment_is_shown_while_it_lasts(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        page, held = desk.page, list[Route]()

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/try/time*", hold)
        expect(page.locator("#progress")).to_be_hidden()
        page.click("[data-by='10m']")
        expect(page.locator("#progress")).to_be_visible(timeout=PATIENCE)
        held[0].continue_()
        expect(page.locator("#progress")).to_be_hidden(timeout=PATIENCE)
