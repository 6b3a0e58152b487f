"""Requests to Amazon, signed as Signature Version 4 has it.

Wire facts: the reference on signing requests. What botocore signs stands in the tests.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One access key, for one service in one region."""

    key_id: str
    secret: str = field(repr=False)
    #: Of temporary credentials; empty for lasting ones.
    session: str = field(default="", repr=False)
    region: str
    service: str

    def headers(
        self, url: str, body: bytes, headers: Mapping[str, str], at: int
    ) -> Mapping[str, str]:
        """`headers` of a POST to `url` without a query, and those that prove it, at `at` (ms)."""
        when = datetime.fromtimestamp(at / 1_000, UTC).strftime("%Y%m%dT%H%M%SZ")
        parts = urlsplit(url)
        sent = {**headers, "X-Amz-Date": when}
        if self.session:
            sent["X-Amz-Security-Token"] = self.session
        covered = {name.lower(): value for name, value in sent.items()} | {"host": parts.netloc}
        names = ";".join(sorted(covered))
        lines = "".join(f"{name}:{covered[name]}\n" for name in sorted(covered))
        hashed = hashlib.sha256(body).hexdigest()
        request = f"POST\n{parts.path or '/'}\n\n{lines}\n{names}\n{hashed}"
        scope = f"{when[:8]}/{self.region}/{self.service}/aws4_request"
        wanted = f"{ALGORITHM}\n{when}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"AWS4{self.secret}".encode()
        for step in scope.split("/"):
            key = hmac.digest(key, step.encode(), "sha256")
        proof = hmac.new(key, wanted.encode(), hashlib.sha256).hexdigest()
        said = f"Credential={self.key_id}/{scope}, SignedHeaders={names}, Signature={proof}"
        return {**sent, "Authorization": f"{ALGORITHM} {said}"}
