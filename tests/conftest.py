"""What every test shares: the one event loop it runs on, and how often it repeats itself."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The contracts' asserts tell what they compared; others import them before their own tests do.
for contract in (Path(__file__).parent / "stores").glob("contract_*.py"):
    pytest.register_assert_rewrite(f"tests.stores.{contract.stem}")

# How fast a busy machine makes up examples says nothing of us.
settings.register_profile("convo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("convo")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="repeat the soak tests a thousand times")


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether this is `make soak`: the same test, many more times."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio, once each."""
    return "asyncio"
