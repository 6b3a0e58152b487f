"""A file as a provider: every message is one more line of JSON, for a system of your own to read.

What stands behind it may be an app's push, a WeChat gateway or a printer: whatever reads the file.
Nothing comes in here.
"""

import asyncio
import math
import os
from pathlib import Path
from typing import Any

import msgspec
from pydantic import Field

from convo.core.business import Channel
from convo.core.turns import Outbound
from convo.errors import NotSent, SendUncertain
from convo.ports import Clock, Sent
from convo.providers.http import HttpClient
from convo.providers.in_time import still_ours
from convo.providers.one_way import OneWay, OneWayOptions


class Options(OneWayOptions):
    """What a channel that is a file needs in convo.toml."""

    file: str = Field(
        min_length=1,
        description="Where the lines go, seen from where Convo runs.",
        examples=["data/push.jsonl"],
    )


def connect(
    channel: Channel,  # noqa: ARG001 - every provider is connected alike
    options: Options,
    http: HttpClient,  # noqa: ARG001
    *,
    country: str,  # noqa: ARG001
    clock: Clock,
) -> "Log":
    """The adapter of one channel."""
    return Log(Path(options.file), clock)


class Log(OneWay):
    """One channel that is a file."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        #: Lines keep their order, and none stands inside another.
        self._writing = asyncio.Lock()

    async def close(self) -> None:
        """The file is closed after every line."""

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002
        leave_by: float = math.inf,
    ) -> Sent:
        line: dict[str, Any] = {
            "id": message.id,
            "at": self._clock(),
            "channel": message.goes_by,
            "contact": message.contact.e164,
            "to": message.to or message.contact.e164,
            "class": message.kind,
            "text": message.text,
        }
        async with self._writing:
            still_ours(leave_by, asyncio.get_running_loop().time)
            await asyncio.to_thread(self._add, msgspec.json.encode(line) + b"\n")
        return Sent(provider_ids=(message.id,), parts=message.parts)

    def _add(self, line: bytes) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NotSent(f"{self._file} cannot be written: {error.strerror}.") from None
        try:
            written = os.write(file, line)
        except OSError as error:
            raise NotSent(f"{self._file} cannot be written: {error.strerror}.") from None
        finally:
            os.close(file)
        if written != len(line):
            raise SendUncertain(f"{self._file} took {written} of {len(line)} bytes.")
