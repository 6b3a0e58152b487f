"""`convo partitions` where there is nothing to divide; tests/end_to_end/test_divided.py divides."""

from pathlib import Path

from tests.cli.conftest import Convo


def test_on_sqlite_there_is_one_partition(convo: Convo, shop: Path) -> None:
    for words in ((), ("16",)):
        told = convo("-C", shop, "partitions", *words)
        assert told.exit_code == 2
        assert "SQLite keeps everything in one partition" in told.output


def test_a_number_of_partitions_has_its_ends(convo: Convo, shop: Path) -> None:
    for wrong in ("0", "1025", "many"):
        assert convo("-C", shop, "partitions", wrong).exit_code == 2
