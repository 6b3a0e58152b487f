"""Faults put into the product: the simulation finds each, or it would find none of its own."""

from collections.abc import Collection, Mapping

import pytest

from tests.simulation.bugs import BUGS, built_in
from tests.simulation.climate import USUAL
from tests.simulation.world import simulated

FEW, MANY = 40, 1_000
"""Seeds within which each is found: where it thrives, and in the usual climate."""

#: What the judge may call each.
CALLED: Mapping[str, Collection[str]] = {
    "an id that two contacts share": {"never sent", "the wrong messages"},
    "a retry is overtaken": {"sent out of order"},
    "a busy flag for a chain": {"sent out of order"},
    "a send is skipped and never settled": {"left over"},
    "the deadline is looked at before connecting": {"sent twice", "sent out of order"},
    "a step is rebuilt for its retry": {"left over", "sent twice"},
    "a step is done again without its claims": {"sent twice"},
    "a STOP comes again behind a START": {"consent is wrong", "passed over without a STOP"},
}


def test_every_bug_has_a_name_by_which_it_is_known() -> None:
    assert CALLED.keys() == BUGS.keys()


@pytest.mark.soak
@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_found(name: str, soak: bool) -> None:
    climate = USUAL if soak else BUGS[name].climate
    seen: list[str] = []
    with built_in(name):
        for seed in range(MANY if soak else FEW):
            found = simulated(seed, climate).verdict.findings
            if CALLED[name] & found.keys():
                return
            seen += found
    raise AssertionError(f"not found; what was found instead: {sorted(set(seen))}")
