"""The tables of brands: every provider and every store there is, and how each is plugged in."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from convo.errors import SettingsError
from convo.policy.consent import proof_days
from convo.ports import Clock, Provider, Store
from convo.ports.ledger import Ledger
from convo.ports.lines import keeps_a_line
from convo.ports.pulling import pulls
from convo.ports.register import Register
from convo.providers import (
    africastalking,
    aliyun,
    android_sms_gateway,
    aws_sns,
    bandwidth,
    console,
    generic_http,
    huawei,
    infobip,
    kannel,
    log,
    messagebird,
    plivo,
    sinch,
    smpp,
    smtp,
    telnyx,
    tencent,
    twilio,
    vonage,
    yunpian,
)
from convo.providers.console import Deliver
from convo.providers.http import HttpClient
from convo.settings import Settings
from convo.stores.redis.address import SCHEMES
from convo.stores.sqlite.looking import looking
from convo.stores.sqlite.people import SqliteRegister
from convo.stores.sqlite.store import SqliteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A provider: what its channels have in convo.toml, and what makes an adapter of one."""

    options: type[BaseModel]
    connect: Callable[..., Provider]


#: Every provider by its name in convo.toml.
PROVIDERS: Mapping[str, Brand] = {
    "twilio": Brand(options=twilio.Options, connect=twilio.connect),
    "telnyx": Brand(options=telnyx.Options, connect=telnyx.connect),
    "vonage": Brand(options=vonage.Options, connect=vonage.connect),
    "plivo": Brand(options=plivo.Options, connect=plivo.connect),
    "messagebird": Brand(options=messagebird.Options, connect=messagebird.connect),
    "aliyun": Brand(options=aliyun.Options, connect=aliyun.connect),
    "sinch": Brand(options=sinch.Options, connect=sinch.connect),
    "africastalking": Brand(options=africastalking.Options, connect=africastalking.connect),
    "android_sms_gateway": Brand(
        options=android_sms_gateway.Options, connect=android_sms_gateway.connect
    ),
    "aws_sns": Brand(options=aws_sns.Options, connect=aws_sns.connect),
    "bandwidth": Brand(options=bandwidth.Options, connect=bandwidth.connect),
    "huawei": Brand(options=huawei.Options, connect=huawei.connect),
    "infobip": Brand(options=infobip.Options, connect=infobip.connect),
    "smpp": Brand(options=smpp.Options, connect=smpp.connect),
    "tencent": Brand(options=tencent.Options, connect=tencent.connect),
    "yunpian": Brand(options=yunpian.Options, connect=yunpian.connect),
    "kannel": Brand(options=kannel.Options, connect=kannel.connect),
    "generic_http": Brand(options=generic_http.Options, connect=generic_http.connect),
    "console": Brand(options=console.Options, connect=console.connect),
    "smtp": Brand(options=smtp.Options, connect=smtp.connect),
    "log": Brand(options=log.Options, connect=log.connect),
}

#: What convo.toml may say of a channel, by its provider.
OFFERED: Mapping[str, type[BaseModel]] = {name: brand.options for name, brand in PROVIDERS.items()}


async def _sqlite(settings: Settings, clock: Clock) -> Store:
    return await SqliteStore.open(
        settings.store.partition(":")[2],
        clock=clock,
        dedupe_days=settings.dedupe_days,
        retention_days=settings.retention_days,
        proof_days=partial(proof_days, business=settings.business),
    )


