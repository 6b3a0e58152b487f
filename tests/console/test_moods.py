"""How far each text got, and what the business does about a network that is not at its best."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE, Desk, developing, sitting
from tests.console.test_saving import convo_test, save, told


def treated(desk: Desk, mood: str, n: int = 0) -> None:
    """The network's mood to a phone, once the page has heard of it."""
    with desk.page.expect_response("**/try/mood*"):
        desk.phone(n).locator(".mood").select_option(mood)


def far(desk: Desk, nth: int, part: str, n: int = 0) -> None:
    """What stands below the nth of our texts."""
    below = desk.phone(n).locator(".ours .cost").nth(nth)
    expect(below).to_contain_text(part, timeout=PATIENCE)


def test_each_text_tells_what_it_costs_and_how_far_it_got(browser: Browser, tmp_path: Path) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        far(desk, 0, "1 part · GSM-7 · 0.0079 USD · ✓✓ delivered")
        treated(desk, "no_receipt")
        desk.text("1")
        far(desk, 1, "✓ sent")
        treated(desk, "unreachable")
        desk.text("tomorrow 3pm")
        far(desk, 2, "✗ not delivered (unreachable)")
        # Nothing that the network does tells its phone anything of the others.
        desk.another()
        desk.text("预约", 1)
        far(desk, 0, "1 part · UCS-2 · 0.0079 USD · ✓✓ delivered", 1)


def test_a_refusal_is_final_and_an_absence_is_tried_again_until_it_ends(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        treated(desk, "refuses")
        desk.text("book")
        far(desk, 0, "✗ not sent (refused)")
        desk.says("#why", "A message did not leave: refused.")
        treated(desk, "away")
        desk.text("1")
        far(desk, 1, "↻ not sent yet, will be tried again (away)")
        treated(desk, "well")
        desk.page.click("[data-by='10m']")
        far(desk, 1, "✓✓ delivered")
        expect(desk.phone().locator(".ours.away")).to_have_count(1)


def test_what_may_have_left_is_held_and_never_repeated_on_a_guess(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        treated(desk, "no_answer")
        desk.text("book")
        desk.hears("What can we do for you?")
        far(desk, 0, "○ on its way")
        desk.page.click("[data-by='10m']")
        far(desk, 0, "? nobody knows whether it left; held and not repeated")
        desk.says("#why", "Nobody knows whether a message left; it is held.")
        # The conversation goes on all the same, and nothing came twice.
        treated(desk, "well")
        desk.text("1")
        desk.hears("Which day and time?")
        asked = desk.phone().locator(".ours .said", has_text="What can we do for you?")
        expect(asked).to_have_count(1)


def test_a_webhook_that_comes_twice_counts_once_and_a_slow_network_is_waited_for(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        treated(desk, "twice")
        desk.text("book")
        mine = desk.phone().locator(".mine .cost").first
        expect(mine).to_contain_text("came twice, and was kept 1 time(s)", timeout=PATIENCE)
        desk.hears("What can we do for you?")
        far(desk, 0, "✓✓ delivered")
        expect(desk.phone().locator(".ours")).to_have_count(1)
        treated(desk, "slow")
        desk.text("1")
        far(desk, 1, "○ on its way")
        expect(desk.phone().locator(".ours.away")).to_have_count(1)
        # Time passes for the network too.
        desk.page.click("[data-by='10m']")
        far(desk, 1, "✓✓ delivered")
        save(desk, "twice", "")
        told(desk, "and it passes")
        chat = (dev.folder / "flows/tests/twice.chat").read_text("utf-8")
        assert "% duplicate\n> 1\n" in chat
        convo_test(dev)


def test_a_restart_makes_a_stranger_of_the_contact_and_a_saved_chat_begins_there(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        desk.text("stop")
        desk.says("#why", "Consent to everything: withdrawn.")
        desk.phone().locator(".restart").click()
        expect(desk.phone().locator(".texts li")).to_have_count(0, timeout=PATIENCE)
        desk.says("#standing", "No conversation is open.")
        # Nothing is left of the STOP, and none of the old timers fires.
        desk.text("menu")
        desk.hears("1 ")
        expect(desk.phone().locator(".ours")).to_have_count(1)
        save(desk, "fresh", "")
        told(desk, "and it passes")
        chat = (dev.folder / "flows/tests/fresh.chat").read_text("utf-8")
        assert "> menu" in chat
        assert "> stop" not in chat
        convo_test(dev)
        desk.page.reload()
        desk.hears("1 ")
        expect(desk.phone().locator(".texts li")).to_have_count(2, timeout=PATIENCE)
