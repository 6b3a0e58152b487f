"""Every page as people come upon it: as usual, where there is nothing, and in trouble."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser, Page, expect

from tests.cli.test_deciding import FAULTY
from tests.console.browser import PATIENCE, Dev, developing, sitting
from tests.console.serving import PASSWORD, TOKEN, Seat, Served, let_in, seated
from tests.drawing.flows import forty_served
from tests.end_to_end.desk import Gateway
from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import Serving, soon, written

LANGUAGES = ("en", "zh")
SCHEMES = ("light", "dark")
#: Pixels: a desk, and a phone.
WIDTHS = (1280, 390)

ROLES = ("viewer", "admin")
TABLES = """
[server]
bind = "127.0.0.1:{port}"

[doubts]
within = "5s"
grace = "5s"

[console]

[channels.main]
provider = "generic_http"
address = "12345"
price = "0.0079 USD"
path_token = "{token}"
rate = "20 parts/s"
incoming = {{from = "from", text = "text", id = "id"}}
response = {{id = "/id"}}
send.url = "{gateway}/send"
send.format = "json"
send.body = '{{"to": {{{{to}}}}, "text": {{{{text}}}}}}'
"""
MEI, CROSS, STOPPED, HELD = "+8613800138001", "+8613800138002", "+12025550101", "+12025550102"
COMPLAINT = (
    "上周六下午我在你们店里染了头发，当时说好的颜色是深棕色，回家以后在阳光下一看却偏红，"
    "洗了两次以后褪得更厉害了，现在发根和发尾完全是两个颜色。我给店里打过两次电话，第一次说会有人回电，"
    "等了三天没有消息；第二次接电话的人说要问店长，也没有下文。我在你们这里做了五年头发，一直很信任你们，"
    "这一次真的很失望。请尽快给我一个答复：是重新染，还是退款？订单号2026112800017，谢谢。"
)
LETTERS = "Ifnobodyputsablankintoalongwordthepagemustbreakitsomewhere" * 3
CUSTOMERS = 60
"""More than one page of the list has."""


@dataclass(kw_only=True)
class Business(Served):
    """The repository's own business with much going on, behind a gateway that does as it is
    told."""

    serving: Serving
    gateway: Gateway
    texts: int = 0

    def text(self, number: str, *texts: str) -> None:
        for each in texts:
            self.texts += 1
            answer = httpx.post(
                f"{self.url}/in/main/{TOKEN}",
                json={"from": number, "text": each, "id": str(self.texts)},
                trust_env=False,
            )
            assert answer.status_code == 200

    def counts(self, query: str) -> int:
        return self.serving.rows(query)[0][0]


@contextmanager
def business(folder: Path, *, busy: bool) -> Generator[Business]:
    """Served as long as the block is open: with everything that can be seen, or with nothing."""
    (port,) = free_ports(1)
    with start_blocking_portal() as portal:
        gateway = Gateway()
        with portal.wrap_async_context_manager(gateway):
            flows = {"drawn": forty_served(), "faulty": FAULTY} if busy else {}
            written(folder, TABLES.format(port=port, token=TOKEN, gateway=gateway.url), flows)
            if busy:
                let_in(folder, ROLES)
            else:
                _without_flows(folder)
            made = Business(folder=folder, port=port, serving=Serving(folder, {}), gateway=gateway)
            made.serving.start()
            try:
                if busy:
                    _much_goes_on(made)
                yield made
            finally:
                made.serving.kill()


def _without_flows(folder: Path) -> None:
    """Nothing was written yet but where to send."""
    for flow in (folder / "flows").glob("*.yaml"):
        flow.unlink()
    settings = (folder / "convo.toml").read_text("utf-8")
    kept = settings.split("[programmes", 1)[0].split("[channels", 1)[0]
    ours = settings[settings.index("[server]") :]
    (folder / "convo.toml").write_text(kept + ours, "utf-8")


def _much_goes_on(made: Business) -> None:
    made.gateway.mode = "reset"
    made.text(HELD, "opening hours")
    soon(lambda: made.counts("SELECT count(*) FROM message WHERE state = 'held'"), 1)
    made.gateway.mode = "ok"
    made.text(CROSS, "faulty")
    soon(lambda: made.counts("SELECT count(*) FROM parked"), 1)
    for n in range(CUSTOMERS):
        made.text(f"+120255502{n:02}", ("book", "hello", "feedback", "what do you mean?")[n % 4])
    made.text(STOPPED, "book", "STOP")
    made.text(CROSS, "人工", COMPLAINT, LETTERS)
    made.text(MEI, "预约", "1", "明天下午三点", "谢谢！我还想问一下：" + COMPLAINT)
    soon(lambda: made.counts("SELECT count(*) FROM inbox"), 0)
    soon(lambda: made.counts("SELECT count(*) FROM message WHERE state <> 'done'"), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A page that stands open."""

    name: str
    language: str
    page: Page


def of_the_console(browser: Browser, folder: Path, **more: Any) -> Iterator[Sight]:
    """Every sight of the served pages, in every language."""
    with business(folder / "new", busy=False) as new, seated(browser, new, **more) as seat:
        for language in LANGUAGES:
            for name in before_anybody_came(seat, language):
                yield Sight(name=name, language=language, page=seat.page)
        let_in(new.folder, ROLES)
        for language in LANGUAGES:
            for name in in_a_new_business(seat, language):
                yield Sight(name=name, language=language, page=seat.page)
    with business(folder / "busy", busy=True) as busy, seated(browser, busy, **more) as seat:
        for language in LANGUAGES:
            for name in in_a_busy_business(seat, language):
                yield Sight(name=name, language=language, page=seat.page)


