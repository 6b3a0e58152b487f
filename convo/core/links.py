"""Signed ids: how a delivery report shows that it is about a message of ours."""

import hashlib
import hmac
from collections.abc import Sequence

MAC_BYTES = 16


class SignedIds:
    """Signs with the first secret and accepts all of them, so that one can be replaced."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        # Keys are derived, for the same secret may sign other things elsewhere.
        self._keys = tuple(
            hashlib.blake2b(b"convo report id", key=s[:64]).digest() for s in secrets
        )

    def sign(self, oid: str) -> str:
        """`oid` with its proof, of letters and digits and one `-`."""
        return f"{oid}-{_mac(self._keys[0], oid)}"

    def verify(self, text: str) -> str | None:
        """The id in `text`, or None when its proof is not ours."""
        oid, _, proof = text.rpartition("-")
        given = proof.encode()
        fits = [hmac.compare_digest(_mac(key, oid).encode(), given) for key in self._keys]
        return oid if oid and any(fits) else None


def _mac(key: bytes, oid: str) -> str:
    return hmac.digest(key, oid.encode(), "sha256")[:MAC_BYTES].hex()
