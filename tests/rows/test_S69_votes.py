"""S69: a thousand vote at once and half of them change their mind: the votes add up exactly."""

from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.serving import ROOT, soon
from tests.rows.crowd import PEOPLE, Crowd, crowd

pytestmark = pytest.mark.anyio

FLOW = (ROOT / "flows" / "poll.yaml").read_text("utf-8")
DISHES = {"1": "noodles", "2": "rice", "3": "salad"}


def standing(business: Crowd) -> dict[str, int]:
    rows = business.serving.rows("SELECT choice, votes FROM standing WHERE votes > 0")
    return {str(choice): votes for choice, votes in rows}


async def vote(business: Crowd, votes: dict[str, str], *, ended: int) -> None:
    """Everybody in `votes` asks to vote and does, all at the same moment."""
    people = list(votes)
    questions = "SELECT count(*) FROM message WHERE text LIKE 'Lunch tomorrow%' AND state = 'done'"
    before = business.serving.rows(questions)[0][0]
    await business.all_text(f"lunch{' ' * (ended > len(PEOPLE))}", people)
    soon(lambda: business.serving.rows(questions)[0][0], before + len(people))
    for choice in DISHES:
        await business.all_text(choice, [person for person in people if votes[person] == choice])
    soon(business.ended, ended)


async def test_votes_add_up_exactly_changed_ones_too(tmp_path: Path) -> None:
    # Whenever this is run, the poll is open.
    flow = FLOW.replace('until: "18:00"', 'until: "2099-01-01"')
    with crowd(tmp_path / "shop", {"poll": flow}, {}) as business:
        votes = {person: str(n % 3 + 1) for n, person in enumerate(PEOPLE)}
        await vote(business, votes, ended=len(PEOPLE))
        assert standing(business) == Counter(DISHES[choice] for choice in votes.values())
        said = business.serving.rows("SELECT text FROM message WHERE text LIKE 'Thank you%'")
        assert len(said) == len(PEOPLE)
        # The last to be counted was told the standing of all.
        told = "So far: Noodles 334, Fried rice 333, Salad 333."
        assert sum(told in text for (text,) in said) == 1

        changing = {person: "1" if votes[person] == "3" else "3" for person in PEOPLE[::2]}
        await vote(business, changing, ended=len(PEOPLE) + len(changing))
        last = votes | changing
        assert standing(business) == Counter(DISHES[choice] for choice in last.values())
        assert sum(standing(business).values()) == len(PEOPLE)
        rows = business.serving.rows("SELECT count(*), count(DISTINCT key) FROM vote")
        assert rows == [(len(PEOPLE), len(PEOPLE))]
