"""Brands, stores and loops are plugged together here, and what is unsafe does not start."""

import hashlib
import hmac
import logging
import re
import stat
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import pytest

from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import AlreadyRunning, FlowErrors, SettingsError
from convo.providers.http import HttpClient
from convo.runtime.clock import now
from convo.settings import Settings, read
from convo.stores.sqlite.consents import set_consents
from convo.stores.sqlite.rows import MS_A_DAY
from convo.stores.sqlite.store import SqliteStore
from convo.wiring import PROVIDERS, STORES, logs
from convo.wiring.authored import authored, flow_sources, settings_in
from convo.wiring.brands import OFFERED, adapters, open_store
from convo.wiring.probes import PROBES
from convo.wiring.secret import link_secret
from convo.wiring.serving import callback, wired

SHOP = """
[business]
name = "Shop"
zone = "Europe/London"
country = "GB"
languages = ["en"]

[channels.main]
provider = "console"
address = "12345"
path_token = "a-token-of-this-test"
fallback = "Text HELLO to begin."
"""

HELLO = """
flow: hello
about: A question and an answer
class: service
languages: [en]
start: {words: [hello]}
answers: {name: text}
steps:
  who:
    ask: What is your name?
    expect: text
    save: name
    silent: [{after: 1h, go: gone}]
  nice:
    say: "Nice to meet you, {{ name }}!"
  gone:
    end: gone
"""