async def _redis(settings: Settings, _: Clock) -> Store:
    # Only who keeps their business there waits until its client is loaded.
    from convo.stores.redis.store import RedisStore  # noqa: PLC0415
    from convo.stores.redis.tidying import Retention  # noqa: PLC0415

    return await RedisStore.open(
        settings.store,
        partitions=settings.partitions,
        durability=settings.durability,
        dedupe_days=settings.dedupe_days,
        retention=Retention(
            days=settings.retention_days,
            proof_days=partial(proof_days, business=settings.business),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreBrand:
    """A store, and whether several processes may have it open."""

    open: Callable[[Settings, Clock], Awaitable[Store]]
    shared: bool


#: Every store by the scheme of its URL.
STORES: Mapping[str, StoreBrand] = {
    "sqlite": StoreBrand(open=_sqlite, shared=False),
    **{scheme: StoreBrand(open=_redis, shared=True) for scheme in SCHEMES},
}


def _sqlite_ledger(settings: Settings) -> AbstractAsyncContextManager[Ledger]:
    return looking(Path(settings.store.partition(":")[2]))


def _redis_ledger(settings: Settings) -> AbstractAsyncContextManager[Ledger]:
    from convo.stores.redis import looking as redis  # noqa: PLC0415

    return redis.looking(settings.store)


#: How each store is looked into, by the scheme of its URL.
LEDGERS: Mapping[str, Callable[[Settings], AbstractAsyncContextManager[Ledger]]] = {
    "sqlite": _sqlite_ledger,
    **dict.fromkeys(SCHEMES, _redis_ledger),
}


def open_ledger(settings: Settings) -> AbstractAsyncContextManager[Ledger]:
    """The business's ledger, whether it is served or not. Raises `StoreUnavailable`."""
    return LEDGERS[settings.store.partition(":")[0]](settings)


def _sqlite_register(settings: Settings) -> Register:
    return SqliteRegister(Path(settings.store.partition(":")[2]))


def _redis_register(settings: Settings) -> Register:
    from convo.stores.redis.people import RedisRegister  # noqa: PLC0415

    return RedisRegister(settings.store, settings.durability)


#: Where each store's business keeps its people, by the scheme of its URL.
REGISTERS: Mapping[str, Callable[[Settings], Register]] = {
    "sqlite": _sqlite_register,
    **dict.fromkeys(SCHEMES, _redis_register),
}


def open_register(settings: Settings) -> Register:
    """Who may use the business's console. Raises `StoreUnavailable`."""
    return REGISTERS[settings.store.partition(":")[0]](settings)


async def open_store(settings: Settings, clock: Clock) -> Store:
    """The business's store. Raises `AlreadyRunning` and `StoreUnavailable`."""
    return await _store_brand(settings).open(settings, clock)


def only_shared(settings: Settings, command: str) -> None:
    """Raises `SettingsError` when the store is for one process, and `command` is one of several."""
    if not _store_brand(settings).shared:
        raise SettingsError(
            [
                f"convo.toml: store.url: SQLite serves one process, so `convo {command}` cannot "
                "share it with others. `convo run` does everything in one; for several machines "
                "keep the business in Redis (docs/how-to/run-on-redis.md)."
            ]
        )


def _store_brand(settings: Settings) -> StoreBrand:
    return STORES[settings.store.partition(":")[0]]


def adapters(
    settings: Settings, http: HttpClient, clock: Clock, deliver: Deliver | None = None
) -> Mapping[str, Provider]:
    """An adapter for every channel; texts for the terminal go to `deliver`, or are printed.

    Raises `SettingsError` for every channel whose webhooks could be anybody's: one that signs
    nothing and has no token in its path, or that signs a URL nobody told us.
    """
    made: dict[str, Provider] = {}
    problems: list[str] = []
    for name, connection in settings.connections.items():
        connect = PROVIDERS[connection.provider].connect
        if connection.provider == "console" and deliver is not None:
            connect = partial(connect, deliver=deliver)
        channel = settings.business.channels[name]
        country = settings.business.country
        try:
            adapter = connect(channel, connection.options, http, country=country, clock=clock)
        except SettingsError as error:
            problems += [f"convo.toml: {problem}" for problem in error.problems]
            continue
        made[name] = adapter
        if not channel.hears or keeps_a_line(adapter) or pulls(adapter):
            continue  # nobody has to call there
        if adapter.unsigned and not connection.path_token:
            problems.append(
                f"convo.toml: channels.{name}.path_token: it is missing. {connection.provider} "
                "signs nothing, so the webhook's URL must hold a secret that only it knows. "
                "`convo doctor --token` prints a fresh one."
            )
        if not adapter.unsigned and not settings.public_url:
            problems.append(
                f"convo.toml: server.public_url: it is missing. {connection.provider} signs the "
                f"webhooks of channels.{name} for the address that it knows us by, and that is "
                'never guessed. Write it like "https://sms.salon.example".'
            )
    if problems:
        raise SettingsError(problems)
    return made
