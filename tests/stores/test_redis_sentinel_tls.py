"""Sentinels that speak by TLS where the servers do not, and the other way round."""

import asyncio
import datetime
import ipaddress
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from convo.errors import StoreUnavailable
from convo.stores.redis import server
from convo.stores.redis.store import RedisStore
from tests.clusters import NAME, sentinel_with
from tests.servers import ON_DISK, free_port, redis_server, running
from tests.stores.contract_desk import text

pytestmark = pytest.mark.anyio

GUARD = 60.0
"""Seconds: a hang guard."""


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    """What a server is told to speak by TLS; this process trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    ours = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(ours, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "certificate.pem", tmp_path / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return (
        *("tls-cert-file", str(pem), "tls-key-file", str(secret)),
        *("tls-ca-cert-file", str(pem), "tls-auth-clients", "no"),
    )


@pytest.mark.parametrize("encrypted", ["the servers", "the Sentinels"])
async def test_sentinels_have_another_way_of_tls_than_the_servers(
    tmp_path: Path, certified: Sequence[str], encrypted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = free_port()
    lines = [f"{name} {value}" for name, value in zip(certified[::2], certified[1::2], strict=True)]
    with ExitStack() as stack:
        if encrypted == "the servers":
            options = [each if n % 2 else f"--{each}" for n, each in enumerate(certified)]
            more = ("--tls-port", str(tls), *options)
            stack.enter_context(running(redis_server(), tmp_path / "one", *ON_DISK, *more))
            asked = sentinel_with(
                *(stack, redis_server(), tmp_path / "sentinel", tls),
                *(*lines, "tls-replication yes"),
            )
            url, told = f"rediss+sentinel://127.0.0.1:{asked}/{NAME}", "off"
        else:
            primary = stack.enter_context(running(redis_server(), tmp_path / "one", *ON_DISK))
            sentinel_with(
                *(stack, redis_server(), tmp_path / "sentinel", primary.port),
                *(*lines, f"tls-port {tls}"),
            )
            url, told = f"redis+sentinel://127.0.0.1:{tls}/{NAME}", "on"
        store = await opened(f"{url}?sentinel_tls={told}")
        try:
            assert await store.accept([text("hello")]) == ["accepted"]
            monkeypatch.setattr(server, "ANSWER_WITHIN", 0.5)  # a plain one never shakes hands
            with pytest.raises(StoreUnavailable, match="No master found"):
                await RedisStore.open(url)
        finally:
            await store.close()


async def opened(url: str) -> RedisStore:
    """As soon as the Sentinel answers and has found the primary."""
    until = time.monotonic() + GUARD
    while True:
        try:
            return await RedisStore.open(url)
        except StoreUnavailable:
            if time.monotonic() > until:
                raise
        await asyncio.sleep(0.05)
