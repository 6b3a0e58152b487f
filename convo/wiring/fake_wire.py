"""A provider's own wire between the business and the phones: a pretended company on loopback.

The business is served as with the company itself: signed webhooks come in, and its messages go to
the company's API, which answers at another port of this machine.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from convo.console.network import Brought, Network, Reports, Verdict
from convo.console.phones import Arriving
from convo.core.business import Channel
from convo.core.events import DeliveryStatus
from convo.core.links import SignedIds
from convo.core.numbers import written
from convo.errors import SettingsError
from convo.fakes import (
    FAKES,
    Answer,
    Approvals,
    Approving,
    Asked,
    Fake,
    Said,
    Taken,
    Webhook,
)
from convo.fakes.words import word_for
from convo.language.spelling import advice
from convo.ports import Clock
from convo.providers.approved import sign_names
from convo.runtime.tasks import drain
from convo.settings import Connection, Settings
from convo.wiring.brands import PROVIDERS

HOST = "127.0.0.1"
NO_ADDRESS = "12345"
"""What a channel without an address of its own is called."""

STOPS_WITHIN = 5.0
"""Seconds that the company's server is given at the end."""

#: What the company answers to a send, by what the network says; what it took it has answered.
_ANSWERS: Mapping[Verdict, Answer] = {
    "refused": Answer(status=400, body=b"{}"),
    "away": Answer(status=429, body=b"{}", headers={"Retry-After": "5"}),
    "silence": Answer(status=500, body=b"{}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretended:
    """A company that is pretended, and where it listens."""

    provider: str
    fake: Fake = field(repr=False)
    listening: socket.socket

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.listening.getsockname()[1]}"


def pretended(provider: str, clock: Clock) -> Pretended:
    """This company, on a free port of this machine. Raises `SettingsError` for any other."""
    if provider not in FAKES:
        known = ", ".join(FAKES)
        raise SettingsError(
            [
                f'--fake: nobody pretends to be "{provider}". {advice(provider, FAKES)}'.rstrip()
                + f" There are: {known}."
            ]
        )
    fake = FAKES[provider](lambda: clock() / 1_000)
    return Pretended(
        provider=provider, fake=fake, listening=socket.create_server((HOST, 0), backlog=128)
    )


def through(settings: Settings, channel: str, company: Pretended) -> Settings:
    """The settings with this channel at the pretended company.

    One that sends approved texts only has approved what the channel has. Raises `SettingsError`.
    """
    if isinstance(company.fake, Approving):
        company.fake.approved = _approved(settings.business.channels[channel], company.provider)
    brand = PROVIDERS[company.provider]
    options = brand.options.model_validate(dict(company.fake.settings(company.url)))
    kept = settings.connections[channel]
    connection = Connection(
        channel=channel,
        provider=company.provider,
        options=options,
        path_token=kept.path_token,
    )
    business = settings.business
    ours = replace(business.channels[channel], provider=company.provider)
    return replace(
        settings,
        # Companies sign the address that they call.
        public_url=settings.local_url,
        connections={**settings.connections, channel: connection},
        business=replace(business, channels={**business.channels, channel: ours}),
    )


def _approved(channel: Channel, provider: str) -> Approvals:
    """The signatures and templates of the channel. Raises `SettingsError` where it has none."""
    if channel.provider != provider or not channel.templates:
        has = "has none" if channel.provider == provider else f"is at {channel.provider}"
        raise SettingsError(
            [
                f"--fake {provider}: it sends approved texts only, and channels.{channel.name} "
                f'{has}. Write `provider = "{provider}"` there, with its settings, a `signature` '
                f"and [channels.{channel.name}.templates] (docs/how-to/connect-{provider}.md); "
                f"`convo templates {channel.name}` lists the texts that your flows need."
            ]
        )
    return Approvals(
        signatures=tuple(sign_names(channel).values()),
        templates={each.id: each.wording for each in channel.templates},
    )


class _Server(uvicorn.Server):
    """Signals are for the server that the pages are on."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class FakeWire:
    """Both directions of one channel."""

    def __init__(
        self,
        company: Pretended,
        door: httpx.AsyncClient,
        *,
        settings: Settings,
        channel: str,
        ids: SignedIds,
    ) -> None:
        self._company = company
        self._fake = company.fake
        self._door = door
        self._channel = channel
        address = settings.business.channels[channel].address
        self._address = NO_ADDRESS if address is None else written(address)
        token = settings.connections[channel].path_token
        # As it is signed: whole.
        self._webhook = f"{settings.public_url}/in/{channel}/{token}"
        self._ids = ids

    async def bring(self, brought: Brought) -> str:
        """A text from a phone, as the company brings it; what was wrong, or nothing."""
        said = Said(
            sender=brought.number,
            to=self._address,
            text=brought.text,
            id=brought.id,
            media=brought.media,
        )
        return await self._post(self._fake.inbound(said, self._webhook))

    async def _post(self, webhook: Webhook) -> str:
        answer = await self._door.request(
            webhook.method, webhook.url, headers=webhook.headers, content=webhook.body
        )
        return "" if answer.is_success else f"{answer.status_code} {answer.text}"

    @asynccontextmanager
    async def open(self, network: Network) -> AsyncGenerator[None]:
        """The company's API, for as long as the block is open."""
        server = _Server(
            uvicorn.Config(
                self._api(network),  # pyright: ignore[reportArgumentType] - its own, narrower types
                lifespan="off",
                access_log=False,
                log_config=None,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[self._company.listening]))
        try:
            yield
        finally:
            server.should_exit = True
            await drain([serving], STOPS_WITHIN)

    def _api(self, network: Network) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await self._answered(await _asked(scope, receive), network)
            headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
            headers.append((b"content-length", str(len(answer.body)).encode()))
            start = {"type": "http.response.start", "status": answer.status, "headers": headers}
            await send(start)
            await send({"type": "http.response.body", "body": answer.body})

        return app

    async def _answered(self, asked: Asked, network: Network) -> Answer:
        before = len(self._fake.taken)
        answer = self._fake.answer(asked)
        verdict: Verdict = "taken"
        for taken in self._fake.taken[before:]:
            verdict = await network.take(self._arriving(taken), self._reports(taken))
        return _ANSWERS.get(verdict, answer)

    def _arriving(self, taken: Taken) -> Arriving:
        return Arriving(
            id=self._ours(taken),
            number=taken.to,
            channel=self._channel,
            text=taken.text,
            media=taken.media,
        )

    def _ours(self, taken: Taken) -> str:
        """Our id of a message, where the wire tells it; else the company's."""
        signed = urlsplit(taken.callback).path.rpartition("/")[2]
        return self._ids.verify(signed) or taken.reference or taken.id

    def _reports(self, taken: Taken) -> Reports:
        async def report(status: DeliveryStatus, code: str) -> None:
            word = word_for(self._company.provider, status)
            where = "" if taken.callback else self._webhook
            # While the server stops, nobody hears it any more.
            with suppress(httpx.TransportError):
                await self._post(self._fake.report(taken, word, code, where))

        return report


async def _asked(scope: Scope, receive: Receive) -> Asked:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    query = scope["query_string"].decode()
    return Asked(
        method=scope["method"],
        target=scope["raw_path"].decode() + (f"?{query}" if query else ""),
        headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
        body=body,
    )
