"""S07: everybody's own link ends their texts by its button, and by nothing else."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.end_to_end.serving import soon
from tests.rows.crowd import TABLES, Crowd, crowd

pytestmark = pytest.mark.anyio

FLOWS = {
    "joining": """
flow: joining
class: marketing
programme: survey
languages: [en, zh]
start: {words: [joinnow]}
steps:
  invite:
    consent: {ask: survey}
    confirm:
      en: Salon Mei, about 2 survey texts a month, reply YES to join. Reply STOP to opt out
      zh: Salon Mei 每月约2条调查短信，回复“是”加入。回复“退订”退订
    yes: joined
    no: over
    silent: [{after: 1h, go: over}]
  joined: {consent: {give: survey}}
  over: {end: over}
""",
    "news": """
flow: news
class: marketing
programme: survey
languages: [en]
start: {words: [news]}
steps:
  news: {say: "News! No more: {{ contact.opt_out_link }} or reply STOP to opt out"}
  over: {end: told}
""",
}
LINK = re.compile(r"https://sms\.salon\.example(/u/[\w.-]+)")
ANNA, BEN = "+12025550143", "+12025550144"
GIVEN = "SELECT state FROM consent WHERE contact = ? AND programme = 'survey'"
TEXTS = "SELECT text FROM message WHERE contact = ? AND text LIKE 'News%' ORDER BY seq"


async def asked(people: Crowd, method: str, path: str) -> tuple[int, str]:
    """Status and the whole answer, as a browser or a scanner of links gets them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", people.port)
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
        "Connection: close\r\nContent-Length: 0\r\n\r\n".encode()
    )
    answer = (await reader.read()).decode()
    writer.close()
    return int(answer.split()[1]), answer


async def test_only_the_button_ends_the_texts_and_only_of_a_link_that_we_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable = TABLES.replace("[server]", '[server]\npublic_url = "https://sms.salon.example"')
    monkeypatch.setattr("tests.rows.crowd.TABLES", reachable)
    with crowd(tmp_path / "shop", FLOWS, {}) as people:
        business = people.serving
        for number in (ANNA, BEN):
            await people.text(number, "joinnow")
            business.waits_for(GIVEN, [number], [("asked",)])
            await people.text(number, "yes")
            business.waits_for(GIVEN, [number], [("given",)])
            await people.text(number, "news")
            soon(lambda number=number: len(business.rows(TEXTS, number)), 1)
        links = [LINK.search(business.rows(TEXTS, each)[0][0]) for each in (ANNA, BEN)]
        link, bens = (found[1] for found in links if found is not None)
        assert link != bens

        # A scanner follows it, twice: nothing has happened.
        for _ in range(2):
            status, page = await asked(people, "GET", link)
            assert status == 200
        assert "退订" in page
        assert "<script" not in page
        assert "default-src 'none'" in page
        assert "no-referrer" in page
        assert business.rows(GIVEN, ANNA) == [("given",)]

        # Altered anywhere, it is nobody's.
        token = link.removeprefix("/u/")
        for at in range(len(token)):
            other = "A" if token[at] != "A" else "B"
            status, _ = await asked(people, "POST", f"/u/{token[:at]}{other}{token[at + 1 :]}")
            assert status == 404
        assert (await asked(people, "POST", "/u/made.up"))[0] == 404
        assert business.rows(GIVEN, ANNA) == [("given",)]

        # The button, and once more: she has left, and Ben has not.
        for _ in range(2):
            status, page = await asked(people, "POST", link)
            assert status == 200
            assert "已退订" in page
        business.waits_for(GIVEN, [ANNA], [("withdrawn",)])
        assert business.rows(GIVEN, BEN) == [("given",)]
        for number in (ANNA, BEN):
            await people.text(number, "News!")
        soon(lambda: len(business.rows(TEXTS, BEN)), 2)
        assert len(business.rows(TEXTS, ANNA)) == 1
        acts = "SELECT proof, origin FROM consent_act WHERE contact = ? AND state = 'withdrawn'"
        (act,) = business.rows(acts, ANNA)
        assert "opt-out link" in act[0]
        assert '"link"' in act[1]
