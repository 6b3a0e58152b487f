"""What the contracts of stores are held on: each kind of server there is, one for a module."""

from collections.abc import Iterator

import pytest

from tests.servers import PROGRAMS, RunningServer, running


@pytest.fixture(scope="module", params=list(PROGRAMS))
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    program = PROGRAMS[request.param]()
    with running(program, tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
def url(server: RunningServer) -> str:
    return server.url
