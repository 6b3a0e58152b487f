"""Webhooks as the web room hands them to an adapter."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from convo.ports import RawRequest

BASE = "https://sms.example.org"


def asked(
    path: str, body: bytes = b"", *, method: str = "POST", headers: Mapping[str, str] | None = None
) -> RawRequest:
    """`path` holds the query; a whole URL is taken as it is."""
    url = path if "://" in path else BASE + path
    return RawRequest(
        method=method,
        url=url,
        query=urlsplit(url).query.encode(),
        headers=dict(headers or {}),
        body=body,
    )


def form(fields: Mapping[str, str] | Sequence[Sequence[str]]) -> bytes:
    """`fields` are a mapping, or pairs where a name comes twice."""
    listed = list(fields.items()) if isinstance(fields, Mapping) else [(n, v) for n, v in fields]
    return urlencode(listed).encode()
