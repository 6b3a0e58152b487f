"""`convo dev --fake`: the phones are behind a company's own wire, both ways."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from convo.fakes import BRING_PICTURES, FAKES
from convo.fakes.words import word_for
from tests.console.browser import NONE, TABLES, Dev, developing, sitting, trying_out
from tests.console.test_moods import far, treated
from tests.end_to_end.serving import written
from tests.providers.sheets import sheets_of

COMPANIES = (
    "twilio",
    "telnyx",
    "vonage",
    "plivo",
    "sinch",
    "africastalking",
    "bandwidth",
    "infobip",
    "android_sms_gateway",
    "kannel",
    "generic_http",
)
#: What those want to have approved, which send nothing else: a text, and one with a gap.
APPROVED = {
    "aliyun": ("您好！请问怎么称呼？", "很高兴认识您，${name}！"),
    "tencent": ("您好！请问怎么称呼？", "很高兴认识您，{1}！"),
    "yunpian": ("您好！请问怎么称呼？", "很高兴认识您，#name#！"),
    "huawei": ("您好！请问怎么称呼？", "很高兴认识您，${1}！"),
}
PHONE = "+447400123456"
OURS = {"sec-fetch-site": "same-origin"}


def happenings(client: httpx.Client) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and facts of everything that a page is told, from the first on."""
    with client.stream("GET", "/try/happenings") as told:
        kind = ""
        for line in told.iter_lines():
            word, _, rest = line.partition(": ")
            if word == "event":
                kind = rest
            elif word == "data":
                yield kind, json.loads(rest)


def until_delivered(
    dev: Dev, text: str = "book", number: str = PHONE
) -> tuple[list[str], list[str]]:
    """Text the business; our texts, and the fates of messages until one has been delivered."""
    texts: list[str] = []
    fates: list[str] = []
    # The guard against a hang; nothing is asserted by it.
    with httpx.Client(base_url=dev.url, headers=OURS, timeout=60, trust_env=False) as client:
        assert client.get(dev.link).status_code == 303
        asked = {"number": number, "text": text}
        assert client.post("/try/text", json=asked).json()["wrong"] == ""
        for kind, facts in happenings(client):
            if kind == "text" and not facts["mine"]:
                texts.append(facts["text"])
            if kind == "status":
                fates.append(facts["status"])
            if fates and fates[-1] in ("delivered", "failed", "undelivered"):
                break
    return texts, fates


@pytest.mark.parametrize("company", COMPANIES)
def test_a_text_goes_in_by_the_companys_webhook_and_ours_out_by_its_api(
    tmp_path: Path, company: str
) -> None:
    with developing(tmp_path / "shop", NONE, "--fake", company) as dev:
        texts, fates = until_delivered(dev)
    assert len(texts) == 1
    assert "What can we do for you?" in texts[0]
    assert fates[-1] == "delivered"


SALON = """
[business]
name = "沙龙"
zone = "Asia/Shanghai"
country = "CN"
languages = ["zh"]
"""
GREETING = """
flow: hello
languages: [zh]
start: {words: [你好]}
answers: {name: text}
steps:
  who:
    ask: 您好！请问怎么称呼？
    expect: text
    save: name
    silent: [{after: 1h, go: over}]
  nice:
    say: 很高兴认识您，{{ name }}！
    go: over
  over:
    end: met
"""


def salon(folder: Path, company: str, *, approved: Sequence[str]) -> Path:
    """A business of the mainland, at this company by all that it must be told."""
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "hello.yaml").write_text(GREETING, "utf-8")
    table = {
        **FAKES[company](lambda: 0).settings("http://127.0.0.1:9"),
        "provider": company,
        "signature": "【沙龙】",
        "path_token": "not-used-in-dev-at-all",
    }
    del table["templates"]
    lines = ["[channels.main]", *(f"{name} = {json.dumps(v)}" for name, v in table.items())]
    lines += ["[channels.main.templates]", *(f'{n} = "{text}"' for n, text in enumerate(approved))]
    (folder / "convo.toml").write_text(SALON + "\n".join(lines), "utf-8")
    return folder


