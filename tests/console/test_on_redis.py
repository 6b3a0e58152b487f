"""The console over Redis: pages of one process tell what another does; people are kept there."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE
from tests.console.serving import Seat, Served, let_in, seated
from tests.end_to_end.serving import ROOT, soon
from tests.end_to_end.test_many_processes import CUSTOMERS, company
from tests.servers import ON_DISK, redis_server, running

ANN, BEN = CUSTOMERS[:2]


def user(folder: Path, *words: str) -> str:
    """What `convo user` says."""
    command = [sys.executable, "-m", "convo.cli", "-C", folder, "user", *words]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return told.stdout


def opens_until(seat: Seat, path: str, words: str) -> None:
    """Workers are at work beside the page."""
    page = seat.page
    for _ in range(600):
        seat.opens(path)
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{path} never said {words}")


def test_the_pages_of_a_web_process_tell_what_workers_do(browser: Browser, tmp_path: Path) -> None:
    with (
        running(redis_server(), tmp_path / "redis", *ON_DISK) as server,
        company(tmp_path, server.url, server) as shop,
    ):
        with (shop.folder / "convo.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n[console]\n")
        let_in(shop.folder, ("viewer", "agent"))
        assert "viewer" in user(shop.folder)
        shop.hire("web", "web")
        shop.hire("worker", "worker")
        shop.shared_by(8)
        for number in (ANN, BEN):
            shop.text(number, "hello")
        shop.text(ANN, "good day")
        soon(lambda: shop.said()["You said good day."], 1)
        business = Served(folder=shop.folder, port=shop.port)
        with seated(browser, business) as seat:
            page = seat.page
            seat.signs_in("viewer")
            opens_until(seat, "/console/conversations", "2 in all")
            expect(page.locator(".talks .who")).to_have_count(2)
            assert ANN not in page.content()
            # Whose role is another one sees it on the next page.
            user(shop.folder, "role", "viewer", "agent")
            seat.opens("/console/conversations")
            found = page.locator(".talks a", has=page.locator(".who", has_text=ANN))
            expect(found).to_contain_text("good day")
            found.click()
            expect(page.locator(".theirs .said")).to_have_text(["hello", "good day"])
            expect(page.locator(".ours .said")).to_have_text(
                ["Hello! Say something.", "You said good day."]
            )
            expect(page.locator(".ours .fate").last).to_contain_text("with the provider")
            seat.opens("/console/flows/echo")
            waits = page.locator("section", has=page.get_by_role("heading", name="Who waits where"))
            expect(waits.locator("tbody tr")).to_have_text(["first1", "again1"])
            seat.opens("/console/health")
            expect(page.get_by_text("All is well")).to_be_visible()
            opens_until(seat, "/console/health", "thinks and sends")
            shop.staff["worker"].kill()
            shop.text(BEN, "is anybody there?")
            opens_until(seat, "/console/health", "Nobody is at work at partitions")
            user(shop.folder, "remove", "viewer")
            seat.opens("/console/health")
            expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=PATIENCE)
            seat.signs_in("agent")
            server.kill()
            seat.opens("/console/health")
            expect(page.get_by_role("heading", name="The store does not answer")).to_be_visible()
            assert all("503" in each for each in seat.complaints)
            seat.complaints.clear()
