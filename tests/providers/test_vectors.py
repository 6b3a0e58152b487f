"""Published and recomputed signatures: each is taken, and refused with one bit of it changed."""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from convo.errors import WebhookRejected
from convo.ports import Provider, RawRequest
from convo.providers import (
    aliyun,
    android_sms_gateway,
    aws_sns,
    huawei,
    messagebird,
    plivo,
    sinch,
    telnyx,
    tencent,
    twilio,
    vonage,
    vonage_sms,
    yunpian,
)
from convo.providers.http import HttpClient
from convo.providers.tokens import fits
from tests.fakes.outbound import channel
from tests.fakes.twilio import ACCOUNT
from tests.fakes.webhooks import asked, form

Vector = Mapping[str, Any]
HEX = re.compile("[0-9a-f]+")

HERE = Path(__file__).parent
OF_MESSAGEBIRD = json.loads((HERE / "messagebird_vectors.json").read_text("utf-8"))
VECTORS: list[Vector] = [
    vector
    for vector in json.loads((HERE / "vectors.json").read_text("utf-8"))
    if vector["provider"] != "messagebird"  # which only names the file of them
]
VECTORS += [
    {**each, "provider": "messagebird", "expected": each["valid"]} for each in OF_MESSAGEBIRD
]


def let_in(provider: Provider, request: RawRequest) -> bool:
    """Whether the proof fits; what the request says may be nonsense all the same."""
    try:
        provider.receive(request)
    except WebhookRejected as error:
        return error.status != 403
    return True


# --- one check a provider: whether it takes the vector, with its proof or key as given ------------


def _twilio(vector: Vector) -> bool:
    body = vector["body"].encode() if "body" in vector else form(vector["params"])
    headers = {"x-twilio-signature": vector["expected"]}
    headers["content-type"] = "application/x-www-form-urlencoded"
    options: dict[str, Any] = {"account": ACCOUNT, "token": vector["token"]}
    if "bodySHA256" in vector["url"]:
        headers["content-type"] = "application/json"
    if "SHA256 " in vector["name"]:
        options |= {"token": "unused", "shared_keys": {"k1": vector["token"]}}
        headers["x-twilio-webhooks-signature-settings"] = "key=k1,algorithm=HMAC_SHA256"
    made = twilio.connect(
        channel("twilio"),
        twilio.Options.model_validate(options),
        HttpClient(),
        country="US",
        clock=lambda: 0,
    )
    return let_in(made, asked(vector["url"], body, headers=headers))


def _telnyx(vector: Vector) -> bool:
    made = telnyx.connect(
        channel("telnyx"),
        telnyx.Options.model_validate({"api_key": "KEY", "public_key": vector["public_key"]}),
        HttpClient(),
        country="US",
        clock=lambda: int(vector.get("now", vector["timestamp"])) * 1_000,
    )
    headers = {
        "telnyx-timestamp": vector["timestamp"],
        "telnyx-signature-ed25519": vector["signature"],
    }
    return let_in(made, asked("/in/main", vector["body"].encode(), headers=headers))


def _android_sms_gateway(vector: Vector) -> bool:
    options = {"username": "u", "password": "p", "signing_key": vector["key"]}
    made = android_sms_gateway.connect(
        channel("android_sms_gateway"),
        android_sms_gateway.Options.model_validate(options),
        HttpClient(),
        country="FR",
        clock=lambda: int(vector["timestamp"]) * 1_000,
    )
    headers = {"x-timestamp": vector["timestamp"], "x-signature": vector["expected"]}
    return let_in(made, asked("/in/main", vector["body"].encode(), headers=headers))


