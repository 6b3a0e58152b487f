"""Our SMPP beside Kannel's and opposite to it: one SMSC hears the same from both, and passes on
what the one submits to the other."""

import asyncio
import re
import urllib.request
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from convo.core.parts import gsm7_encodable
from tests.end_to_end.kannel import CARRIER, Gateway, replaced
from tests.end_to_end.kannel import PASSWORD as KANNELS_PASSWORD
from tests.end_to_end.serving import Serving
from tests.end_to_end.test_smpp import business, served, soon
from tests.fakes.http_server import Answer, FakeServer
from tests.fakes.outbound import CONTACT, OURS, message
from tests.fakes.smsc import HANG_GUARD, PACKAGE, PASSWORD, PHONE, SYSTEM_ID, Smsc, smsc
from tests.node_packages import install
from tests.providers.test_smpp import CHINESE, Bound

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    install(folder, PACKAGE)
    return folder


DROPS, DROPS_IN_SOAK = 4, 100
TEXTS_A_DROP = 3
HELD = "SELECT contact FROM message WHERE state = 'held'"

KANNELS_CARRIER = """
group = smsc
smsc = smpp
smsc-id = npm
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = "{system_id}"
smsc-password = "{password}"
system-type = "{system_type}"
reconnect-delay = 1
address-range = ""
"""


async def test_texts_leave_as_they_do_from_kannel(tmp_path: Path, packages: Path) -> None:
    """Two clients that know nothing of each other, and one SMSC: it hears the same from both.

    Without letters of two units, which Kannel cuts in two where a part ends there.
    """
    chinese = CHINESE.replace("😀", "")
    texts = ("See you [10:30] @ €5", "x" * 159 + "€" + "y" * 60, "明天见", chinese)
    async with smsc(packages) as centre:
        line = Bound(centre.port)
        gateway = kannel(tmp_path / "kannel", centre.port)
        await asyncio.to_thread(gateway.start)
        await centre.until(lambda: centre.of("bind"))
        try:
            for text in texts:
                await submits(gateway, text, OURS, CONTACT)
                await centre.until(lambda text=text: said(centre.taken).endswith(text))
        finally:
            await asyncio.to_thread(gateway.stop)
        theirs = [*centre.taken]
        bound = asyncio.create_task(line.provider.run(line.keep))
        for text in texts:
            await line.send(message(text))
        bound.cancel()
        await asyncio.gather(bound, return_exceptions=True)
        assert [as_heard(each) for each in centre.taken[len(theirs) :]] == [*map(as_heard, theirs)]


async def test_a_long_chinese_text_passes_between_a_phone_behind_kannel_and_us(
    tmp_path: Path, packages: Path
) -> None:
    """In parts as Kannel cuts them, joined here; in parts as we cut them, joined by Kannel."""
    long = CHINESE.replace("😀", "")
    async with behind_kannel(tmp_path, packages) as (phones, _, _):
        await phones.says(CONTACT, "echo")
        await soon(lambda: phones.heard(CONTACT), ["What shall I say?"])
        await phones.says(CONTACT, long)
        await soon(lambda: phones.heard(CONTACT), ["What shall I say?", long])


@pytest.mark.soak
async def test_whoever_texts_from_behind_kannel_is_answered_however_often_lines_drop(
    tmp_path: Path, packages: Path, soak: bool
) -> None:
    """Or the reply is held for a person, since it was written, and no answer came. A text that
    Kannel submits twice, for it had no answer either, is two texts."""
    async with behind_kannel(tmp_path, packages) as (phones, centre, serving):
        contacts: list[str] = []

        def unanswered() -> set[str]:
            held = {number for (number,) in serving.rows(HELD)}
            return {each for each in contacts if each not in held and not phones.heard(each)}

        for drop in range(DROPS_IN_SOAK if soak else DROPS):
            for text in range(TEXTS_A_DROP):
                contacts.append(f"+1202557{drop * TEXTS_A_DROP + text:04}")
                await phones.says(contacts[-1], "hello")
            before = len(centre.of("bind"))
            await centre.order("drop")
            await centre.until(lambda before=before: len(centre.of("bind")) >= before + 2)
        await soon(unanswered, set())
        assert len([each for each in contacts if phones.heard(each)]) > len(contacts) / 2


@asynccontextmanager
async def behind_kannel(
    folder: Path, packages: Path
) -> AsyncGenerator[tuple["Handsets", Smsc, Serving]]:
    """Phones of a Kannel, and a business of ours, at one SMSC that passes on between them."""
    async with smsc(packages) as centre, FakeServer(lambda _: Answer()) as hearing:
        await centre.order("relays")
        gateway = kannel(folder / "kannel", centre.port, system_type=PHONE, calls=hearing.port)
        await asyncio.to_thread(gateway.start)
        try:
            business(folder / "salon", centre.port)
            with served(folder / "salon") as serving:
                await centre.until(lambda: len(centre.of("bind")) == 2)
                yield Handsets(gateway, hearing), centre, serving
        finally:
            await asyncio.to_thread(gateway.stop)


class Handsets:
    """Phones behind a Kannel: it submits what they say, and calls here with what comes."""

    def __init__(self, gateway: Gateway, hearing: FakeServer) -> None:
        self._gateway = gateway
        self._hearing = hearing

    async def says(self, number: str, text: str) -> None:
        await submits(self._gateway, text, number, OURS)

    def heard(self, number: str) -> list[str]:
        """What it got, oldest first."""
        calls = [
            dict(parse_qsl(each.target.partition("?")[2], encoding="latin-1"))
            for each in [*self._hearing.asked]
        ]
        return [
            each["text"].encode("latin-1").decode(each["charset"])
            for each in calls
            if each["to"] == number.removeprefix("+")
        ]


async def submits(gateway: Gateway, text: str, origin: str, to: str) -> None:
    """Through Kannel's own door; it has the text once it has answered."""
    form = {"username": "convo", "password": KANNELS_PASSWORD, "text": text}
    form |= {"from": origin, "to": to, "charset": "UTF-8"}
    form |= {"coding": "0" if gsm7_encodable(text) else "2"}
    url = f"http://127.0.0.1:{gateway.sendsms}/cgi-bin/sendsms?{urlencode(form)}"
    await asyncio.to_thread(urllib.request.urlopen, url, timeout=HANG_GUARD)


def kannel(folder: Path, smsc_port: int, *, system_type: str = "", calls: int = 9) -> Gateway:
    """A Kannel whose carrier is the SMSC at this port, and which calls at the port `calls`."""
    gateway = Gateway(folder, convo=calls)
    conf = folder / "kannel.conf"
    fake = CARRIER.format(port=gateway.carrier)
    ours = KANNELS_CARRIER.format(
        port=smsc_port, system_id=SYSTEM_ID, password=PASSWORD, system_type=system_type
    )
    conf.write_text(replaced(conf.read_text("utf-8"), (fake, ours)), "utf-8")
    # Which bearerbox is known to be up by.
    gateway.carrier = int(re.findall(r"^smsbox-port = (\d+)$", conf.read_text("utf-8"), re.M)[0])
    return gateway


def said(taken: Sequence[Mapping[str, Any]]) -> str:
    return "".join(each["text"] for each in taken)


def as_heard(taken: Mapping[str, Any]) -> tuple[object, ...]:
    """What matters of a submit_sm: all but the number that its parts have in common."""
    header = taken["udh"][:4] + taken["udh"][6:]
    of = ("text", "data_coding", "source", "source_ton", "to", "to_ton")
    return header, taken["esm_class"] & 0x40, *(taken[name] for name in of)