HOURS = '''from convo import Call, Reply, keyword


@keyword("hours")
async def hours(call: Call) -> Reply:
    """When the shop is open."""
    return Reply("9 to 6")
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "convo.toml").write_text(SHOP, "utf-8")
    for folder, name, text in (
        ("flows", "hello.yaml", HELLO),
        ("keyword_handlers", "hours.py", HOURS),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, "utf-8")
    return tmp_path


def with_channel(folder: Path, channel: str, head: str = "") -> Settings:
    text = SHOP.partition("[channels")[0] + head + channel
    (folder / "convo.toml").write_text(text, "utf-8")
    return read(folder, OFFERED, {})


def dead() -> None:
    raise AssertionError("a loop died")


# --- what does not start -------------------------------------------------------------------------

KANNEL = """
[channels.main]
provider = "kannel"
address = "12345"
sendsms_url = "http://127.0.0.1:13013/cgi-bin/sendsms"
username = "convo"
password = "secret"
"""

TWILIO = """
[channels.main]
provider = "twilio"
address = "+12025550100"
account = "AC00000000000000000000000000000001"
token = "a-token-of-a-test"
"""

GENERIC = """
[channels.main]
provider = "generic_http"
send = {url = "http://127.0.0.1:9/send", body = "to={{to}}&text={{text}}"}
"""

CONSOLE = '[channels.main]\nprovider = "console"\n'


@pytest.mark.parametrize(
    ("brand", "channel"), [("kannel", KANNEL), ("generic_http", GENERIC), ("console", CONSOLE)]
)
def test_an_unsigned_provider_without_a_path_token_does_not_start(
    brand: str, channel: str, tmp_path: Path
) -> None:
    settings = with_channel(tmp_path, channel)
    with pytest.raises(SettingsError) as raised:
        adapters(settings, HttpClient(), now)
    (said,) = raised.value.problems
    assert said.startswith(f"convo.toml: channels.main.path_token: it is missing. {brand} signs")
    assert "convo doctor --token" in said
    allowed = with_channel(tmp_path, f'{channel}path_token = "sixteen-letters-x"\n')
    assert adapters(allowed, HttpClient(), now)["main"].unsigned


def test_a_signing_provider_without_a_public_url_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"server\.public_url: it is missing\. twilio signs"):
        adapters(with_channel(tmp_path, TWILIO), HttpClient(), now)
    server = '[server]\npublic_url = "https://sms.salon.example"\n'
    allowed = with_channel(tmp_path, TWILIO, server)
    assert not adapters(allowed, HttpClient(), now)["main"].unsigned


def test_a_gateway_that_proves_itself_needs_no_path_token(tmp_path: Path) -> None:
    settings = with_channel(
        tmp_path,
        f'{GENERIC}[channels.main.auth.header_token]\nname = "X-Token"\nvalue = "eight letters"\n',
        '[server]\npublic_url = "https://sms.salon.example"\n',
    )
    assert not adapters(settings, HttpClient(), now)["main"].unsigned


def test_what_the_adapters_miss_is_told_of_all_channels_at_once(tmp_path: Path) -> None:
    second = TWILIO.replace("channels.main", "channels.second").replace(
        'address = "+12025550100"\n', ""
    )
    with pytest.raises(SettingsError) as raised:
        adapters(with_channel(tmp_path, KANNEL + second), HttpClient(), now)
    assert [said.split(":")[1].strip() for said in raised.value.problems] == [
        "channels.main.path_token",
        "channels.second",
    ]


def test_every_offered_provider_and_store_is_in_the_tables() -> None:
    assert set(OFFERED) == set(PROVIDERS)
    servers = {"redis", "redis+unix", "redis+cluster", "redis+sentinel"}
    by_tls = {"rediss", "rediss+cluster", "rediss+sentinel"}
    assert set(STORES) == {"sqlite"} | servers | by_tls
    assert [name for name, store in STORES.items() if not store.shared] == ["sqlite"]
    assert set(PROBES) <= set(PROVIDERS)


# --- the secret ----------------------------------------------------------------------------------


def test_a_secret_is_made_once_and_readable_by_its_owner_only(shop: Path) -> None:
    settings = settings_in(shop)
    first = link_secret(settings)
    assert len(first) >= 32
    assert link_secret(settings) == first
    file = shop / "data" / "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_a_secret_of_the_operator_is_used_and_none_is_made(shop: Path) -> None:
    text = f'{SHOP}\n[server]\nsecret = "{"s" * 32}"\n'
    (shop / "convo.toml").write_text(text, "utf-8")
    assert link_secret(settings_in(shop)) == b"s" * 32
    assert not (shop / "data").exists()


def test_a_secret_file_that_was_emptied_is_refused(shop: Path) -> None:
    (shop / "data").mkdir()
    (shop / "data" / "secret").write_text("")
    with pytest.raises(SettingsError, match="it holds no secret"):
        link_secret(settings_in(shop))


# --- what was authored ---------------------------------------------------------------------------


def test_flows_and_handlers_become_a_playbook(shop: Path) -> None:
    found = authored(settings_in(shop))
    assert list(found.playbook.flows) == ["hello"]
    assert list(found.playbook.keywords) == ["hours"]


def test_a_mistake_in_a_flow_names_the_file_as_the_author_knows_it(shop: Path) -> None:
    (shop / "flows" / "hello.yaml").write_text(HELLO.replace("who:", "who"), "utf-8")
    with pytest.raises(FlowErrors) as raised:
        authored(settings_in(shop))
    assert raised.value.problems[0].place.file == "flows/hello.yaml"


def test_a_flow_file_that_is_not_utf8_is_named(shop: Path) -> None:
    (shop / "flows" / "zh.yaml").write_bytes("say: 您好".encode("gb18030"))
    with pytest.raises(SettingsError, match=r"flows/zh\.yaml: it is not UTF-8 \(byte 5\)"):
        flow_sources(settings_in(shop))


# --- running -------------------------------------------------------------------------------------


async def until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.sleep(0.005)


@pytest.mark.anyio
async def test_a_text_goes_in_by_the_webhook_and_its_answer_comes_out(shop: Path) -> None:
    said: list[str] = []

    async def deliver(message: Outbound) -> None:
        said.append(message.text)

    async with wired(authored(settings_in(shop)), on_death=dead, deliver=deliver) as business:
        transport = httpx.ASGITransport(business.app)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://convo") as web:
            door = "/in/main/a-token-of-this-test"
            for number, text in enumerate(("hello", "Ann", "hours", "what?"), start=1):
                body = {"from": "+447400123456", "text": text, "id": str(number)}
                assert (await web.post(door, json=body)).status_code == 200
                assert (await web.post(door, json=body)).status_code == 200  # the same, again
                await until(lambda n=number: len(said) >= n)
            assert (await web.post("/in/main/another-token-of-16", json={})).status_code == 403
            assert (await web.post("/in/nobody", json={})).status_code == 404
            assert (await web.get("/readyz")).json() == {"ready": True, "reasons": {}}
            numbers = (await web.get("/metrics")).text
    assert said == [
        "What is your name?",
        "Nice to meet you, Ann!",
        "9 to 6",
        "Text HELLO to begin.",
    ]
    assert 'convo_sends_total{channel="main",outcome="accepted"} 4.0' in numbers
    assert "convo_inbox 0.0" in numbers


ARRIVAL = """
flow: arrival
languages: [de, hi, pt]
start: {words: [arrival]}
steps:
  when: {ask: "When?", expect: datetime, silent: [{after: 1h, go: end}]}
  which: {choose: "Which?", options: {a: Bahn, b: Auto}, silent: [{after: 1h, go: end}]}
  many: {ask: "How many?", expect: number, silent: [{after: 1h, go: end}]}
  sure: {confirm: "Sure?", no: end, silent: [{after: 1h, go: end}]}
  good: {say: "Good.", go: end}
"""
ARRIVING = ("arrival", "morgen um 15 Uhr", "die erste", "drei", "sim")
#: A letter that the grammars of these languages have, and no pattern that is made beside them.
LETTER = "क"


@pytest.mark.anyio
async def test_no_reply_waits_for_its_grammar_to_be_made(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "flows" / "arrival.yaml").write_text(ARRIVAL, "utf-8")
    said: list[str] = []
    made: list[str] = []
    compiled = re.compile

    async def deliver(message: Outbound) -> None:
        said.append(message.text)

    def compile_one(pattern: str, flags: int = 0) -> re.Pattern[str]:
        made.append(pattern)
        return compiled(pattern, flags)

    async with wired(authored(settings_in(shop)), on_death=dead, deliver=deliver) as business:
        monkeypatch.setattr(re, "compile", compile_one)
        transport = httpx.ASGITransport(business.app)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://convo") as web:
            for number, text in enumerate(ARRIVING, start=1):
                body = {"from": "+447400123456", "text": text, "id": str(number)}
                await web.post("/in/main/a-token-of-this-test", json=body)
                await until(lambda n=number: len(said) >= n)
    assert said == ["When?", "Which?\n1 Bahn\n2 Auto", "How many?", "Sure?", "Good."]
    assert [pattern for pattern in made if LETTER in pattern] == []


VISIT = """
flow: visit
start: {events: [visit.made]}
answers: {when: datetime}
steps:
  told: {say: "See you on {{ when | default('time') }}."}
  person: {handoff: desk, go: bye}
  bye: {say: Goodbye., go: end}
"""


@pytest.mark.anyio
async def test_an_own_system_starts_a_flow_and_gives_it_back(shop: Path) -> None:
    (shop / "flows" / "visit.yaml").write_text(VISIT, "utf-8")
    settings = shop / "convo.toml"
    settings.write_text(f'{SHOP}\n[server]\napi_token = "a-token-of-this-test"\n', "utf-8")
    said: list[str] = []

    async def deliver(message: Outbound) -> None:
        said.append(message.text)

    async with wired(authored(settings_in(shop)), on_death=dead, deliver=deliver) as business:
        transport = httpx.ASGITransport(business.app)  # pyright: ignore[reportArgumentType]
        headers = {"Authorization": "Bearer a-token-of-this-test"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://convo", headers=headers
        ) as web:
            to = {"to": "07400 123456"}
            visit = {"event": "visit.made", "key": "1", "answers": {"when": "2030-05-01T15:00"}}
            assert (await web.post("/v1/events", json=to | visit)).status_code == 202
            assert (await web.post("/v1/events", json=to | visit)).status_code == 200
            await until(lambda: len(said) == 1)
            assert (await web.post("/v1/handbacks", json=to)).status_code == 202
            await until(lambda: len(said) == 2)
    assert said == ["See you on Wed 1 May 2030, 3:00 pm.", "Goodbye."]


@pytest.mark.anyio
async def test_a_business_starts_again_where_it_stopped(shop: Path) -> None:
    said: list[str] = []

    async def deliver(message: Outbound) -> None:
        said.append(message.text)

    for text in ("hello", "Ann"):
        before = len(said)
        async with wired(authored(settings_in(shop)), on_death=dead, deliver=deliver) as business:
            transport = httpx.ASGITransport(business.app)  # pyright: ignore[reportArgumentType]
            async with httpx.AsyncClient(transport=transport, base_url="http://convo") as web:
                body = {"from": "+447400123456", "text": text}
                await web.post("/in/main/a-token-of-this-test", json=body)
            await until(lambda n=before: len(said) > n)
    assert said == ["What is your name?", "Nice to meet you, Ann!"]


@pytest.mark.anyio
async def test_a_second_owner_of_a_database_is_refused(shop: Path) -> None:
    settings = settings_in(shop)
    store = await open_store(settings, now)
    try:
        with pytest.raises(AlreadyRunning, match="process"):
            async with wired(authored(settings), on_death=dead):
                pass
    finally:
        await store.close()


@pytest.mark.anyio
async def test_the_store_keeps_proof_as_long_as_the_law_of_the_business_says(shop: Path) -> None:
    moment = [0]
    store = await open_store(settings_in(shop), lambda: moment[0])
    assert isinstance(store, SqliteStore)
    chinese, american = PhoneNumber("+8613800138000"), PhoneNumber("+12025550147")
    no = Consent(programme="news", state="unknown", at=0, event="e")
    await store.read(
        lambda database: set_consents(
            database, [(contact.e164, no) for contact in (chinese, american)]
        )
    )
    moment[0] = 154 * MS_A_DAY
    await store.tidy()
    assert await store.acts(chinese) == ()
    assert len(await store.acts(american)) == 1
    await store.close()


@pytest.mark.anyio
async def test_a_report_url_bears_our_signed_id(shop: Path) -> None:
    from convo.core.links import SignedIds

    settings = settings_in(shop)
    ids = SignedIds([b"s" * 32])
    url = callback(settings, "main", ids)("ab12")
    assert url.startswith("http://127.0.0.1:8000/dlr/main/ab12-")
    assert ids.verify(url.rpartition("/")[2]) == "ab12"


def test_a_probe_of_twilio_is_signed_as_twilio_signs(tmp_path: Path) -> None:
    server = '[server]\npublic_url = "https://sms.salon.example"\n'
    settings = with_channel(tmp_path, TWILIO, server)
    url = "https://sms.salon.example/in/main"
    probe = PROBES["twilio"](settings.connections["main"].options, url)
    signed = f"{url}MessageSidSM{'0' * 32}MessageStatusdoctor".encode()
    proof = b64encode(hmac.digest(b"a-token-of-a-test", signed, hashlib.sha1)).decode()
    assert probe.headers["X-Twilio-Signature"] == proof
    assert "a-token-of-a-test" not in repr(probe)


# --- logs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("text from +12025550100 kept", "text from +120****00 kept"),
        ("13800138000 and 2025550100", "13****00 and 20****00"),
        ("message 3f2a0011223344 of 12 at 127.0.0.1:8000", None),
        ("2026-11-22T16:40:00 process 12345", None),
    ],
)
def test_numbers_are_masked_in_the_log(line: str, shown: str | None) -> None:
    assert logs.masked(line) == (shown or line)


def test_a_log_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        logs.begin("info")
        logging.getLogger("convo.test").info("one\ntwo for +12025550100")
        logging.getLogger("convo.test").debug("not this")
    finally:
        root.handlers[:], root.level = before, level
    line = capsys.readouterr().err
    assert line.endswith("INFO convo.test: one | two for +120****00\n")
    assert line.count("\n") == 1
