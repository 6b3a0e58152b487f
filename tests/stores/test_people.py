"""Who may use the console, kept beside each store."""

import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from convo.errors import StoreUnavailable
from convo.stores.redis.people import RedisRegister
from convo.stores.sqlite.people import SUFFIX, SqliteRegister
from tests.servers import RunningServer
from tests.stores.contract_register import MEI, OpensRegister, RegisterContract, signed_in

PREFIXES = (f"p{n}" for n in itertools.count())


class TestSqlite(RegisterContract):
    @pytest.fixture
    async def opened(self, tmp_path: Path) -> AsyncIterator[OpensRegister]:
        async with AsyncExitStack() as stack:

            async def opened() -> SqliteRegister:
                register = SqliteRegister(tmp_path / "data" / "convo.db")
                stack.push_async_callback(register.close)
                return register

            yield opened

    @pytest.mark.anyio
    async def test_sign_ins_that_are_over_are_forgotten_when_somebody_signs_in(
        self, opened: OpensRegister
    ) -> None:
        register = await opened()
        mine, until = signed_in()
        await register.begin("old", mine, mine.since - 1)
        await register.begin("new", mine, until)
        assert await register.signed_in("old") is None
        assert await register.signed_in("new") == mine

    @pytest.mark.anyio
    async def test_its_file_is_nobody_elses_to_read(
        self, opened: OpensRegister, tmp_path: Path
    ) -> None:
        await (await opened()).admit(MEI)
        file = tmp_path / "data" / f"convo.db{SUFFIX}"
        assert file.stat().st_mode & 0o077 == 0

    @pytest.mark.anyio
    async def test_a_file_that_is_none_of_ours_is_told(self, tmp_path: Path) -> None:
        (tmp_path / f"convo.db{SUFFIX}").write_text("not a database, and quite long" * 100)
        with pytest.raises(StoreUnavailable, match="Give this user the folder"):
            SqliteRegister(tmp_path / "convo.db")


class TestRedis(RegisterContract):
    @pytest.fixture
    async def opened(self, server: RunningServer) -> AsyncIterator[OpensRegister]:
        prefix = next(PREFIXES)
        async with AsyncExitStack() as stack:

            async def opened() -> RedisRegister:
                register = RedisRegister(server.url, "fast", prefix)
                stack.push_async_callback(register.close)
                return register

            yield opened

    @pytest.mark.anyio
    async def test_sign_ins_that_are_over_are_forgotten_by_the_server(
        self, opened: OpensRegister
    ) -> None:
        register = await opened()
        mine, _ = signed_in()
        await register.begin("old", mine, mine.since - 1)
        assert await register.signed_in("old") is None
