"""A harmless webhook for each brand: it shows that the way in is open and the secrets fit.

None of them brings a text, so all are let in and passed over, without a warning in the log.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pydantic import BaseModel

from convo.providers import (
    android_sms_gateway,
    bandwidth,
    kannel,
    messagebird,
    plivo,
    sinch,
    twilio,
    vonage,
    vonage_sms,
)
from convo.providers.tokens import signed
from convo.providers.twilio_signatures import proof_of, signed_fields

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}

GOOD_FOR = 60
"""Seconds of a token."""


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
    proof = proof_of(url + signed_fields(fields.items()), options.token.get_secret_value().encode())
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
    return Probe(method="POST", headers=FORM, body=b"id=doctor&status=doctor")


def _aliyun(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    return Probe(method="POST", headers=JSON, body=b"[]")


def _huawei(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - what it can sign is not asked for
    """A report of a status that does not exist."""
    return Probe(method="POST", headers=FORM, body=b"smsMsgId=doctor&status=doctor")


def _yunpian(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs replies alone
    """No reports at all."""
    return Probe(method="POST", headers=FORM, body=b"sms_status=[]")


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
    return Probe(method="POST", headers=JSON, body=b'{"results": []}')


def _plivo(options: BaseModel, url: str) -> Probe:
    """Signed as Plivo signs, by the account's token."""
    assert isinstance(options, plivo.Options)
    fields, nonce = {"MessageUUID": "doctor", "Status": "doctor"}, secrets.token_hex(10)
    what = plivo.signed_v3("POST", url, fields.items())
    proof = plivo.proof_of(options.auth_token.get_secret_value(), what, nonce)
    return Probe(
        method="POST",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Plivo-Signature-V3": proof,
            "X-Plivo-Signature-V3-Nonce": nonce,
        },
        body=urlencode(fields).encode(),
    )


def _messagebird(options: BaseModel, url: str) -> Probe:
    """A report of a status that does not exist, with a token of this very URL and body."""
    assert isinstance(options, messagebird.Options)
    body, now = b"id=doctor&status=doctor", int(time.time())
    said = {
        "iss": "MessageBird",
        "nbf": now,
        "exp": now + GOOD_FOR,
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
        "payload_hash": hashlib.sha256(body).hexdigest(),
    }
    token = signed(said, options.signing_key.get_secret_value())
    return Probe(method="POST", headers=FORM | {"MessageBird-Signature-JWT": token}, body=body)


def _vonage(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - no URL is signed
    """A report of no known status; to the SMS API, what its dashboard tries a URL with."""
    assert isinstance(options, vonage.Options)
    secret = options.signature_secret.get_secret_value()
    if options.api == "messages":
        body = b'{"message_uuid": "doctor", "status": "doctor"}'
        said = {
            "iss": "Vonage",
            "iat": int(time.time()),
            "payload_hash": hashlib.sha256(body).hexdigest(),
        }
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {signed(said, secret)}",
        }
        return Probe(method="POST", headers=headers, body=body)
    fields = {"timestamp": str(int(time.time()))}
    if secret:
        signing = vonage_sms.Signing(secrets=(secret,), method=options.signature_method)
        fields["sig"] = signing.proof_of(fields)
    return Probe(
        method="POST",
        headers=FORM,
        body=urlencode(fields).encode(),
    )


def _sinch(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - no URL is signed
    """A kind of event that does not exist; signed where Sinch has switched that on."""
    assert isinstance(options, sinch.Options)
    body, stamp, nonce = b'{"type": "doctor"}', str(int(time.time())), "doctor"
    signature: dict[str, str] = {}
    if secret := options.webhook_secret.get_secret_value():
        proof = sinch.proof_of(body, nonce, stamp, secret)
        signature = {
            "x-sinch-webhook-signature": proof.decode(),
            "x-sinch-webhook-signature-algorithm": "HmacSHA256",
            "x-sinch-webhook-signature-nonce": nonce,
            "x-sinch-webhook-signature-timestamp": stamp,
        }
    return Probe(method="POST", headers=JSON | signature, body=body)


def _kannel(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    """A message of bytes, such as phones get their settings by: it is no text."""
    assert isinstance(options, kannel.Options)
    names = options.names
    pairs = ((names.sender, "0"), (names.text, "0"), (names.coding, kannel.BINARY))
    return Probe(method="GET", query=urlencode(pairs))


def _console(options: BaseModel, url: str) -> Probe:  # noqa: ARG001 - it signs nothing
    body = b'{"from": "doctor", "text": ""}'
    return Probe(method="POST", headers=JSON, body=body)


#: How each brand is tried. A gateway of one's own description can be tried by nobody but itself,
#: Telnyx and AWS sign with keys that they alone have, and by SMPP nobody calls us.
PROBES: Mapping[str, Callable[[BaseModel, str], Probe]] = {
    "twilio": _twilio,
    "plivo": _plivo,
    "africastalking": _africastalking,
    "android_sms_gateway": _android_sms_gateway,
    "aliyun": _aliyun,
    "tencent": _aliyun,
    "huawei": _huawei,
    "yunpian": _yunpian,
    "bandwidth": _bandwidth,
    "messagebird": _messagebird,
    "vonage": _vonage,
    "sinch": _sinch,
    "infobip": _infobip,
    "kannel": _kannel,
    "console": _console,
}
