"""`convo contact`, `convo consent` and `convo consents import`, beside a server and through one."""

import asyncio
import json
from pathlib import Path

import pytest

from convo.cli import request
from convo.core.consent_acts import ConsentAct
from convo.core.contacts import Consent, Origin
from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.turns import FromInbox, Turn
from convo.ports import Arrival, Done, Wants
from convo.stores.sqlite.store import SqliteStore
from tests.cli.conftest import Convo

ANNA = PhoneNumber("+8613800138000")
NOW = 1_795_312_800_000


async def written(file: Path) -> None:
    store = await SqliteStore.open(str(file), clock=lambda: NOW)
    lease = await store.acquire(0, "test")
    assert lease is not None
    text = Inbound(channel="main", contact=ANNA, text="join")
    stop = Inbound(channel="main", contact=ANNA, text="STOP", law="stop")
    await store.accept([Arrival(event=text, dedupe="1")])
    (pending,) = (await store.advance(lease, Done(), Wants(events=1))).events
    asked = Consent(
        programme="news",
        state="asked",
        at=NOW,
        event=pending.event.id,
        order=pending.order,
        proof="News? Reply YES.\x1b[31m",
        origin=Origin(said="join", flow="join", version="v1", channel="main", provider_id="SM1"),
    )
    turn = Turn(
        source=FromInbox(entry=pending.order),
        contact=ANNA,
        at=NOW,
        record=b'[2,{},["vip"],"en",null,[],[],[],1795312800000,1795312800000,[0,0,0,0,0,0,0,0,0]]',
        consents=(asked,),
    )
    await store.advance(lease, Done(turns=(turn,)), Wants())
    act = ConsentAct(act="stop", proof="STOP", origin=Origin(how="law", said="STOP"))
    await store.accept([Arrival(event=stop, dedupe="2", consent=act)])
    await store.close()


@pytest.fixture
def known(shop: Path) -> Path:
    asyncio.run(written(shop / "data" / "convo.db"))
    return shop


def test_the_history_of_a_number_shows_every_act_and_where_it_stands(
    convo: Convo, known: Path
) -> None:
    said = convo("-C", known, "consent", ANNA.e164).output
    assert "news: asked, in a flow" in said
    assert "shown: News? Reply YES. [31m" in said
    assert "flow: join, version v1" in said
    assert "provider's id: SM1" in said
    assert "everything: withdrawn, by a law word" in said
    assert "now  everything: withdrawn" in said
    rows = [
        json.loads(line)
        for line in convo("-C", known, "consent", ANNA.e164, "--json").output.splitlines()
    ]
    assert [row["state"] for row in rows] == ["asked", "withdrawn"]
    assert "There is no act" in convo("-C", known, "consent", "+8613900139000").output
    assert convo("-C", known, "consent", "Anna").exit_code == 2


def test_what_is_known_of_a_number_is_shown(convo: Convo, known: Path) -> None:
    said = convo("-C", known, "contact", ANNA.e164).output
    for line in ("tags       vip", "language   en", "law        cn", "zone       by the number"):
        assert line in said
    assert "first seen" in said
    assert "Nothing is known" in convo("-C", known, "contact", "+8613900139000").output
    assert convo("-C", known, "contact", "merge", ANNA.e164).exit_code == 2


def test_where_a_number_is_with_the_caps_is_shown_and_why(convo: Convo, known: Path) -> None:
    settings = known / "convo.toml"
    caps = (
        '\n[caps]\nnormal = "2 per week"\nrare = "1 per month"\n'
        '[caps.signals]\ncomplaint = {tag = "%s", tier = "rare"}\n'
    )
    # A tag that no flow gives is a complaint that nobody could make.
    (known / "flows" / "complaints.yaml").write_text(
        "flow: complaints\nstart: {words: [complain]}\nsteps:\n"
        "  heard: {say: We are sorry., tag: [vip, x], go: end}\n",
        "utf-8",
    )
    plain = settings.read_text("utf-8")
    told = {"vip": "rare: 1 per month, for they have complained", "x": "2 per week, as everybody"}
    for tag, said in told.items():
        settings.write_text(plain + caps % tag, "utf-8")
        assert said in convo("-C", known, "contact", ANNA.e164).output


def test_rows_of_a_file_are_posted_and_each_refusal_is_told_with_its_line(
    convo: Convo, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[dict[str, object]] = []

    def post(_url: str, _token: str, body: dict[str, object], path: str) -> tuple[int, object]:
        assert path == "/v1/consents"
        bodies.append(body)
        refused = [{"row": 2, "complaints": ["evidence: it is missing."]}]
        return 200, {
            "accepted": 1,
            "without_consent": 0,
            "unproven": [],
            "duplicates": 0,
            "refused": refused,
        }

    monkeypatch.setattr(request, "post", post)
    monkeypatch.setattr(request, "token_of", lambda _: "token")
    file = shop / "list.csv"
    head = "number,programme,given_at,source,evidence,name\n"
    row = "+8613800138000,news,2026-11-20T15:00+08:00,form,form 1,Anna\n"
    file.write_text(head + row + row.replace("form 1", ""), "utf-8")
    answer = convo("-C", shop, "consents", "import", file)
    assert answer.exit_code == 1
    assert "list.csv:3: evidence: it is missing." in answer.output
    assert "1 kept, 0 without consent, 0 known already, 1 refused." in answer.output
    assert bodies[0]["unproven"] == "refuse"
    rows = bodies[0]["consents"]
    assert isinstance(rows, list)
    assert rows[0] == {
        "to": "+8613800138000",
        "programme": "news",
        "given_at": "2026-11-20T15:00+08:00",
        "source": "form",
        "evidence": "form 1",
    }
    file.write_text("number,programme\n+8613800138000,news\n", "utf-8")
    assert (
        "names no column given_at, source, evidence"
        in convo("-C", shop, "consents", "import", file).output
    )
