"""Requests of the vendors' own SDKs, caught before they leave, and ours beside them."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from convo.fakes import Asked


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a company looks at: the rest (host, agent, order of fields) is nobody's business."""

    method: str
    path: str
    query: list[tuple[str, str]]
    authorization: str
    #: The type of the body, without its charset.
    kind: str
    #: The body: JSON as it is, a form as pairs in the order of their names.
    fields: Any


def request(method: str, url: str, headers: Any, body: Any) -> Request:
    parts = urlsplit(url)
    named = {name.lower(): value for name, value in dict(headers).items()}
    kind = str(named.get("content-type", "")).partition(";")[0]
    text = body.decode() if isinstance(body, bytes) else body or ""
    fields: Any = sorted(parse_qsl(text, keep_blank_values=True))
    if kind == "application/json" and text:
        fields = json.loads(text)
    return Request(
        method=method,
        path=parts.path,
        query=sorted(parse_qsl(parts.query, keep_blank_values=True)),
        authorization=named.get("authorization", ""),
        kind=kind,
        fields=fields,
    )


def ours(asked: Asked) -> Request:
    """What the fake was asked."""
    return request(asked.method, asked.target, asked.headers, asked.body)


def caught(monkeypatch: pytest.MonkeyPatch, answer: Any, status: int = 200) -> list[Request]:
    """What SDKs send by `requests` from now on; each is answered with this JSON."""
    sent: list[Request] = []

    def send(_: requests.Session, made: requests.PreparedRequest, **__: Any) -> requests.Response:
        sent.append(request(made.method or "", made.url or "", made.headers, made.body))
        response = requests.Response()
        response.status_code = status
        response.headers["Content-Type"] = "application/json"
        response.encoding = "utf-8"
        response._content = json.dumps(answer).encode()
        response.request, response.url = made, made.url or ""
        return response

    monkeypatch.setattr(requests.Session, "send", send)
    return sent
