"""How Twilio signs what it posts: the request validator of its Python SDK 9.13 says the same."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from convo.errors import BadSignature
from convo.ports import RawRequest
from convo.providers.wire import pairs


class Signatures:
    """The keys of one channel: auth tokens, and shared signing keys by their id."""

    def __init__(self, tokens: Sequence[bytes], shared: Mapping[str, bytes]) -> None:
        self._tokens = tuple(tokens)
        self._shared = shared

    def fields(self, request: RawRequest) -> dict[str, str]:
        """The webhook's fields, the first of equal names. Raises `BadSignature`."""
        given = request.headers.get("x-twilio-signature", "").encode()
        read: list[tuple[str, str]] = []
        signed = ""
        if request.method == "GET":
            read = pairs(request.query)
        elif "json" in request.headers.get("content-type", ""):
            _check_body_hash(request)
        else:
            read = pairs(request.body)
            signed = signed_fields(read)
        if not given or not self._fits(request, signed, given):
            raise BadSignature("Twilio's signature does not fit this URL and these fields.")
        fields: dict[str, str] = {}
        for name, value in read:
            fields.setdefault(name, value)
        return fields

    def _fits(self, request: RawRequest, signed: str, given: bytes) -> bool:
        keys: list[tuple[bytes, str]] = [(token, "sha1") for token in self._tokens]
        settings = request.headers.get("x-twilio-webhooks-signature-settings")
        if settings is not None:
            # The header picks a key, never how it is used: a shared key signs with SHA-256.
            named = re.search(r"(?:^|,)\s*key=([^,\s]+)", settings)
            if named and (shared := self._shared.get(named[1])) is not None:
                keys = [(shared, "sha256")]
        return _proves(given, keys, request.url + signed) or _proves(
            given, keys, _other_port(request.url) + signed
        )


def signed_fields(fields: Iterable[tuple[str, str]]) -> str:
    """What of a form is signed behind its URL."""
    return "".join([name + value for name, value in sorted(set(fields))])


def proof_of(message: str, key: bytes, kind: str = "sha1") -> bytes:
    """The signature of a URL with what is signed behind it."""
    return b64encode(hmac.digest(key, message.encode(), kind))


def _proves(given: bytes, keys: Sequence[tuple[bytes, str]], message: str) -> bool:
    proofs = [proof_of(message, key, kind) for key, kind in keys]
    return any(hmac.compare_digest(proof, given) for proof in proofs)


def _check_body_hash(request: RawRequest) -> None:
    """Of a JSON body only the URL is signed, and that holds the body's hash."""
    given = parse_qs(urlsplit(request.url).query).get("bodySHA256", [""])[0].encode()
    if not hmac.compare_digest(hashlib.sha256(request.body).hexdigest().encode(), given):
        raise BadSignature("The body's hash is not the one in the URL that Twilio signed.")


def _other_port(url: str) -> str:
    """The same URL with its default port spelt out or left away: Twilio signs either."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    host, colon, port = authority.rpartition(":")
    if colon and port.isdigit():
        return f"{scheme}://{host}{slash}{path}"
    return f"{scheme}://{authority}:{443 if scheme == 'https' else 80}{slash}{path}"
