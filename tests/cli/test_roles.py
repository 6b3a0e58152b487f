"""`convo web` and `convo worker`, where they cannot work."""

from pathlib import Path

import pytest

from tests.cli.conftest import Convo


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_store_for_one_process_is_not_shared(command: str, convo: Convo, shop: Path) -> None:
    told = convo("-C", shop, command)
    assert told.exit_code == 2
    assert f"SQLite serves one process, so `convo {command}` cannot share it" in told.output
    assert not (shop / "data" / "convo.db").exists()


def test_a_place_that_is_none_is_refused(convo: Convo, shop: Path) -> None:
    told = convo("-C", shop, "worker", "--health", "here")
    assert told.exit_code == 2
    assert '"here" is no host and port' in told.output
