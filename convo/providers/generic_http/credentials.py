"""Whether a request is the gateway's: tokens, Basic and HMAC, compared in constant time."""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable

from convo.errors import BadSignature
from convo.ports import Clock, RawRequest
from convo.providers.generic_http.options import Auth, Signature
from convo.providers.wire import raw_pairs

Check = Callable[[RawRequest], bool]

_PIECES = re.compile(r"(\{raw_body\}|\{timestamp\}|\{url\})")
_MILLISECONDS = 100_000_000_000
"""A time of signing above this is in milliseconds: in seconds it is the year 5138."""


def checks(auth: Auth, clock: Clock) -> tuple[Check, ...]:
    """Every check that is configured; all must hold."""
    found: list[Check] = []
    if auth.query_token is not None:
        token = auth.query_token
        found.append(_query_token(token.name.encode(), token.value.get_secret_value().encode()))
    if auth.header_token is not None:
        token = auth.header_token
        found.append(_header(token.name.lower(), token.value.get_secret_value().encode()))
    if auth.basic is not None:
        login = f"{auth.basic.username}:{auth.basic.password.get_secret_value()}"
        found.append(_basic(b64encode(login.encode())))
    if auth.hmac is not None:
        found.append(_signed(auth.hmac, clock))
    return tuple(found)


def verify(request: RawRequest, wanted: tuple[Check, ...]) -> None:
    """Raises `BadSignature` when one of them does not hold."""
    if not all(check(request) for check in wanted):
        raise BadSignature("The request does not prove that it is the gateway's.")


def _query_token(name: bytes, token: bytes) -> Check:
    def check(request: RawRequest) -> bool:
        given = [value for key, value in raw_pairs(request.query) if key == name]
        return len(given) == 1 and hmac.compare_digest(given[0], token)

    return check


def _header(name: str, token: bytes) -> Check:
    return lambda request: hmac.compare_digest(request.headers.get(name, "").encode("utf-8"), token)


def _basic(login: bytes) -> Check:
    def check(request: RawRequest) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "basic" and hmac.compare_digest(given.strip().encode(), login)

    return check


def _signed(signature: Signature, clock: Clock) -> Check:
    pieces = [piece for piece in _PIECES.split(signature.string) if piece]
    keys = [secret.get_secret_value().encode() for secret in signature.secrets]
    header, stamp_header = signature.header.lower(), signature.timestamp_header.lower()

    def proof(key: bytes, message: bytes) -> bytes:
        digest = hmac.digest(key, message, signature.algorithm)
        return digest.hex().encode() if signature.encoding == "hex" else b64encode(digest)

    def check(request: RawRequest) -> bool:
        given, stamp = request.headers.get(header, ""), request.headers.get(stamp_header, "")
        if not given.startswith(signature.prefix):
            return False
        if stamp_header and not _recent(stamp, clock(), signature.tolerance_s):
            return False
        values = {"{raw_body}": request.body, "{timestamp}": stamp.encode()}
        values["{url}"] = request.url.encode()
        message = b"".join([values.get(piece, piece.encode()) for piece in pieces])
        bare = given[len(signature.prefix) :]
        read = (bare.lower() if signature.encoding == "hex" else bare).encode()
        return any(hmac.compare_digest(proof(key, message), read) for key in keys)

    return check


def _recent(stamp: str, now: int, tolerance_s: int) -> bool:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
        return False
    at = int(stamp) if int(stamp) > _MILLISECONDS else int(stamp) * 1000
    return abs(now - at) <= tolerance_s * 1000
