"""The page behind a one-time opt-in link, as browsers and scanners of links meet it."""

from collections.abc import Sequence

import httpx
import pytest
from starlette.applications import Starlette

from convo.core.business import Programme
from convo.core.contacts import Consent, ConsentState, Origin
from convo.core.numbers import PhoneNumber
from convo.core.opt_in_links import PATH, Joining, token_of
from convo.errors import Busy, StoreUnavailable
from convo.web.opt_in_page import OptInPage
from tests.steps.conversation import ANNA, START, business

pytestmark = pytest.mark.anyio

SECRET = b"a secret of this test"
DAY = 24 * 3_600_000
ABOUTS = {"en": "Two texts <a> month", "ar": "رسالتان في الشهر"}
SALON = business(
    name="Mei & Co",
    public_url="https://sms.salon.example",
    languages=("en", "ar"),
    programmes={"survey": Programme(name="survey", about="Two texts <a> month", abouts=ABOUTS)},
)


def link(language: str = "en", request: str = "ab12") -> str:
    joining = Joining(
        contact=ANNA, channel="main", programme="survey", request=request, language=language
    )
    return PATH + token_of(joining, SECRET)


def act(
    state: ConsentState,
    *,
    programme: str = "survey",
    at: int = START,
    proof: str = "",
    evidence: str = "",
) -> Consent:
    origin = Origin(how="link", evidence=evidence)
    return Consent(
        programme=programme, state=state, at=at, event=f"e-{at}", proof=proof, origin=origin
    )


ASKED = act("asked", proof=f"Join? https://sms.salon.example{link()}")


class Kept:
    """Where the contact stands, and what the page kept of their yes."""

    def __init__(self, *acts: Consent, now: int = START + 1_000) -> None:
        self.standing: Sequence[Consent] | Exception = acts
        self.yes: list[tuple[Joining, str, str, str]] = []
        self.fails: Exception | None = None
        self._now = now

    async def acts(self, contact: PhoneNumber) -> Sequence[Consent]:
        assert contact == ANNA
        if isinstance(self.standing, Exception):
            raise self.standing
        return self.standing

    async def join(self, joining: Joining, *, link: str, shown: str, asked_by: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.yes.append((joining, link, shown, asked_by))

    async def asked(self, method: str, path: str) -> httpx.Response:
        page = OptInPage(
            business=SALON, secret=SECRET, clock=lambda: self._now, acts=self.acts, join=self.join
        )
        transport = httpx.ASGITransport(app=Starlette(routes=page.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path)


async def test_a_look_shows_what_it_is_about_and_a_button_and_says_nothing() -> None:
    kept = Kept(ASKED)
    for method in ("GET", "HEAD", "GET"):
        answer = await kept.asked(method, link())
        assert answer.status_code == 200
    assert "Would you like to get this from us? Two texts &lt;a&gt; month" in answer.text
    assert '<form method="post"><button>Yes, please</button></form>' in answer.text
    assert "<h1>Mei &amp; Co</h1>" in answer.text
    assert 'lang="en" dir="ltr"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in answer.text
    assert kept.yes == []


async def test_the_button_is_the_yes_with_what_was_shown_the_link_and_what_asked() -> None:
    kept = Kept(act("withdrawn", at=START - 1), ASKED)
    answer = await kept.asked("POST", link())
    assert answer.status_code == 200
    assert "we have your yes" in answer.text
    assert "<form" not in answer.text
    ((joining, address, shown, asked_by),) = kept.yes
    assert (joining.contact, joining.channel, joining.programme) == (ANNA, "main", "survey")
    assert address == f"https://sms.salon.example{link()}"
    assert shown == (
        "Mei & Co: Would you like to get this from us? Two texts <a> month [Yes, please]"
    )
    assert asked_by == f"e-{START}"


async def test_the_page_is_in_the_language_in_which_the_question_was_put() -> None:
    asked = act("asked", proof=link("ar"))
    answer = await Kept(asked).asked("GET", link("ar"))
    assert 'lang="ar" dir="rtl"' in answer.text
    assert ABOUTS["ar"] in answer.text


OVER = {
    "never asked": Kept(),
    "asked by another text": Kept(act("asked", proof=link(request="ffff"))),
    "expired": Kept(ASKED, now=START + DAY),
    "expired and written down": Kept(ASKED, act("unknown", at=START + 5)),
    "declined": Kept(ASKED, act("unknown", at=START + 5)),
    "stopped": Kept(ASKED, act("withdrawn", programme="", at=START + 5)),
    "given by word": Kept(ASKED, act("given", at=START + 5, proof="yes")),
}


@pytest.mark.parametrize("why", OVER)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_that_is_over_takes_no_yes(why: str, method: str) -> None:
    kept = OVER[why]
    answer = await kept.asked(method, link())
    assert answer.status_code == 410
    assert "not open any more" in answer.text
    assert "<form" not in answer.text
    assert kept.yes == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_yes_that_was_taken_is_told_and_not_taken_again(method: str) -> None:
    given = act("given", at=START + 5, evidence=f"https://sms.salon.example{link()}")
    kept = Kept(ASKED, given)
    answer = await kept.asked(method, link())
    assert answer.status_code == 200
    assert "we have your yes" in answer.text
    assert kept.yes == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_that_is_not_ours_is_nothing(method: str) -> None:
    token = link().removeprefix(PATH)
    kept = Kept(ASKED)
    for forged in (token[:-1] + ("0" if token[-1] != "0" else "1"), "made.up", token * 4):
        answer = await kept.asked(method, PATH + forged)
        assert answer.status_code == 404
    assert kept.yes == []


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), Busy("full")])
async def test_a_yes_that_cannot_be_kept_may_be_tried_again(error: Exception) -> None:
    kept = Kept(ASKED)
    kept.fails = error
    answer = await kept.asked("POST", link())
    assert answer.status_code == 503
    assert "try again" in answer.text
    assert "<form" in answer.text
    kept.fails = None
    kept.standing = error
    assert (await kept.asked("GET", link())).status_code == 503
