"""A pretended Amazon SQS: one standard queue, whose messages come again until they are deleted."""

import hashlib
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any, cast

from convo.fakes.aws_proof import proves
from convo.fakes.fake import Answer, Asked, Now

PATH = "/123456789012/texts"
TARGETS = "AmazonSQS."

VISIBILITY = 30
"""Seconds that a message is out of sight once it was read: what SQS has when nobody says more."""

#: What may be asked for, as botocore's model has it.
FIELDS = {
    "ReceiveMessage": {"QueueUrl", "MaxNumberOfMessages", "WaitTimeSeconds", "VisibilityTimeout"},
    "DeleteMessageBatch": {"QueueUrl", "Entries"},
    "GetQueueAttributes": {"QueueUrl", "AttributeNames"},
}


@dataclass(slots=True, kw_only=True)
class _Message:
    id: str
    body: str
    #: Since 1970, in seconds.
    seen_from: float = 0.0
    #: Of its last reading; older ones delete nothing any more.
    receipt: str = ""


class FakeQueue:
    """Holds no answer: where SQS would wait, it says at once that nothing is there."""

    def __init__(self, now: Now = time.time) -> None:
        self._now = now
        self._messages: list[_Message] = []
        self.visibility = VISIBILITY
        #: The code that every deletion fails by, message for message; empty when none does.
        self.keeps_for = ""

    def put(self, body: bytes) -> None:
        """What a topic brings."""
        self._messages.append(_Message(id=str(uuid.uuid4()), body=body.decode()))

    @property
    def left(self) -> int:
        """Messages that nobody has deleted, out of sight or not."""
        return len(self._messages)

    def answer(self, asked: Asked) -> Answer:
        action = asked.headers.get("x-amz-target", "").removeprefix(TARGETS)
        if asked.method != "POST" or asked.target != "/" or action not in FIELDS:
            return _error(400, "UnknownOperationException")
        if not proves(asked, "sqs", self._now()):
            return _error(403, "InvalidSignatureException")
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            said = None
        if not isinstance(said, dict) or not FIELDS[action].issuperset(cast(dict[str, Any], said)):
            return _error(400, "SerializationException")
        fields = cast(dict[str, Any], said)
        if not str(fields.get("QueueUrl")).endswith(asked.headers.get("host", "") + PATH):
            return _error(400, "com.amazonaws.sqs#QueueDoesNotExist")
        if action == "ReceiveMessage":
            return self._received(fields)
        if action == "DeleteMessageBatch":
            return self._deleted(fields.get("Entries"))
        now = self._now()
        waiting = sum(each.seen_from <= now for each in self._messages)
        return _said({"Attributes": {"ApproximateNumberOfMessages": str(waiting)}})

    def _received(self, fields: dict[str, Any]) -> Answer:
        most, waits = fields.get("MaxNumberOfMessages", 1), fields.get("WaitTimeSeconds", 0)
        if not 1 <= most <= 10 or not 0 <= waits <= 20:
            return _error(400, "com.amazonaws.sqs#InvalidParameterValue")
        now, found = self._now(), list[dict[str, str]]()
        for each in self._messages:
            if each.seen_from <= now and len(found) < most:
                each.receipt = str(uuid.uuid4())
                each.seen_from = now + fields.get("VisibilityTimeout", self.visibility)
                md5 = hashlib.md5(each.body.encode(), usedforsecurity=False).hexdigest()
                found.append(
                    {
                        "MessageId": each.id,
                        "ReceiptHandle": each.receipt,
                        "MD5OfBody": md5,
                        "Body": each.body,
                    }
                )
        return _said({"Messages": found} if found else {})

    def _deleted(self, entries: Any) -> Answer:
        if not isinstance(entries, list) or not entries:
            return _error(400, "com.amazonaws.sqs#EmptyBatchRequest")
        asked = {each["Id"]: each["ReceiptHandle"] for each in cast(list[dict[str, str]], entries)}
        if len(asked) > 10:
            return _error(400, "com.amazonaws.sqs#TooManyEntriesInBatchRequest")
        if len(asked) < len(cast(list[Any], entries)):
            return _error(400, "com.amazonaws.sqs#BatchEntryIdsNotDistinct")
        if self.keeps_for:
            failed = [{"Id": id, "SenderFault": False, "Code": self.keeps_for} for id in asked]
            return _said({"Successful": [], "Failed": failed})
        gone = set(asked.values())
        self._messages = [each for each in self._messages if each.receipt not in gone]
        return _said({"Successful": [{"Id": id} for id in asked], "Failed": []})


def _said(said: Any, status: int = 200) -> Answer:
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    return Answer(status=status, body=json.dumps(said).encode(), headers=headers)


def _error(status: int, name: str) -> Answer:
    return _said({"__type": name, "message": name}, status)
