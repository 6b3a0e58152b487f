"""The loggers: one line a message, without numbers, to the stderr of the moment."""

import logging
import re
import sys

# 7 to 15 digits with or without a +, as E.164 has; times, ids in hex and ports are left alone.
_NUMBER = re.compile(r"(?<![\w.:-])\+?\d{7,15}(?![\w.:])")
_SHOWN_AT_EACH_END = 2

QUIET = ("transitions", "asyncio", "httpx", "httpcore", "uvicorn.error", "uvicorn.access")
"""Loggers that say much and mean little."""


class OneLine(logging.Formatter):
    """`2026-11-22T16:40:00 INFO convo.owner: words`, numbers masked and line ends written out."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record)).replace("\r", "").replace("\n", " | ")


class Stderr(logging.Handler):
    """Writes to what stderr is now: the phone prompt puts itself in its place for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(OneLine())

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def masked(line: str) -> str:
    """The line with whatever could be somebody's number made unreadable."""
    return _NUMBER.sub(lambda found: _mask(found[0]), line)


def _mask(number: str) -> str:
    shown = 4 if number.startswith("+") else _SHOWN_AT_EACH_END
    return f"{number[:shown]}****{number[-_SHOWN_AT_EACH_END:]}"


def begin(level: str) -> None:
    """Log from here on at `level`; everything that was set before is replaced."""
    root = logging.getLogger()
    root.handlers[:] = [Stderr()]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