def _vonage(vector: Vector) -> bool:
    """A token, a body's hash in one, or a signature over fields or over the string made of them."""
    name = vector["name"]
    if name == "legacy string building":
        return hmac.compare_digest(vonage_sms.signed_fields(vector["params"]), vector["expected"])
    if name.startswith("legacy sig"):
        fields = dict(parse_qsl(vector["string"].lstrip("&"), separator="&"))
        method = name.split()[-1].removeprefix("hmac-")
        signing = vonage_sms.Signing(secrets=(vector["secret"],), method=method)
        return signing.fits(fields | {"sig": vector["expected"]})
    if name == "payload_hash claim":
        return fits(vector["expected"], vector["body"].encode())
    head, _, _ = vector["jwt"].rpartition(".")
    token = f"{head}.{vector['expected']}"
    made = vonage.connect(
        channel("vonage"),
        vonage.Options.model_validate(
            {"api_key": "a1b2c3d", "api_secret": "x", "signature_secret": vector["secret"]}
        ),
        HttpClient(),
        country="GB",
        clock=lambda: int(vector.get("now", vector["claims"]["iat"])) * 1_000,
    )
    headers = {"authorization": f"Bearer {token}"}
    return let_in(made, asked("/in/main", vector["body"].encode(), headers=headers))


def _plivo(vector: Vector) -> bool:
    """V2 covers the URL alone; V3 what is posted, or the query of a GET."""
    version = "v2" if vector["name"] == "V2" else "v3"
    made = plivo.connect(
        channel("plivo"),
        plivo.Options.model_validate(
            {"auth_id": "MA1", "auth_token": vector["token"], "accepts_v2": version == "v2"}
        ),
        HttpClient(),
        country="US",
        clock=lambda: 0,
    )
    headers = {
        f"x-plivo-signature-{version}": vector["expected"],
        f"x-plivo-signature-{version}-nonce": vector["nonce"],
    }
    fields = form(vector.get("params", {}))
    if "GET" in vector["name"]:
        url = f"{vector['url']}?{fields.decode()}"
        return let_in(made, asked(url, method="GET", headers=headers))
    return let_in(made, asked(vector["url"], fields, headers=headers))


def _aliyun(vector: Vector) -> bool:
    """A signature of ours: it is made, and not read."""
    query = "&".join(f"{name}={quote(vector['query'][name], safe='~')}" for name in vector["query"])
    proof = aliyun.authorization(query, vector["headers"], vector["access_key"], vector["secret"])
    return proof.endswith(f"Signature={vector['expected']}")


def _sinch(vector: Vector) -> bool:
    made = sinch.connect(
        channel("sinch"),
        sinch.Options.model_validate(
            {"service_plan": "p", "api_token": "x", "webhook_secret": vector["secret"]}
        ),
        HttpClient(),
        country="US",
        clock=lambda: int(vector.get("now", vector["timestamp"])) * 1_000,
    )
    headers = {
        "x-sinch-webhook-signature": vector["expected"],
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
        "x-sinch-webhook-signature-nonce": vector["nonce"],
        "x-sinch-webhook-signature-timestamp": vector["timestamp"],
    }
    return let_in(made, asked("/in/main", vector["body"].encode(), headers=headers))


def _messagebird(vector: Vector) -> bool:
    """Of the 44 of its Node SDK (BSD-2-Clause), which stand in a file of their own."""
    made = messagebird.connect(
        channel("messagebird"),
        messagebird.Options.model_validate(
            {"access_key": "x", "signing_key": vector.get("secret", "none")}
        ),
        HttpClient(),
        country="US",
        clock=lambda: int(datetime.fromisoformat(vector["timestamp"]).timestamp() * 1_000),
    )
    headers = {"messagebird-signature-jwt": vector["token"]}
    body = (vector.get("payload") or "").encode()
    return let_in(made, asked(vector["url"], body, method=vector["method"], headers=headers))


def _tencent(vector: Vector) -> bool:
    """A signature of ours as well."""
    proof = tencent.authorization(
        vector["body"].encode(),
        "sms.tencentcloudapi.com",
        vector["timestamp"],
        vector["secret_id"],
        vector["secret_key"],
    )
    return proof.endswith(f"Signature={vector['expected']}")


