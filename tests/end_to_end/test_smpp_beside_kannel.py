"""Our SMPP beside Kannel's: one SMSC hears the same from both."""

import asyncio
import re
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from convo.core.parts import gsm7_encodable
from tests.end_to_end.kannel import CARRIER, Gateway, replaced
from tests.end_to_end.kannel import PASSWORD as KANNELS_PASSWORD
from tests.fakes.outbound import CONTACT, OURS, message
from tests.fakes.smsc import HANG_GUARD, PACKAGE, PASSWORD, SYSTEM_ID, smsc
from tests.node_packages import install
from tests.providers.test_smpp import CHINESE, Bound

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    install(folder, PACKAGE)
    return folder


KANNELS_CARRIER = """
group = smsc
smsc = smpp
smsc-id = npm
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = "{system_id}"
smsc-password = "{password}"
system-type = ""
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
                form = {"username": "convo", "password": KANNELS_PASSWORD, "text": text}
                form |= {"from": OURS, "to": CONTACT, "charset": "UTF-8"}
                form |= {"coding": "0" if gsm7_encodable(text) else "2"}
                url = f"http://127.0.0.1:{gateway.sendsms}/cgi-bin/sendsms?{urlencode(form)}"
                await asyncio.to_thread(urllib.request.urlopen, url, timeout=HANG_GUARD)
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


def kannel(folder: Path, smsc_port: int) -> Gateway:
    """A Kannel whose carrier is the SMSC at this port."""
    gateway = Gateway(folder, convo=9)
    conf = folder / "kannel.conf"
    fake = CARRIER.format(port=gateway.carrier)
    ours = KANNELS_CARRIER.format(port=smsc_port, system_id=SYSTEM_ID, password=PASSWORD)
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
