"""Debian's Kannel on loopback, configured by what docs/how-to/connect-kannel.md shows."""

import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.end_to_end.serving import ROOT, shown

HOW_TO = ROOT / "docs" / "how-to" / "connect-kannel.md"
BOXES = ("/usr/sbin/bearerbox", "/usr/sbin/smsbox")
PASSWORD = "a password + % &"
TOKEN = "path-token-of-the-end-to-end-tests"
UP_WITHIN = 60.0
DOWN_WITHIN = 10.0
READY = "Connected to bearerbox"
"""smsbox listens before it has read who may send: until it says this, it forbids everything that is
asked of it, or crashes."""
#: Kannel has no option for the interface of a fake carrier; only this machine may connect.
CARRIER = """
group = smsc
smsc = fake
smsc-id = fake
port = {port}
connect-allow-ip = 127.0.0.1
"""


def replaced(text: str, *swaps: tuple[str, str]) -> str:
    """`text` with the how-to's own values swapped for the test's; each must be there."""
    for old, new in swaps:
        assert old in text, f"{HOW_TO.name} shows no {old}"
        text = text.replace(old, new)
    return text


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Gateway:
    """bearerbox and smsbox, to be started and stopped as often as one likes; kept in `folder`."""

    def __init__(self, folder: Path, *, convo: int) -> None:
        admin, smsbox, self.sendsms, self.carrier = free_ports(4)
        self.folder = folder
        self.log = folder / "kannel.log"
        self._conf = folder / "kannel.conf"
        self._boxes: list[subprocess.Popen[bytes]] = []
        spool = folder / "spool"
        spool.mkdir(parents=True)
        reports = folder / "reports.db"
        with sqlite3.connect(reports) as database:
            database.execute(shown(HOW_TO, "sql"))
        database.close()
        conf = replaced(
            shown(HOW_TO, "ini"),
            ("13000", str(admin)),
            ("13001", str(smsbox)),
            ("13013", str(self.sendsms)),
            ("127.0.0.1:8000", f"127.0.0.1:{convo}"),
            ("/var/spool/kannel", str(spool)),
            ("/var/lib/kannel/reports.db", str(reports)),
            ("ADMIN-PASSWORD", "unused"),
            ("KANNEL-PASSWORD", PASSWORD),
            ("PATH-TOKEN", TOKEN),
        )
        self._conf.write_text(conf + CARRIER.format(port=self.carrier), "utf-8")

    def start(self) -> None:
        bearerbox, smsbox = BOXES
        self._begin(bearerbox, self.carrier)
        before = self._logged().count(READY)
        self._begin(smsbox, self.sendsms)
        self._until(lambda: self._logged().count(READY) > before, smsbox)

    def stop(self) -> None:
        """smsbox first, so that whoever sends is refused and nothing is half taken."""
        for box in reversed(self._boxes):
            ended(box)
        self._boxes.clear()

    def _begin(self, program: str, port: int) -> None:
        with self.log.open("ab") as log:
            box = subprocess.Popen(
                [program, "-v", "1", str(self._conf)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._boxes.append(box)
        self._until(lambda: listens(port), program)

    def _until(self, is_so: Callable[[], bool], program: str) -> None:
        """Until the box begun last is so far."""
        until = time.monotonic() + UP_WITHIN
        while not is_so():
            assert self._boxes[-1].poll() is None, f"{program} ended: {self._last()}"
            assert time.monotonic() < until, f"{program} does not come up: {self._last()}"
            time.sleep(0.02)

    def _logged(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def _last(self) -> Sequence[str]:
        return self._logged().splitlines()[-20:]


def ended(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end by SIGTERM; Kannel's boxes sometimes hang at the end of their ends."""
    process.terminate()
    try:
        process.wait(DOWN_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