def _huawei(vector: Vector) -> bool:
    """And another; the form itself is not signed."""
    proof = huawei.authorization(vector["headers"], vector["ak"], vector["sk"])
    return proof.endswith(f"Signature={vector['expected']}")


def _yunpian(vector: Vector) -> bool:
    return yunpian.signed_by({**vector["fields"], "_sign": vector["expected"]}, vector["apikey"])


def _aws_sns(vector: Vector) -> bool:
    made = aws_sns.connect(
        channel("aws_sns"),
        aws_sns.Options.model_validate(
            {
                "region": "us-east-1",
                "access_key_id": "AKIA",
                "secret_access_key": "secret",
                "topics": [vector["topic"]],
                "certificates": [vector["certificate"]],
                "allow_sha1": True,
            }
        ),
        HttpClient(),
        country="US",
        clock=lambda: 1_795_341_600_000,
    )
    envelope = {**vector["envelope"], "Signature": vector["signature"]}
    return let_in(made, asked("/in/main", json.dumps(envelope).encode()))


#: How each provider's vectors are tried, and where their proofs stand.
CHECKS: Mapping[str, tuple[Callable[[Vector], bool], str]] = {
    "twilio": (_twilio, "expected"),
    "telnyx": (_telnyx, "signature"),
    "android_sms_gateway": (_android_sms_gateway, "expected"),
    "aws_sns": (_aws_sns, "signature"),
    "vonage": (_vonage, "expected"),
    "plivo": (_plivo, "expected"),
    "messagebird": (_messagebird, "token"),
    "aliyun": (_aliyun, "expected"),
    "sinch": (_sinch, "expected"),
    "tencent": (_tencent, "expected"),
    "huawei": (_huawei, "expected"),
    "yunpian": (_yunpian, "expected"),
}


def test_no_vector_is_left_untried() -> None:
    assert {vector["provider"] for vector in VECTORS} == CHECKS.keys()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['provider']} {v['name']}")
def test_a_published_signature_is_taken_and_one_bit_more_or_less_is_refused(
    vector: Vector,
) -> None:
    check, proof = CHECKS[vector["provider"]]
    assert check(vector) is (vector["expected"] is not False)
    given = vector[proof]
    # The last letter of base64 may hold bits that nobody reads.
    last = len(given) if HEX.fullmatch(given) else len(given.rstrip("=")) - 1
    for place in range(last):
        changed = f"{given[:place]}{_next(given[place])}{given[place + 1 :]}"
        assert not check({**vector, proof: changed})


def _next(letter: str) -> str:
    """Another letter of the same alphabet that differs in one bit or so."""
    return {"9": "8", "Z": "Y", "z": "y", "+": "/", "/": "+"}.get(letter, chr(ord(letter) + 1))


#: A vector with its time in it, by what it is good for: seconds behind and ahead.
TIMED = [
    ("telnyx", "ed25519 valid", "timestamp", 300, 300),
    ("vonage", "webhook JWT HS256", "claims", 24 * 60 * 60, 300),
    ("sinch", "callback hmac", "timestamp", 48 * 60 * 60, 300),
]


@pytest.mark.parametrize(("provider", "name", "stamp", "behind", "ahead"), TIMED)
def test_a_published_signature_of_another_time_is_refused(
    provider: str, name: str, stamp: str, behind: int, ahead: int
) -> None:
    (vector,) = [v for v in VECTORS if (v["provider"], v["name"]) == (provider, name)]
    check, _ = CHECKS[provider]
    at = int(vector[stamp]["iat"] if stamp == "claims" else vector[stamp])
    assert all(check({**vector, "now": now}) for now in (at + behind, at - ahead))
    assert not any(check({**vector, "now": now}) for now in (at + behind + 1, at - ahead - 1))