def of_the_try_out(browser: Browser, folder: Path, **more: Any) -> Iterator[Sight]:
    """Every sight of the phone beside the flow, in every language."""
    flows = {"drawn": forty_served()}
    with (
        developing(folder / "tried", flows) as dev,
        sitting(browser, dev, "en-GB", **more) as desk,
    ):
        for language in LANGUAGES:
            for name in in_the_try_out(desk.page, dev, language):
                yield Sight(name=name, language=language, page=desk.page)


# --- the walks: each stops where there is something to be seen, and says what it is ---------------


def in_a_busy_business(seat: Seat, language: str) -> Iterator[str]:
    """The console of a business in which much goes on."""
    page = seat.page
    seat.opens(f"/console/sign-in?lang={language}")
    yield "sign-in"
    _fill(page, name="mei", password="guessed, and wrong")
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    _answered(seat, 401)
    yield "sign-in-wrong"
    _fill(page, name="viewer", password=PASSWORD)
    expect(page.locator("a.me")).to_be_visible(timeout=PATIENCE)
    seat.opens("/console/health/parked/1")
    _answered(seat, 403)
    yield "not-your-role"
    seat.opens("/console/health")
    yield "health-of-a-viewer"
    page.locator(".bar form button").click()
    seat.signs_in("admin")
    seat.opens("/console/account")
    yield "account"
    _fill(page, old="guessed, and wrong", new="another quiet day", again="another quiet day")
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    _answered(seat, 401)
    yield "account-wrong"
    seat.opens("/console/conversations")
    yield "conversations"
    page.fill("[name=q]", "nobody says this")
    page.click(".search button")
    expect(page.locator(".empty")).to_be_visible(timeout=PATIENCE)
    yield "conversations-none-found"
    for name, number in (("conversation", MEI), ("conversation-handed", CROSS)):
        _open(seat, number)
        for each in page.locator(".turn summary").all():
            each.click()
        page.locator("#chat").press("End")
        yield name
    _open(seat, STOPPED)
    yield "conversation-stopped"
    seat.opens("/console/flows")
    yield "flows"
    seat.opens("/console/flows/booking")
    yield "flow"
    seat.opens("/console/flows/drawn")
    yield "flow-of-forty-steps"
    seat.opens("/console/health?came=late")
    yield "health-in-trouble"
    page.locator("#parked a").first.click()
    expect(page.locator("pre.command")).to_be_visible(timeout=PATIENCE)
    yield "parked"
    seat.opens("/console/nothing")
    _answered(seat, 404)
    yield "no-such-page"
    page.locator(".bar form button").click()


def before_anybody_came(seat: Seat, language: str) -> Iterator[str]:
    """The console of a business that has begun today: nobody may come in yet."""
    seat.opens(f"/console/sign-in?lang={language}")
    yield "sign-in-nobody-yet"


def in_a_new_business(seat: Seat, language: str) -> Iterator[str]:
    """The same, once somebody is in."""
    seat.opens(f"/console/sign-in?lang={language}")
    seat.signs_in("admin")
    for name in ("conversations", "flows", "health"):
        seat.opens(f"/console/{name}")
        yield f"{name}-of-nothing"
    seat.page.locator(".bar form button").click()


def in_the_try_out(page: Page, dev: Dev, language: str) -> Iterator[str]:
    """The phone beside the flow."""
    page.goto(f"{dev.url}/?lang={language}")
    expect(page.locator("#picture svg")).to_be_visible(timeout=PATIENCE)
    page.locator(".restart").first.click()
    expect(page.locator(".phone").first.locator("li")).to_have_count(0, timeout=PATIENCE)
    yield "try-it"
    area = page.locator(".phone textarea").first
    for n, words in enumerate(("预约", "1", COMPLAINT, "明天下午三点")):
        area.fill(words)
        area.press("Enter")
        expect(page.locator(".phone").first.locator(".ours:not(.away)")).to_have_count(
            n + 1, timeout=PATIENCE
        )
    expect(page.locator("#picture .here")).to_be_visible(timeout=PATIENCE)
    page.click("#outline summary")
    page.click("#add summary")
    yield "try-it-midway"
    page.click("#add summary")
    page.locator(".save").first.click()
    yield "try-it-saving"
    page.keyboard.press("Escape")
    page.click("#outline summary")
    page.select_option("#flow", "drawn")
    expect(page.locator("#picture")).to_contain_text("Question 32", timeout=PATIENCE)
    yield "try-it-of-forty-steps"
    good = dev.flow("booking").read_text("utf-8")
    dev.flow("booking").write_text(good.replace("no: day", "no: dey", 1), "utf-8")
    expect(page.locator("#mistakes")).to_be_visible(timeout=PATIENCE)
    yield "try-it-with-a-mistake"
    dev.flow("booking").write_text(good, "utf-8")
    expect(page.locator("#mistakes")).to_be_hidden(timeout=PATIENCE)


def _answered(seat: Seat, status: int) -> None:
    """The browser itself complains of every answer that is no success."""
    assert all(f"status of {status}" in each for each in seat.complaints), seat.complaints
    seat.complaints.clear()


def _fill(page: Page, **fields: str) -> None:
    """Fill in the page's form and send it."""
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.locator("main button.main").click()


def _open(seat: Seat, number: str) -> None:
    """A conversation by its number, as the search finds it."""
    seat.opens("/console/conversations")
    seat.page.fill("[name=q]", number)
    seat.page.click(".search button")
    expect(seat.page.locator(".talks a")).to_have_count(1, timeout=PATIENCE)
    seat.page.locator(".talks a").click()
    expect(seat.page.get_by_role("heading", name=number)).to_be_visible(timeout=PATIENCE)
