"""`convo outcomes`: what it says when there is nothing to say."""

from pathlib import Path

import pytest

from tests.cli.conftest import Convo


def test_a_flow_that_is_not_there_and_a_business_without_texts_are_told(
    convo: Convo, shop: Path
) -> None:
    unknown = convo("-C", shop, "outcomes", "helo")
    assert unknown.exit_code == 2
    assert 'Did you mean "hello"?' in unknown.output
    early = convo("-C", shop, "outcomes", "hello")
    assert early.exit_code != 0
    assert "nobody has texted this business" in early.output


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01"])
def test_a_time_that_is_none_is_told_with_how_to_write_it(
    convo: Convo, shop: Path, since: str
) -> None:
    answer = convo("-C", shop, "outcomes", "hello", "--since", since)
    assert answer.exit_code == 2
    assert "not a length of time" in answer.output or "not a unit of time" in answer.output
