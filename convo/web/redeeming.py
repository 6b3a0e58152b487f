"""What own systems post to redeem a code, understood. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from convo.ports import HttpAnswer
from convo.runtime.codes import Redeemed
from convo.web.posted import Nonsense, fields_of, key_of, unknown_in, word_of

_REDEMPTION = ("pool", "code", "key")

#: What became of it -> status, and the answer.
ANSWERS: Mapping[Redeemed, HttpAnswer] = {
    "redeemed": HttpAnswer(content_type="application/json", body=b'{"redeemed":true}'),
    "used": HttpAnswer(
        status=409,
        content_type="application/json",
        body=b'{"complaints":["code: it was redeemed before, under another key."]}',
    ),
    "unknown": HttpAnswer(
        status=404,
        content_type="application/json",
        body=b'{"complaints":["code: the pool has no such code."]}',
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """A code that is to be spent."""

    pool: str
    code: str = field(repr=False)
    #: Names this one purchase: posted twice under one key it is spent once.
    key: str


def read_redemption(body: bytes, pools: Mapping[str, object]) -> Redemption:
    """Raises `Nonsense`."""
    fields = fields_of(body)
    complaints = unknown_in(fields, _REDEMPTION)
    found = {name: word_of(fields, name, complaints) or "" for name in ("pool", "code")}
    key = key_of(fields, complaints)
    for name in _REDEMPTION:
        if name not in fields:
            complaints.append(f"{name}: it is missing.")
    if found["pool"] and found["pool"] not in pools:
        complaints.append("pool: convo.toml has no [codes] of this name.")
    if complaints:
        raise Nonsense(complaints)
    return Redemption(pool=found["pool"], code=found["code"].strip(), key=key)
