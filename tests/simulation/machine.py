"""What the product takes of the machine for itself, given by the simulation instead."""

import ssl
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

import httpx

from convo.ports import Clock, Store
from convo.settings import Settings
from convo.wiring import brands, memory, serving
from convo.wiring.authored import Authored, authored, settings_in
from tests.chaos.carriers import Carrier
from tests.simulation import shop
from tests.simulation.loop import HOST
from tests.simulation.network import PORT
from tests.simulation.process import OPENS


@contextmanager
def given() -> Generator[None]:
    """A store that many processes share, names that repeat, and no time for what is of no account.

    Every process would read the machine's certificates and walk over all its memory: a tenth of a
    second in which three seeds are run.
    """
    with (
        patch.dict(brands.STORES, {"sqlite": brands.StoreBrand(open=_opened, shared=True)}),  # pyright: ignore[reportArgumentType]
        patch.object(serving, "worker_name", _name),
        patch.object(memory, "settle", lambda: None),
        patch.object(httpx, "AsyncClient", partial(httpx.AsyncClient, verify=_trust())),
    ):
        yield


async def _opened(_settings: Settings, _clock: Clock) -> Store:
    return OPENS.get()()


def _name() -> str:
    host = HOST.get()
    assert host is not None
    return host.name


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


_authored: dict[tuple[str, int], Authored] = {}


def business_at(carrier: Carrier, grace: int) -> Authored:
    """The shop as a customer of this company, which leaves doubts alone for `grace` seconds.

    Read once, for it does not change.
    """
    key = type(carrier).__name__, grace
    if key not in _authored:
        with tempfile.TemporaryDirectory() as folder:
            shop.written(
                Path(folder),
                public=carrier.public,
                channel=carrier.settings(PORT),
                grace=f"{grace}s",
            )
            _authored[key] = authored(settings_in(Path(folder)))
    return _authored[key]
