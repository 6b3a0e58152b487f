"""Phones behind Kannel's own fakesmsc: it is told a text a line, and prints what phones receive."""

import re
import subprocess
import time
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from tests.end_to_end.kannel import ended

PROGRAM = "/usr/lib/kannel/test/fakesmsc"
OURS = "+12025550100"
HEARD_WITHIN = 60.0
LONGEST_LINE = 250
"""What fakesmsc reads at once; on its command line it takes more."""

QUIET = 0.5
"""Seconds without a text that count as silence, once all that went before is settled."""

_GOT = re.compile(r"Got message \d+: <(.*)>$")
_TEXT = re.compile(
    rf"{re.escape(OURS)} (?P<to>\+\d+) "
    r"(?:(?P<kind>text|ucs-2)|udh %05%00%03(?P<reference>%\w\w|.)(?P<parts>%\w\w)(?P<part>%\w\w)"
    r" data) (?P<data>.*)"
)


class Handsets:
    """All phones of the carrier. `connect` and `disconnect` are the carrier's own line."""

    def __init__(self, port: int, log: Path) -> None:
        self._port = port
        self._log = log
        self._program: subprocess.Popen[bytes] | None = None
        self._typed = False
        log.touch()

    def connect(self, *line: str) -> None:
        """To be told its texts one by one; or with the only one that it is to send."""
        self._typed = not line
        once = ["-m", "1", *line] if line else []
        with self._log.open("ab") as log:
            self._program = subprocess.Popen(
                [PROGRAM, "-H", "127.0.0.1", "-r", str(self._port), "-i", "0.02", *once],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def disconnect(self) -> None:
        """By a signal: fakesmsc crashes when its input ends."""
        if self._program is not None:
            ended(self._program)
            assert self._program.stdin is not None
            self._program.stdin.close()
            self._program = None

    def line(self, line: str) -> None:
        """One text of a phone's, in fakesmsc's words; it is on its way when this returns.

        Meanwhile fakesmsc overlooks further lines, so they have to wait.
        """
        sent = self._sent()
        if len(line) > LONGEST_LINE:
            self.disconnect()
            self.connect(line)
        else:
            if not self._typed:
                self.disconnect()
                self.connect()
            assert self._program is not None
            assert self._program.stdin is not None
            self._program.stdin.write(f"{line}\n".encode())
            self._program.stdin.flush()
        until = time.monotonic() + HEARD_WITHIN
        while self._sent() == sent:
            assert time.monotonic() < until, "fakesmsc does not send what it was told"
            time.sleep(0.01)

    def _sent(self) -> int:
        return self._log.read_text("utf-8").count("fakesmsc: sent message")

    def received(self, number: str) -> list[str]:
        """Every text that `number` received so far, oldest first, parts joined.

        fakesmsc shows the lines of a GSM text as messages of their own.
        """
        texts: list[tuple[str, str]] = []
        parts: dict[str, dict[int, bytes]] = {}
        for row in self._log.read_text("utf-8").splitlines():
            if (got := _GOT.search(row)) is None:
                continue
            if (said := _TEXT.fullmatch(got[1])) is None:
                to, text = texts[-1]
                texts[-1] = (to, f"{text}\n{got[1]}")
            elif said["kind"] == "text":
                texts.append((said["to"], said["data"]))
            elif said["kind"] == "ucs-2":
                texts.append((said["to"], _bytes(said["data"]).decode("utf-16-be")))
            else:
                known = parts.setdefault(f"{said['to']} {said['reference']}", {})
                known[_bytes(said["part"])[0]] = _bytes(said["data"])
                if len(known) == _bytes(said["parts"])[0]:
                    whole = b"".join(known[part] for part in sorted(known))
                    texts.append((said["to"], _decoded(whole)))
                    known.clear()
        return [text for to, text in texts if to == number]


class Handset:
    """One phone."""

    def __init__(self, handsets: Handsets, number: str) -> None:
        self.number = number
        self._handsets = handsets
        self._heard = 0

    def says(self, text: str) -> None:
        if text.isascii():
            self._handsets.line(f"{self.number} {OURS} text {text}")
        else:
            self._handsets.line(f"{self.number} {OURS} ucs2 {quote(text.encode('utf-16-be'))}")

    def says_in_parts(self, *parts: str) -> None:
        """One long text, whose last part comes first."""
        for number in range(len(parts), 0, -1):
            header = f"%05%00%03%2A%{len(parts):02X}%{number:02X}"
            self._handsets.line(f"{self.number} {OURS} udh-text {header} {parts[number - 1]}")

    def hears(self, *wanted: str) -> str:
        """Wait for the next text, which is one of `wanted` to the letter."""
        until = time.monotonic() + HEARD_WITHIN
        text = ""
        while time.monotonic() < until:
            texts = self._handsets.received(self.number)
            text = texts[self._heard] if len(texts) > self._heard else text
            if text in wanted:
                self._heard += 1
                return text
            time.sleep(0.02)
        raise AssertionError(f"{self.number} heard {text!r}, not {' or '.join(map(repr, wanted))}")

    def hears_nothing(self) -> None:
        time.sleep(QUIET)
        assert self._handsets.received(self.number)[self._heard :] == []


def _bytes(encoded: str) -> bytes:
    return unquote_to_bytes(encoded.replace("+", " "))


def _decoded(whole: bytes) -> str:
    """fakesmsc does not tell the coding of parts: Chinese in UTF-16 is no UTF-8."""
    try:
        return whole.decode("utf-8")
    except UnicodeDecodeError:
        return whole.decode("utf-16-be")
