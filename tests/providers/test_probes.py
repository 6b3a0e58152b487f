"""What `convo doctor` tries a channel with: let in, it brings nothing; a wrong secret shows."""

import time
from dataclasses import replace

import pytest
from pydantic import BaseModel, SecretStr

from convo.errors import BadSignature
from convo.ports import RawRequest
from convo.wiring import PROVIDERS
from convo.wiring.probes import PROBES, Probe
from tests.providers.test_every_provider import NOW, SHEETS, URL, line

#: Why nobody but the company itself can call us.
UNTRIED = {
    "telnyx": "it signs with a key of its own",
    "aws_sns": "Amazon signs with keys of its own",
    "generic_http": "its webhooks are what the settings say",
    "smpp": "it calls nobody",
    "smtp": "it calls nobody",
    "log": "it calls nobody",
}
TRIED = [name for name, sheet in SHEETS.items() if (sheet.provider or name) in PROBES]
#: Where a probe shows a secret: the option that holds it.
SECRETS = {
    "twilio": "token",
    "plivo": "auth_token",
    "messagebird": "signing_key",
    "vonage": "signature_secret",
    "sinch": "webhook_secret",
    "bandwidth": "callback_password",
    "android_sms_gateway": "signing_key",
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probes are made at the moment that the adapters take for now."""
    monkeypatch.setattr(time, "time", lambda: float(NOW))


def probe(name: str, options: BaseModel) -> Probe:
    return PROBES[SHEETS[name].provider or name](options, URL)


def arrived(probe: Probe) -> RawRequest:
    """As the web process hands it on: by names in small letters."""
    headers = {name.lower(): value for name, value in probe.headers.items()}
    return RawRequest(
        method=probe.method,
        url=f"{URL}?{probe.query}" if probe.query else URL,
        query=probe.query.encode(),
        headers=headers,
        body=probe.body,
    )


def test_every_brand_is_tried_or_cannot_be() -> None:
    assert {*PROBES} | {*UNTRIED} == {*PROVIDERS}
    assert not {*PROBES} & {*UNTRIED}
    assert {SHEETS[name].provider or name for name in TRIED} == {*PROBES}


@pytest.mark.parametrize("name", TRIED)
def test_it_is_let_in_and_brings_nothing(name: str) -> None:
    found = line(name)
    parsed = found.provider.receive(arrived(probe(name, found.options)))
    assert parsed.arrivals == ()


@pytest.mark.parametrize("name", [n for n in TRIED if (SHEETS[n].provider or n) in SECRETS])
def test_with_another_secret_it_is_turned_away(name: str) -> None:
    found = line(name)
    option = SECRETS[SHEETS[name].provider or name]
    other = found.options.model_copy(update={option: SecretStr("another secret, of somebody else")})
    with pytest.raises(BadSignature):
        found.provider.receive(arrived(probe(name, other)))


def test_what_is_spoilt_on_its_way_is_turned_away() -> None:
    found = line("messagebird")
    asked = arrived(probe("messagebird", found.options))
    with pytest.raises(BadSignature):
        found.provider.receive(replace(asked, body=asked.body + b"&x=1"))
