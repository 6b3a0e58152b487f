"""A pretended AWS: SendTextMessage behind Signature Version 4, and topics of SNS with envelopes."""

import base64
import json
import re
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from convo.fakes.aws_proof import KEY_ID, REGION, SECRET, proves
from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

TOPIC = f"arn:aws:sns:{REGION}:123456789012:texts"
SET = "reports"
CERTIFICATE_URL = f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService-0123.pem"
TARGET = "PinpointSMSVoiceV2.SendTextMessage"
#: Of a message as botocore's model has them.
FIELDS = frozenset(
    (
        "DestinationPhoneNumber",
        "OriginationIdentity",
        "MessageBody",
        "MessageType",
        "Keyword",
        "ConfigurationSetName",
        "MaxPrice",
        "TimeToLive",
        "Context",
        "DestinationCountryParameters",
        "DryRun",
        "ProtectConfigurationId",
        "MessageFeedbackEnabled",
    )
)
LONGEST = 1600
COVERED: Mapping[str, tuple[str, ...]] = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_E164 = re.compile(r"\+[1-9]\d{6,14}\Z", re.ASCII)


@cache
def identity() -> tuple[rsa.RSAPrivateKey, str]:
    """A key that signs for SNS, and its certificate in PEM; one for the life of the process."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return key, made.public_bytes(Encoding.PEM).decode()


class FakeAwsSns:
    """One account with one access key, one topic and one configuration set."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self._now = now

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "region": REGION,
            "access_key_id": KEY_ID,
            "secret_access_key": SECRET,
            "topics": [TOPIC],
            "configuration_set": SET,
            "certificates": [identity()[1]],
            "base_url": url,
        }

    def answer(self, asked: Asked) -> Answer:
        if asked.method != "POST" or asked.headers.get("x-amz-target") != TARGET:
            return error(400, "UnknownOperationException")
        if not proves(asked, "sms-voice", self._now()):
            return error(403, "InvalidSignatureException")
        return self.refusal or self._accepted(asked)

    def _accepted(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type") != "application/x-amz-json-1.0":
            return error(400, "SerializationException")
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return error(400, "SerializationException")
        if not isinstance(said, dict) or not FIELDS.issuperset(cast(dict[str, Any], said)):
            return error(400, "SerializationException")
        fields = cast(dict[str, Any], said)
        to, text = fields.get("DestinationPhoneNumber", ""), fields.get("MessageBody", "")
        if not _E164.match(to) or not text or len(text) > LONGEST:
            return error(400, "ValidationException", "INVALID_PARAMETER")
        if not fields.get("OriginationIdentity"):
            return error(400, "ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND")
        if fields.get("ConfigurationSetName") not in (None, SET):
            return error(404, "ResourceNotFoundException")
        taken = Taken(
            id=str(uuid.uuid4()),
            to=to,
            origin=fields["OriginationIdentity"],
            text=text,
            reference=json.dumps(fields.get("Context", {})),
        )
        self.taken.append(taken)
        return _json(200, {"MessageId": taken.id})

    def inbound(self, said: Said, url: str) -> Webhook:
        text = {
            "originationNumber": said.sender,
            "destinationNumber": said.to,
            "messageKeyword": "KEYWORD_1",
            "messageBody": said.text,
            "inboundMessageId": said.id,
            "previousPublishedMessageId": "wJalr",
        }
        return self.published(text, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        """`status` is the type of an event without its TEXT_."""
        event = {
            "eventType": f"TEXT_{status}",
            "eventVersion": "1.0",
            "eventTimestamp": 1_686_975_103_470,
            "isFinal": status == "DELIVERED",
            "originationPhoneNumber": taken.origin,
            "destinationPhoneNumber": taken.to,
            "messageId": taken.id,
            "context": json.loads(taken.reference or "{}"),
            "totalMessageParts": 1,
        }
        return self.published(
            event | ({"messageStatus": code} if code else {}), url or taken.callback
        )

    def published(self, message: Any, url: str, **more: Any) -> Webhook:
        """Any message of the topic, in its envelope."""
        return self.enveloped({"Type": "Notification", "Message": json.dumps(message)} | more, url)

    def asking(self, url: str, kind: str = "SubscriptionConfirmation", **more: Any) -> Webhook:
        """The topic asks whether it may post here, or says that it will no more."""
        ask = f"https://sns.{REGION}.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}"
        said = {"Type": kind, "Message": "You have chosen to subscribe", "Token": "2336412f37"}
        return self.enveloped(said | {"SubscribeURL": f"{ask}&Token=2336412f37"} | more, url)

    def enveloped(self, fields: Mapping[str, Any], url: str) -> Webhook:
        """Any fields of an envelope, signed."""
        when = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds")
        envelope = {
            "MessageId": str(uuid.uuid4()),
            "TopicArn": TOPIC,
            "Timestamp": when.replace("+00:00", "Z"),
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
            "UnsubscribeURL": f"https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe",
        }
        return self.signed(url, json.dumps(envelope | dict(fields)).encode())

    def signed(self, url: str, body: bytes) -> Webhook:
        """Any body, signed where it is an envelope."""
        headers = {"content-type": "text/plain; charset=UTF-8"}
        try:
            said: Any = json.loads(body)
        except ValueError:
            said = None
        if isinstance(said, dict):
            fields = cast(dict[str, Any], said)
            body = json.dumps(fields | {"Signature": _signature(fields)}).encode()
        return Webhook(url=url, headers=headers, body=body)


def _signature(fields: Mapping[str, Any]) -> str:
    names = COVERED.get(str(fields.get("Type")), COVERED[""])
    text = "".join(f"{name}\n{fields[name]}\n" for name in names if fields.get(name) is not None)
    kind = hashes.SHA1() if fields.get("SignatureVersion") == "1" else hashes.SHA256()
    proof = identity()[0].sign(text.encode("utf-8", "replace"), padding.PKCS1v15(), kind)
    return base64.b64encode(proof).decode()


def error(
    status: int, name: str, reason: str = "", headers: dict[str, str] | None = None
) -> Answer:
    """An exception in the service's form."""
    said = {"__type": name, "Message": name} | ({"Reason": reason} if reason else {})
    return _json(status, said, headers)


def _json(status: int, said: Any, headers: dict[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/x-amz-json-1.0"} | (headers or {})
    return Answer(status=status, body=json.dumps(said).encode(), headers=given)
