"""How a pretended AWS judges who asks: Signature Version 4, by the one access key that it knows."""

import hashlib
import hmac
import re
from datetime import UTC, datetime

from convo.fakes.fake import Asked

REGION = "us-east-1"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

TOLERANCE = 900
"""Seconds that a request's time may be off."""

_PROOF = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/[a-z0-9-]+/([a-z-]+)/aws4_request), "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})\Z"
)


def proves(asked: Asked, service: str, now: float) -> bool:
    """Whether the request is signed for this service, by our one key, of now."""
    told = _PROOF.match(asked.headers.get("authorization", ""))
    when = asked.headers.get("x-amz-date", "")
    if told is None or told[1] != KEY_ID or told[3] != service:
        return False
    if not told[2].startswith(f"{when[:8]}/{REGION}/"):
        return False
    names = told[4].split(";")
    if not {"host", "x-amz-date", "x-amz-target", "content-type"} <= set(names):
        return False
    made = datetime.strptime(when, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(made.timestamp() - now) > TOLERANCE:
        return False
    path, _, query = asked.target.partition("?")
    rows = [f"{name}:{' '.join(asked.headers.get(name, '').split())}" for name in names]
    body = hashlib.sha256(asked.body).hexdigest()
    whole = "\n".join((asked.method, path, query, *rows, "", told[4], body))
    text = "\n".join(
        ("AWS4-HMAC-SHA256", when, told[2], hashlib.sha256(whole.encode()).hexdigest())
    )
    key = ("AWS4" + SECRET).encode()
    for piece in told[2].split("/"):
        key = hmac.new(key, piece.encode(), hashlib.sha256).digest()
    proof = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(proof, told[5])
