"""The judge knows what the product may do by its rules, and what it may not."""

from unittest.mock import patch

from convo.policy import loop_guard
from tests.simulation import shop
from tests.simulation.climate import Climate
from tests.simulation.world import Outcome, simulated

CALM = Climate(troubles=(0, 0), twice=0.0)


def in_a_hurry(replies_a_minute: int = loop_guard.REPLIES_A_MINUTE) -> Outcome:
    """Everybody asks for five tours of three texts each within a minute."""
    with (
        patch.object(shop, "life", lambda _chance: ["tour"] * 5),
        patch.object(loop_guard, "REPLIES_A_MINUTE", replies_a_minute),
    ):
        return simulated(1, CALM)


def test_the_loop_guard_may_fall_silent_towards_who_asks_for_much_in_a_minute() -> None:
    outcome = in_a_hurry()
    assert not outcome.verdict.findings, outcome.told()
    assert outcome.trace.counted["posted"] < 3 * outcome.trace.counted["says"]


def test_the_loop_guard_may_not_fall_silent_before() -> None:
    assert "silent too soon" in in_a_hurry(5).verdict.findings
