"""A harmless webhook for each brand: it shows that the way in is open and the secrets fit.

None of them brings a text, so all are let in and passed over, without a warning in the log.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pydantic import BaseModel

from convo.providers import android_sms_gateway, bandwidth, kannel, plivo, twilio
from convo.providers.twilio_signatures import proof_of, signed_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What to send; 200 says that all is well."""

    method: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


def _twilio(options: BaseModel, url: str) -> Probe:
    """Signed as Twilio signs, by the account's token."""
    assert isinstance(options, twilio.Options)
    fields = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "doctor"}
    signed = url + signed_fields(fields.items())
    proof = proof_of(signed, options.token.get_secret_value().encode())
    return Probe(
        method="POST",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": proof.decode(),
        },
        body=urlencode(fields).encode(),
    )


def _africastalking(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    """A report of a status that does not exist."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Probe(method="POST", headers=headers, body=b"id=doctor&status=doctor")


def _aliyun(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    return Probe(method="POST", headers={"Content-Type": "application/json"}, body=b"[]")


def _huawei(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - what it can sign is not asked for
    """A report of a status that does not exist."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Probe(method="POST", headers=headers, body=b"smsMsgId=doctor&status=doctor")


def _android_sms_gateway(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - no URL is signed
    """The sign of life that the phone sends if it is asked to."""
    assert isinstance(options, android_sms_gateway.Options)
    body = b'{"event": "system:ping", "payload": {}}'
    stamp = str(int(time.time()))
    proof = android_sms_gateway.proof_of(
        body, stamp, options.signing_key.get_secret_value().encode()
    )
    headers = {"Content-Type": "application/json", "X-Timestamp": stamp}
    return Probe(method="POST", headers=headers | {"X-Signature": proof.decode()}, body=body)


def _bandwidth(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - no URL is signed
    """No events at all, with the application's name and password."""
    assert isinstance(options, bandwidth.Options)
    login = bandwidth.basic(options.callback_username, options.callback_password)
    headers = {"Content-Type": "application/json", "Authorization": login}
    return Probe(method="POST", headers=headers, body=b"[]")


def _infobip(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    headers = {"Content-Type": "application/json"}
    return Probe(method="POST", headers=headers, body=b'{"results": []}')


def _plivo(options: BaseModel, url: str) -> Probe:
    """Signed as Plivo signs, by the account's token."""
    assert isinstance(options, plivo.Options)
    fields, nonce = {"MessageUUID": "doctor", "Status": "doctor"}, secrets.token_hex(10)
    signed = plivo.signed_v3("POST", url, fields.items())
    proof = plivo.proof_of(options.auth_token.get_secret_value(), signed, nonce)
    return Probe(
        method="POST",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Plivo-Signature-V3": proof,
            "X-Plivo-Signature-V3-Nonce": nonce,
        },
        body=urlencode(fields).encode(),
    )


def _kannel(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    """A message of bytes, such as phones get their settings by: it is no text."""
    assert isinstance(options, kannel.Options)
    names = options.names
    pairs = ((names.sender, "0"), (names.text, "0"), (names.coding, kannel.BINARY))
    return Probe(method="GET", query=urlencode(pairs))


def _console(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    body = b'{"from": "doctor", "text": ""}'
    return Probe(method="POST", headers={"Content-Type": "application/json"}, body=body)


#: How each brand is tried. A gateway of one's own description can be tried by nobody but itself.
PROBES: Mapping[str, Callable[[BaseModel, str], Probe]] = {
    "twilio": _twilio,
    "plivo": _plivo,
    "africastalking": _africastalking,
    "android_sms_gateway": _android_sms_gateway,
    "aliyun": _aliyun,
    "tencent": _aliyun,
    "huawei": _huawei,
    "bandwidth": _bandwidth,
    "infobip": _infobip,
    "kannel": _kannel,
    "console": _console,
}
