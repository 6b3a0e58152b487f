"""Signed ids: how what comes back to us shows that we have sent it out."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

MAC_BYTES = 16
#: What the ids in the addresses of delivery reports are signed for.
REPORTS = b"convo report id"


class SignedIds:
    """Signs with the first secret and accepts all of them, so that one can be replaced."""

    def __init__(
        self, secrets: Sequence[bytes], purpose: bytes = REPORTS, mac_bytes: int = MAC_BYTES
    ) -> None:
        # Keys are derived: what is signed for one purpose is nothing for another.
        self._keys = tuple(hashlib.blake2b(purpose, key=s[:64]).digest() for s in secrets)
        self._mac_bytes = mac_bytes

    def sign(self, oid: str) -> str:
        """`oid` with its proof, of letters and digits and one `-`."""
        return f"{oid}-{self._mac(self._keys[0], oid)}"

    def verify(self, text: str) -> str | None:
        """The id in `text`, or None when its proof is not ours."""
        oid, _, proof = text.rpartition("-")
        given = proof.encode()
        fits = [hmac.compare_digest(self._mac(key, oid).encode(), given) for key in self._keys]
        return oid if oid and any(fits) else None

    def _mac(self, key: bytes, oid: str) -> str:
        return hmac.digest(key, oid.encode(), "sha256")[: self._mac_bytes].hex()


FIELDS_MAC_BYTES = 10
"""80 bits, as much as a page that answers a few times a second needs by far."""

MAX_TOKEN = 300


class SignedFields:
    """Signs a few short texts together as one token, for an address that stands in a text."""

    def __init__(self, secret: bytes, purpose: bytes) -> None:
        self._ids = SignedIds([secret], purpose=purpose, mac_bytes=FIELDS_MAC_BYTES)

    def sign(self, *fields: str) -> str:
        """A token of letters, digits, `-` and `_`. No field may have a line break."""
        said = "\n".join(fields).encode()
        return self._ids.sign(base64.urlsafe_b64encode(said).rstrip(b"=").decode())

    def verify(self, token: str) -> tuple[str, ...] | None:
        """The fields of a token that we signed; None for every other."""
        said = self._ids.verify(token) if len(token) <= MAX_TOKEN else None
        if said is None:
            return None
        return (*base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode().split("\n"),)
