"""`convo recall` where nothing can be taken back; tests/rows/test_S82_recall.py takes back."""

from pathlib import Path

from tests.cli.conftest import Convo


def test_it_wants_to_know_what(convo: Convo, shop: Path) -> None:
    told = convo("-C", shop, "recall")
    assert told.exit_code == 2
    assert "Say what: --flow, --version, --request or --contact." in told.output
    told = convo("-C", shop, "recall", "--contact", "+1")
    assert told.exit_code == 2
    assert "--contact: A phone number is" in told.output


def test_before_anybody_has_texted_nothing_waits(convo: Convo, shop: Path) -> None:
    told = convo("-C", shop, "recall", "--flow", "spring")
    assert told.exit_code == 1
    assert "nobody has texted this business" in told.output
