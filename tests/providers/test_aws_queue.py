"""AWS by a queue: asked as its SDK asks, read like webhooks, and emptied of what is kept alone."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from convo.core.events import Inbound
from convo.errors import Busy, ConfigError, SendError, Unavailable
from convo.fakes import Said, Taken
from convo.fakes.aws_proof import KEY_ID, REGION, SECRET
from convo.fakes.aws_queue import PATH, VISIBILITY, FakeQueue
from convo.fakes.aws_sns import TOPIC, FakeAwsSns
from convo.ports import Arrival, Parsed
from convo.ports.pulling import pulls
from convo.providers.aws_queue import Queue
from convo.providers.aws_signing import Signer
from convo.providers.aws_sns import AwsSns
from convo.providers.http import HttpClient, Response
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS
from tests.providers.test_aws_sns import NOW, URL, adapter
from tests.providers.test_every_provider import raw

pytestmark = pytest.mark.anyio

WHERE = "https://sqs.us-east-1.amazonaws.com/123456789012/texts"

#: What botocore 1.44.8 sent for each call: its own body, and the proof it put on it.
CALLS = {
    "ReceiveMessage": (
        '{"QueueUrl": "%s", "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20}',
        "f0366a8803acfc9297d27b0f2ac89ab519b2df47a0d0006aeeda824c63d6615a",
    ),
    "DeleteMessageBatch": (
        '{"QueueUrl": "%s", "Entries": [{"Id": "0", "ReceiptHandle": "AQEB+/="}, '
        '{"Id": "1", "ReceiptHandle": "b"}]}',
        "c5b49491badc3731501a22c194abdccc3fd3412ef5fe6ef3a91dff32c0ae04b6",
    ),
    "GetQueueAttributes": (
        '{"QueueUrl": "%s", "AttributeNames": ["ApproximateNumberOfMessages"]}',
        "50c8069f9d04327d52d2c05f30260fb01cd92c176f1a634ad3916ce6731da4e5",
    ),
}
ANSWERS: dict[str, Any] = {
    "ReceiveMessage": {
        "Messages": [
            {"MessageId": "m0", "ReceiptHandle": "AQEB+/=", "Body": "{}"},
            {"MessageId": "m1", "ReceiptHandle": "b", "Body": "{}"},
        ]
    },
    "DeleteMessageBatch": {"Successful": [{"Id": "0"}, {"Id": "1"}], "Failed": []},
    "GetQueueAttributes": {"Attributes": {"ApproximateNumberOfMessages": "3"}},
}


class Recording(HttpClient):
    """SQS as far as it answers; remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, bytes, dict[str, str]]] = []

    async def post(self, url: str, body: bytes, **more: Any) -> Response:
        self.asked.append((url, body, dict(more["headers"])))
        action = more["headers"]["X-Amz-Target"].partition(".")[2]
        return Response(status=200, headers={}, body=json.dumps(ANSWERS[action]).encode())


def signer() -> Signer:
    return Signer(key_id=KEY_ID, secret=SECRET, region=REGION, service="sqs")


async def test_a_queue_is_asked_as_botocore_asks_it() -> None:
    http = Recording()
    queue = Queue(WHERE, signer(), http, lambda: NOW * 1_000)
    await queue.take_out(await queue.receive())
    assert await queue.length() == 3
    for (url, body, headers), (action, (its_body, _)) in zip(
        http.asked, CALLS.items(), strict=True
    ):
        assert url == "https://sqs.us-east-1.amazonaws.com/"
        assert headers["X-Amz-Target"] == f"AmazonSQS.{action}"
        assert headers["Content-Type"] == "application/x-amz-json-1.0"
        assert json.loads(body) == json.loads(its_body % WHERE)