@pytest.mark.parametrize("company", APPROVED)
def test_a_company_of_approved_texts_has_approved_what_the_channel_has(
    tmp_path: Path, company: str
) -> None:
    folder = salon(tmp_path / "salon", company, approved=APPROVED[company])
    with trying_out(folder, "--fake", company) as dev:
        texts, fates = until_delivered(dev, "你好", "+8613800138000")
    assert texts == ["您好！请问怎么称呼？"]  # the signature stands apart on their wire
    assert fates[-1] == "delivered"


def told_by(folder: Path, company: str) -> str:
    """What `convo dev --fake` says when it will not begin."""
    done = subprocess.run(
        [sys.executable, "-m", "convo.cli", "-C", folder, "dev", "--fake", company],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    return done.stderr


@pytest.mark.parametrize("company", APPROVED)
def test_without_approved_texts_it_is_told_what_to_write(tmp_path: Path, company: str) -> None:
    written(tmp_path / "shop", TABLES, {})
    told = told_by(tmp_path / "shop", company)
    assert f"--fake {company}: it sends approved texts only" in told
    assert f'channels.main is at console. Write `provider = "{company}"`' in told
    told = told_by(salon(tmp_path / "salon", company, approved=()), company)
    assert "channels.main has none" in told
    assert "`convo templates main` lists" in told


def test_behind_twilio_the_moods_are_answered_by_the_real_adapter(
    browser: Browser, tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    with developing(shop, NONE, "--fake", "twilio") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        far(desk, 0, "✓✓ delivered")
        treated(desk, "refuses")
        desk.text("1")
        far(desk, 1, "✗ not sent")
        # A 500 is no answer: what Twilio's list shows has left, and is not sent again.
        treated(desk, "no_answer")
        desk.text("tomorrow 3pm")
        desk.hears("Reply YES to book it")
        desk.page.click("[data-by='10m']")
        far(desk, 2, "✓ sent")
        # Long after, the company's signatures are as young as its clock.
        treated(desk, "twice")
        desk.page.click("[data-by='1d']")
        desk.text("menu")
        far(desk, 3, "✓✓ delivered")


@pytest.mark.parametrize(("company", "brings"), [("twilio", True), ("kannel", False)])
def test_a_picture_comes_by_a_company_that_brings_pictures_and_by_no_other(
    tmp_path: Path, company: str, brings: bool
) -> None:
    asked = {"number": PHONE, "links": "https://pictures.example/roof.jpg"}
    with (
        developing(tmp_path / "shop", NONE, "--fake", company) as dev,
        httpx.Client(base_url=dev.url, headers=OURS, timeout=60, trust_env=False) as client,
    ):
        assert client.get(dev.link).status_code == 303
        answer = client.post("/try/picture", json=asked)
        wrong = "" if brings else "This channel brings no pictures."
        assert (answer.status_code, answer.json()["wrong"]) == (200 if brings else 409, wrong)


def test_a_company_that_nobody_pretends_is_told_with_those_there_are(tmp_path: Path) -> None:
    written(tmp_path / "shop", TABLES, {})
    told = told_by(tmp_path / "shop", "twillio")
    assert '--fake: nobody pretends to be "twillio". Did you mean' in told
    assert "kannel" in told


@pytest.mark.parametrize("company", [*COMPANIES, *APPROVED])
def test_the_words_of_a_company_mean_to_its_adapter_what_the_network_means(company: str) -> None:
    hears = next(iter(sheets_of(company).values())).hears
    assert hears is not None
    assert hears.statuses[word_for(company, "delivered")] == "delivered"
    assert hears.statuses[word_for(company, "undelivered")] in ("undelivered", "failed")


def test_the_companies_that_bring_pictures_are_those_whose_sheets_say_so() -> None:
    hears = {company: next(iter(sheets_of(company).values())).hears for company in FAKES}
    assert {name for name, each in hears.items() if each and each.media} == BRING_PICTURES
