"""Signed ids: how what comes back to us shows that we have sent it out."""

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
