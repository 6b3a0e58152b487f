"""A queue of Amazon SQS: what waits in it is read, and taken out by whoever has kept it.

Wire facts: the service's model in botocore 1.44 (AWS JSON 1.0), and the SQS guide: a message that
was read is out of sight for the queue's visibility timeout, and is there again when nobody has
deleted it by then.
"""

import re
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from convo.errors import ConfigError, Unavailable
from convo.ports import Clock
from convo.providers.aws_signing import Signer
from convo.providers.http import HttpClient
from convo.sentences import sentence

SERVICE = "sqs"

AT_ONCE = 10
"""Messages of one answer: SQS gives no more."""

WAITS = 20
"""Seconds that SQS holds an answer until there is a message: its longest."""

LENGTH = "ApproximateNumberOfMessages"

T = TypeVar("T")

_URL = re.compile(r"https?://[^/?#@\s]+/\d{12}/[\w-]{1,80}\Z", re.ASCII)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One message, and what takes it out."""

    body: str = msgspec.field(name="Body")
    receipt: str = msgspec.field(name="ReceiptHandle")

    def __repr__(self) -> str:
        return "Waiting()"


class _Received(msgspec.Struct, frozen=True, kw_only=True):
    messages: list[Waiting] | None = msgspec.field(name="Messages", default=None)


class _Refused(msgspec.Struct, frozen=True, kw_only=True):
    kind: str = msgspec.field(name="__type", default="")


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    code: str = msgspec.field(name="Code", default="")


class _Deleted(msgspec.Struct, frozen=True, kw_only=True):
    failed: list[_Entry] = msgspec.field(name="Failed", default_factory=list[_Entry])


class _Attributes(msgspec.Struct, frozen=True, kw_only=True):
    attributes: dict[str, str] = msgspec.field(name="Attributes", default_factory=dict[str, str])


class Queue:
    """One queue, read by one access key."""

    def __init__(self, url: str, signer: Signer, http: HttpClient, clock: Clock) -> None:
        parts = urlsplit(url)
        self._queue = url
        self._url = f"{parts.scheme}://{parts.netloc}/"
        self._signer = signer
        self._http = http
        self._clock = clock

    async def receive(self) -> Sequence[Waiting]:
        """What there is, or what comes while SQS waits. Raises `SendError`."""
        fields = {"MaxNumberOfMessages": AT_ONCE, "WaitTimeSeconds": WAITS}
        return (await self._ask("ReceiveMessage", fields, _Received)).messages or ()

    async def take_out(self, read: Sequence[Waiting]) -> None:
        """They are kept, so nobody else shall have them. Raises `SendError`."""
        entries = [
            {"Id": str(place), "ReceiptHandle": each.receipt} for place, each in enumerate(read)
        ]
        failed = (await self._ask("DeleteMessageBatch", {"Entries": entries}, _Deleted)).failed
        if failed:
            code = failed[0].code[:60]
            raise Unavailable(
                sentence(
                    "Amazon SQS gives {count} messages again, for {code}",
                    count=len(failed),
                    code=code,
                )
            )

    async def length(self) -> int:
        """About how many wait. Raises `SendError`."""
        told = await self._ask("GetQueueAttributes", {"AttributeNames": [LENGTH]}, _Attributes)
        try:
            return int(told.attributes[LENGTH])
        except (KeyError, ValueError):
            raise Unavailable(sentence("Amazon SQS does not say how many messages wait")) from None

    async def _ask(self, action: str, fields: dict[str, Any], answers: type[T]) -> T:
        body = msgspec.json.encode({"QueueUrl": self._queue, **fields})
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AmazonSQS.{action}",
        }
        proven = self._signer.headers(self._url, body, headers, self._clock())
        answer = await self._http.post(self._url, body, headers=proven)
        if answer.status == 200:
            return _read(answer.body, answers)
        name = _read(answer.body, _Refused).kind.rpartition("#")[2][:60]
        why = sentence(
            "Amazon SQS answered {status} {name} to {action}",
            status=answer.status,
            name=name,
            action=action,
        )
        if 400 <= answer.status < 500:
            raise ConfigError(
                sentence("{why}: is the queue's URL right, and may the key do that there?", why=why)
            )
        raise Unavailable(why)


def is_queue(url: str) -> bool:
    """Whether `url` names a queue."""
    return bool(_URL.match(url))


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unavailable(sentence("Amazon SQS answered what cannot be read")) from None
