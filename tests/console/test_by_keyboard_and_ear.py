"""The page for who uses no mouse or sees no drawing."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE, Desk, developing, sitting
from tests.drawing.flows import forty_served

#: Texts that leave their card, and labels that lie on one, of the flow that is drawn just now.
FAULTS = """() => {
  const box = (each) => each.getBoundingClientRect();
  const outside = (inner, outer) => inner.left < outer.left - 1 || inner.right > outer.right + 1
    || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
    || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  const cards = [...document.querySelectorAll("#picture .card")];
  const left = cards.flatMap((card) => [...card.querySelectorAll("text")]
    .filter((text) => outside(box(text), box(card.querySelector("rect"))))
    .map((text) => `${card.dataset.card}: ${text.textContent}`));
  const words = [...document.querySelectorAll("#picture text.words")];
  const hidden = words.filter((word) => !cards.every((card) =>
    apart(box(word), box(card.querySelector("rect"))))).map((word) => word.textContent);
  const crossed = words.flatMap((one, n) => words.slice(n + 1)
    .filter((other) => !apart(box(one), box(other))).map(() => one.textContent));
  return [...left, ...hidden, ...crossed];
}"""


def to(desk: Desk, place: str, key: str = "Tab") -> None:
    """Go there with the key alone."""
    for _ in range(200):
        desk.page.keyboard.press(key)
        if desk.page.evaluate("(place) => document.activeElement.matches(place)", place):
            return
    raise AssertionError(f"no way to {place} by {key}")


def test_everything_can_be_done_without_a_mouse(browser: Browser, tmp_path: Path) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        keys = desk.page.keyboard
        to(desk, "textarea")
        keys.type("book")
        keys.press("Enter")
        desk.hears("What can we do for you?")
        to(desk, ".mood", "Shift+Tab")
        keys.type("refuses")
        to(desk, "textarea")
        keys.type("1")
        keys.press("Enter")
        expect(desk.phone().locator(".ours .cost").last).to_contain_text(
            "refused", timeout=PATIENCE
        )
        to(desk, ".save", "Shift+Tab")
        keys.press("Enter")
        expect(desk.page.locator("#saving [name=name]")).to_be_focused(timeout=PATIENCE)
        keys.type("by_hand")
        keys.press("Enter")
        expect(desk.page.locator("#saving .outcome")).to_contain_text("passes", timeout=PATIENCE)
        keys.press("Escape")
        expect(desk.page.locator(".save")).to_be_focused(timeout=PATIENCE)
        to(desk, "[data-by='10m']", "Shift+Tab")
        keys.press("Enter")
        to(desk, "#add summary")
        keys.press("Enter")
        to(desk, "#add button")
        keys.press("Enter")
        expect(desk.phone(1).locator("textarea")).to_be_focused(timeout=PATIENCE)
        to(desk, ".watched .restart", "Shift+Tab")
        keys.press("Enter")
        to(desk, "#flow")
        keys.type("birthday")
        expect(desk.page.locator("#picture")).to_contain_text("birthday", timeout=PATIENCE)
        to(desk, "#outline summary")
        keys.press("Enter")
        expect(desk.page.locator("#outline li").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("locale", "here"), [("en-GB", "it stands here"), ("zh-CN", "当前停在这里")]
)
def test_the_list_tells_what_the_drawing_shows_and_where_it_stands(
    browser: Browser, tmp_path: Path, locale: str, here: str
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, locale) as desk:
        page = desk.page
        desk.text("book" if locale == "en-GB" else "预约")
        desk.here("menu")
        page.click("#outline summary")
        current = page.locator("#outline [aria-current=step]")
        expect(current).to_have_attribute("data-card", "step:menu", timeout=PATIENCE)
        expect(current).to_contain_text(here)
        drawn: list[str] = page.locator("#picture .card").evaluate_all(
            "(cards) => cards.map((card) => card.dataset.card)"
        )
        listed: list[str] = page.locator("#outline li[data-card]").evaluate_all(
            "(items) => items.map((item) => item.dataset.card)"
        )
        assert {each for each in drawn if not each.startswith("end:")} == set(listed)
        # A way is a link to where it leads.
        current.locator("a").first.click()
        assert page.url.partition("#")[2].startswith("list-step:")


def test_in_chinese_no_word_of_ours_is_english(browser: Browser, tmp_path: Path) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "zh-CN") as desk:
        page = desk.page
        desk.text("预约")
        desk.hears("请问需要什么服务？")
        desk.says("#why", "按第 4 级处理：“预约”（整条短信）开始 booking。")
        page.click("#add summary")
        page.click("#outline summary")
        desk.phone().locator(".save").click()
        said: str = page.evaluate("document.body.innerText")
        for english in (
            "Network",
            "Restart",
            "Save",
            "Phone",
            "Number",
            "Country",
            "Why",
            "Clock",
            "They wrote",
            "Routed",
            "delivered",
            "part",
            "asks",
            "offers",
        ):
            assert english not in said, english


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_the_browser_no_text_leaves_its_card_and_no_label_is_crossed(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    flows = {"drawn": forty_served()}
    with developing(tmp_path / "shop", flows) as dev, sitting(browser, dev, "en-GB") as desk:
        page = desk.page
        page.select_option("#texts", language)
        names: list[str] = page.locator("#flow option").evaluate_all(
            "(options) => options.map((option) => option.value)"
        )
        assert "drawn" in names
        found: dict[str, Any] = {}
        for name in names:
            with page.expect_response(f"**/try/flow/{name}*"):
                page.select_option("#flow", name)
            expect(page.locator("#picture svg")).to_have_attribute(
                "aria-label", name, timeout=PATIENCE
            )
            if faults := page.evaluate(FAULTS):
                found[name] = faults
            assert page.locator("#picture .card text").count() > 0, name
        assert page.locator("#picture text.words").count() > 0
        assert found == {}
