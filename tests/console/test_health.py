"""Health as staff see it: what is in the way, and a person's word on what is held and parked."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.cli.test_deciding import BEN, FAULTY, HELLO, one_held, parked
from tests.console.browser import PATIENCE
from tests.console.serving import Served, let_in, seated
from tests.end_to_end.desk import Desk, desk
from tests.end_to_end.serving import soon


@contextmanager
def troubled(folder: Path) -> Generator[tuple[Desk, Served]]:
    """A business with a message that is held and an event that is parked, and its console."""
    with desk(folder, {"hello": HELLO, "faulty": FAULTY}) as salon:
        salon.serving.stop()
        with (folder / "convo.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n[console]\n")
        let_in(folder, ("viewer", "agent", "editor"))
        salon.serving.start()
        yield salon, Served(folder=folder, port=salon.port)


def test_all_is_well_until_something_waits_for_a_person_who_then_decides(
    browser: Browser, tmp_path: Path
) -> None:
    with troubled(tmp_path / "salon") as (salon, business):
        with seated(browser, business) as seat:
            seat.signs_in("viewer")
            seat.opens("/console/health")
            expect(seat.page.get_by_text("All is well")).to_be_visible(timeout=PATIENCE)
            one_held(salon)
            salon.text(BEN, "faulty")
            soon(lambda: len(parked(salon)), 1)
            seat.opens("/console/health")
            # Who may only look sees that something waits, and decides nothing.
            expect(seat.page.locator(".ways")).to_contain_text("Held messages: 1.")
            expect(seat.page.locator(".ways")).to_contain_text("Parked events: 1.")
            expect(seat.page.locator("#held")).to_contain_text("+8613****00")
            expect(seat.page.locator(".decisions button")).to_have_count(0)
        with seated(browser, business) as seat:
            page = seat.page
            seat.signs_in("editor")
            seat.opens("/console/health")
            page.get_by_role("link", name="What happened").click()
            expect(page.locator("pre")).to_contain_text("RenderError", timeout=PATIENCE)
            expect(page.locator("dl")).to_contain_text("faulty")
            page.get_by_role("button", name="Give up").click()
            expect(page.locator("p.done")).to_contain_text("Done.", timeout=PATIENCE)
            expect(page.locator("#parked")).to_contain_text("Nothing is parked.")
        assert parked(salon) == []
        with seated(browser, business) as seat, seated(browser, business) as other:
            for each in (seat, other):
                each.signs_in("agent")
                each.opens("/console/health")
            seat.page.get_by_role("button", name="Send once more").click()
            expect(seat.page.get_by_text("Done.")).to_be_visible(timeout=PATIENCE)
            soon(lambda: salon.gateway.texts.count("Good day!"), 2)
            # Somebody else has the page from before.
            other.page.get_by_role("button", name="Give up").click()
            faster = other.page.get_by_text("somebody else was faster")
            expect(faster).to_be_visible(timeout=PATIENCE)
            assert salon.gateway.texts.count("Good day!") == 2
            seat.opens("/console/health")
            expect(seat.page.locator("#held")).to_contain_text("Nothing is held.")
        told = [row[0] for row in salon.serving.rows("SELECT CAST(records AS TEXT) FROM record")]
        assert sum('"decided"' in each and '"agent"' in each for each in told) == 1