@pytest.mark.parametrize("action", CALLS)
async def test_what_botocore_signs_for_a_queue_is_signed_here_alike(action: str) -> None:
    body, proof = CALLS[action]
    headers = {
        "X-Amz-Target": f"AmazonSQS.{action}",
        "Content-Type": "application/x-amz-json-1.0",
        "x-amzn-query-mode": "true",
    }
    url = "https://sqs.us-east-1.amazonaws.com/"
    signed = signer().headers(url, (body % WHERE).encode(), headers, NOW * 1_000)
    assert signed["Authorization"].endswith(f"Signature={proof}")


# --- a queue with a channel at it -----------------------------------------------------------------


@dataclass
class Kept:
    """Who keeps what was read; refuses while it is `full`."""

    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    ignored: list[str] = field(default_factory=list[str])
    full: bool = False

    async def keep(self, parsed: Parsed) -> None:
        if self.full:
            raise Busy("The inbox is full.")
        self.arrivals += parsed.arrivals
        self.ignored += parsed.ignored

    @property
    def texts(self) -> list[str]:
        return [each.event.text for each in self.arrivals if isinstance(each.event, Inbound)]


@dataclass
class Stage:
    queue: FakeQueue
    topic: FakeAwsSns
    line: AwsSns
    leap: float = 0.0

    def says(self, text: str, id: str, to: str = OURS) -> None:
        said = Said(sender=CONTACT, to=to, text=text, id=id)
        self.queue.put(self.topic.inbound(said, URL).body)


@asynccontextmanager
async def stage(**more: Any) -> AsyncGenerator[Stage]:
    it: Stage
    queue = FakeQueue(lambda: NOW + it.leap)
    http = HttpClient()
    async with FakeServer(queue.answer) as server:
        line = adapter(http, **{"queue": server.url + PATH, **more})
        it = Stage(queue, FakeAwsSns(lambda: NOW + it.leap), line)
        yield it
        await http.close()


async def test_what_waits_is_kept_like_a_webhook_and_then_taken_out() -> None:
    async with stage() as it:
        it.says("Oui, ça va ☺", "1")
        taken = Taken(id="862a", to=CONTACT, origin=OURS, text="Hello", reference='{"convo":"m"}')
        it.queue.put(it.topic.report(taken, "DELIVERED", url=URL).body)
        assert await it.line.waiting() == 2
        kept = Kept()
        pulled = await it.line.pull(kept.keep)
        assert (pulled.kept, pulled.left, it.queue.left) == (2, (), 0)
        assert await it.line.waiting() == 0
        said = Said(sender=CONTACT, to=OURS, text="Oui, ça va ☺", id="1")
        posted = [it.topic.inbound(said, URL), it.topic.report(taken, "DELIVERED", url=URL)]
        webhooks = [it.line.receive(raw(each)).arrivals[0] for each in posted]
        assert {(a.dedupe, a.event) for a in kept.arrivals} == {
            (a.dedupe, a.event) for a in webhooks
        }
        assert json.loads(kept.arrivals[0].raw)["TopicArn"] == TOPIC


async def test_what_is_not_kept_stays_and_is_the_same_arrival_again() -> None:
    async with stage() as it:
        it.says("Hi", "1")
        kept = Kept(full=True)
        with pytest.raises(Busy):
            await it.line.pull(kept.keep)
        assert it.queue.left == 1
        kept.full = False
        assert (await it.line.pull(kept.keep)).kept == 0, "it is out of sight"
        it.leap += VISIBILITY
        it.queue.keeps_for = "InternalError"
        with pytest.raises(Unavailable, match="InternalError"):
            await it.line.pull(kept.keep)
        it.leap += VISIBILITY
        it.queue.keeps_for = ""
        await it.line.pull(kept.keep)
        assert it.queue.left == 0
        assert [each.dedupe for each in kept.arrivals] == ["in:main:1", "in:main:1"]


async def test_several_read_one_queue_and_each_text_is_read_by_one() -> None:
    async with stage() as it:
        for each in range(25):
            it.says("Hi", str(each))
        kept = Kept()
        pulled = await asyncio.gather(*(it.line.pull(kept.keep) for _ in range(3)))
        assert sorted(each.kept for each in pulled) == [5, 10, 10]
        assert len({each.dedupe for each in kept.arrivals}) == 25


