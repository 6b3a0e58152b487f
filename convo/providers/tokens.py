"""The JSON web tokens (RFC 7519) that some companies prove their webhooks with."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from convo.errors import BadSignature


def claims(
    token: str, secrets: Sequence[str], *, issuer: str, algorithms: Sequence[str]
) -> Mapping[str, Any]:
    """What the token says, when one of the secrets has signed it. Raises `BadSignature`.

    Its times are the caller's to judge, by the caller's clock.
    """
    # Only customers of such companies wait until this is loaded.
    import jwt  # noqa: PLC0415
    from jwt.types import Options  # noqa: PLC0415

    later: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    for secret in secrets:
        try:
            return jwt.decode(token, secret, algorithms=[*algorithms], issuer=issuer, options=later)
        except jwt.InvalidSignatureError:
            continue  # of the secret before, or after, while it is being replaced
        except jwt.InvalidTokenError:
            break
    raise BadSignature(f"{issuer}'s token is not signed by a secret that we know.")


def signed(said: Mapping[str, Any], secret: str) -> str:
    """A token that says this, as such a company would make one (HS256)."""
    import jwt  # noqa: PLC0415 - as above

    return jwt.encode(dict(said), secret, algorithm="HS256")


def fits(said: Any, content: bytes) -> bool:
    """Whether a claim is the SHA-256 of this content, in hexadecimal."""
    return isinstance(said, str) and hmac.compare_digest(
        said.lower().encode(), hashlib.sha256(content).hexdigest().encode()
    )
