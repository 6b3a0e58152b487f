"""Envelopes of Amazon SNS: whose they are, by a topic of ours and a certificate of Amazon's.

Wire facts: the SNS guide on verifying messages, and Amazon's own validator for JavaScript. A good
signature shows no more than "some account's topic": so the topic is looked at first.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from convo.errors import BadSignature, Unavailable
from convo.ports import Clock
from convo.providers.http import HttpClient

TOLERANCE = 3_600_000
"""Milliseconds that an envelope's time may be off ours: SNS repeats one for up to an hour."""

SECONDS = 5.0
"""For a certificate, and for a confirmation."""

MAX_CERTIFICATE_BYTES = 16_384

MAX_CERTIFICATES = 16
"""Kept at once; Amazon has one for each region and changes it seldom."""

NOTIFICATION, SUBSCRIBED, UNSUBSCRIBED = (
    "Notification",
    "SubscriptionConfirmation",
    "UnsubscribeConfirmation",
)

_ARN = re.compile(r"arn:aws[a-z-]*:sns:([a-zA-Z0-9-]{3,}):\d{12}:[\w.-]{1,256}\Z", re.ASCII)
_HOST = re.compile(r"sns\.([a-zA-Z0-9-]{3,})\.amazonaws\.com(\.cn)?\Z", re.ASCII)


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """What SNS posts, whatever its content type says."""

    type: str
    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    subject: str | None = None
    signature: str = ""
    version: str = msgspec.field(name="SignatureVersion", default="")
    signing_cert_url: str = msgspec.field(name="SigningCertURL", default="")
    token: str = ""
    subscribe_url: str = msgspec.field(name="SubscribeURL", default="")

    def __repr__(self) -> str:
        return f"Envelope({self.message_id})"


_envelope = msgspec.json.Decoder(Envelope).decode


class Envelopes:
    """Opens what comes from these topics. Every other thing is a `BadSignature`."""

    def __init__(
        self,
        *,
        topics: Sequence[str],
        allow_sha1: bool,
        pinned: Sequence[str],
        http: HttpClient,
        clock: Clock,
    ) -> None:
        self._topics = frozenset(topics)
        self._allow_sha1 = allow_sha1
        self._http = http
        self._clock = clock
        self._pinned = tuple(_key(pem.encode()) for pem in pinned)
        self._fetched: dict[str, Any] = {}

    async def fetch(self, body: bytes) -> None:
        """Have the certificate that this envelope names. Raises `Unavailable` too."""
        url = self._named(body).signing_cert_url
        if self._pinned or url in self._fetched:
            return
        answer = await self._http.get(url, connect=SECONDS, read=SECONDS)
        if answer.status != 200 or len(answer.body) > MAX_CERTIFICATE_BYTES:
            raise Unavailable(f"Amazon's certificate was answered {answer.status}")
        try:
            key = _key(answer.body)
        except ValueError:
            raise Unavailable("Amazon's certificate cannot be read") from None
        while len(self._fetched) >= MAX_CERTIFICATES:
            del self._fetched[next(iter(self._fetched))]
        self._fetched[url] = key

    def opened(self, body: bytes, *, tolerance: float = TOLERANCE) -> Envelope:
        """The envelope, proven, and no more than `tolerance` (ms) old."""
        envelope = self._named(body)
        fetched = self._fetched.get(envelope.signing_cert_url)
        keys = self._pinned or (() if fetched is None else (fetched,))
        if not any(_fits(key, envelope) for key in keys):
            raise BadSignature("Amazon's signature does not fit this envelope.")
        made = _time(envelope.timestamp)
        if made is None or abs(made - self._clock()) > tolerance:
            raise BadSignature("Amazon's envelope is too old, or of a clock that is ahead.")
        return envelope

    async def confirm(self, envelope: Envelope) -> None:
        """Say yes to the subscription of a proven envelope. Raises `SendError`."""
        if not _confirms(envelope):
            raise BadSignature("The address that would confirm the subscription is not Amazon's.")
        answer = await self._http.get(envelope.subscribe_url, connect=SECONDS, read=SECONDS)
        if answer.status != 200:
            raise Unavailable(f"Amazon answered the confirmation with {answer.status}")

    def _named(self, body: bytes) -> Envelope:
        """An envelope of a topic of ours, with a certificate that would be Amazon's."""
        try:
            envelope = _envelope(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadSignature(
                "It has no envelope of Amazon SNS: raw message delivery must be off."
            ) from None
        if envelope.type not in (NOTIFICATION, SUBSCRIBED, UNSUBSCRIBED):
            raise BadSignature("Amazon's envelope is of no known type.")
        if envelope.topic_arn not in self._topics:
            raise BadSignature("It is of a topic that is not among `topics`.")
        parts = _parts(envelope.signing_cert_url)
        if parts is None or not _is_amazons(parts, envelope) or not parts.path.endswith(".pem"):
            raise BadSignature("The certificate that it names is not Amazon's.")
        if envelope.version != "2" and not self._allow_sha1:
            raise BadSignature(
                "It is signed by SHA-1: set the topic's SignatureVersion to 2, or allow_sha1."
            )
        return envelope


def is_topic(arn: str) -> bool:
    """Whether `arn` names a topic."""
    return bool(_ARN.match(arn))


def signed(envelope: Envelope) -> bytes:
    """What of an envelope its signature covers."""
    subject = {} if envelope.subject is None else {"Subject": envelope.subject}
    more = {"SubscribeURL": envelope.subscribe_url, "Token": envelope.token}
    covered = {
        "Message": envelope.message,
        "MessageId": envelope.message_id,
        "Timestamp": envelope.timestamp,
        "TopicArn": envelope.topic_arn,
        "Type": envelope.type,
        **(subject if envelope.type == NOTIFICATION else more),
    }
    return "".join(f"{name}\n{covered[name]}\n" for name in sorted(covered)).encode()


def _parts(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _is_amazons(parts: Any, envelope: Envelope) -> bool:
    """An address of SNS in the region of the topic, and nothing before or behind its host."""
    host, arn = _HOST.match(parts.netloc), _ARN.match(envelope.topic_arn)
    return bool(parts.scheme == "https" and host and arn and host[1] == arn[1])


def _confirms(envelope: Envelope) -> bool:
    parts = _parts(envelope.subscribe_url)
    if parts is None or not _is_amazons(parts, envelope):
        return False
    asked = parse_qs(parts.query)
    return asked.get("Action") == ["ConfirmSubscription"] and asked.get("TopicArn") == [
        envelope.topic_arn
    ]


def _time(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1_000)
    except (ValueError, OverflowError, OSError):
        return None


def _key(pem: bytes) -> Any:
    """The key of a certificate. Raises `ValueError`."""
    # Only who is a customer of Amazon waits until this is loaded.
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

    key = load_pem_x509_certificate(pem).public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("it is no certificate of an RSA key")
    return key


def _fits(key: Any, envelope: Envelope) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256  # noqa: PLC0415

    kind = SHA256() if envelope.version == "2" else SHA1()
    try:
        key.verify(b64decode(envelope.signature, validate=True), signed(envelope), PKCS1v15(), kind)
    except (InvalidSignature, ValueError):
        return False
    return True