async def test_texts_that_were_read_together_are_kept_in_the_order_they_came() -> None:
    async with stage() as it:
        first = it.topic.inbound(Said(sender=CONTACT, to=OURS, text="first", id="1"), URL)
        it.leap += 1
        it.says("second", "2")
        it.queue.put(first.body)
        kept = Kept()
        await it.line.pull(kept.keep)
        assert kept.texts == ["first", "second"]


async def test_a_text_that_waited_for_days_is_read() -> None:
    async with stage() as it:
        days_ago = FakeAwsSns(lambda: NOW - 3 * 24 * 3_600)
        it.queue.put(days_ago.inbound(Said(sender=CONTACT, to=OURS, text="Hi", id="1"), URL).body)
        kept = Kept()
        assert ((await it.line.pull(kept.keep)).kept, kept.texts) == (1, ["Hi"])


async def test_what_cannot_be_proven_is_left_there_and_holds_nothing_else_up() -> None:
    async with stage() as it:
        it.queue.put(b'{"inboundMessageId": "1"}')
        it.queue.put(it.topic.published({"inboundMessageId": "2"}, URL, TopicArn=f"{TOPIC}2").body)
        it.says("Hi", "3")
        it.queue.put(it.topic.published({"eventType": "RCS_SENT"}, URL).body)
        kept = Kept()
        pulled = await it.line.pull(kept.keep)
        assert (kept.texts, len(kept.ignored), pulled.kept) == (["Hi"], 1, 2)
        assert ["raw message delivery" in each for each in pulled.left] == [True, False]
        assert it.queue.left == 2


async def test_a_text_to_a_number_of_another_channel_is_left_for_that_one() -> None:
    async with stage() as it:
        it.says("Hi", "1", to="+12025550199")
        pulled = await it.line.pull(Kept().keep)
        assert (pulled.kept, pulled.left) == (0, ("it came to another number",))
        assert it.queue.left == 1


# --- what can be wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"secret_access_key": "another"}, "403 InvalidSignatureException"),
        ({"access_key_id": "AKIA"}, "403 InvalidSignatureException"),
        ({"region": "eu-west-1"}, "403 InvalidSignatureException"),
        ({"queue": "{}2"}, "400 QueueDoesNotExist"),
    ],
)
async def test_a_queue_that_may_not_be_read_says_why(more: dict[str, Any], code: str) -> None:
    queue, http = FakeQueue(lambda: NOW), HttpClient()
    async with FakeServer(queue.answer) as server:
        where = more.get("queue", "{}").format(server.url + PATH)
        line = adapter(http, **{**more, "queue": where})
        with pytest.raises(ConfigError, match=f"{code} to ReceiveMessage: is the queue's URL"):
            await line.pull(Kept().keep)
        with pytest.raises(ConfigError, match=f"{code} to GetQueueAttributes"):
            await line.waiting()
        await http.close()


@pytest.mark.parametrize("mode", ["broken", "nonsense", "half", "reset"])
async def test_a_queue_that_does_not_answer_well_has_kept_everything(mode: Any) -> None:
    queue, http = FakeQueue(lambda: NOW), HttpClient()
    queue.put(FakeAwsSns(lambda: NOW).published({"inboundMessageId": "1"}, URL).body)
    async with FakeServer(queue.answer) as server:
        server.mode = mode
        kept = Kept()
        with pytest.raises(SendError):
            await adapter(http, queue=server.url + PATH).pull(kept.keep)
        assert (kept.arrivals, queue.left) == ([], 1)
        await http.close()


def test_only_what_is_a_standard_queues_url_is_taken_for_one() -> None:
    assert pulls(adapter(queue=WHERE))
    assert not pulls(adapter())
    for wrong in (
        "texts",
        "arn:aws:sqs:us-east-1:123456789012:texts",
        f"{WHERE}.fifo",
        f"{WHERE}/",
    ):
        with pytest.raises(ValidationError, match="no URL of a standard queue"):
            adapter(queue=wrong)
