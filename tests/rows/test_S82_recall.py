"""S82: a recall in the middle of a broadcast leaves nothing behind, and counts truly what left."""

import json
from pathlib import Path

from tests.end_to_end.desk import Desk, desk
from tests.end_to_end.serving import soon

SPRING = """
flow: spring
start: {words: [spring]}
steps:
  offer:
    say: "All bags for nothing!"
    later: [{after: 1d, go: last}]
  ask: {ask: "Shall we keep one for you?", silent: [{after: 1h, go: last}]}
  kept: {say: "It is yours.", go: end}
  last: {say: "The last day!", go: end}
"""
HELLO = "flow: hello\nstart: {words: [hello]}\nsteps:\n  a: {say: Good day!, go: end}\n"
PEOPLE = [f"+86138001380{n:02d}" for n in range(40)]
REPLIES, RATE = 2, "4 parts/s"
STANDS = "SELECT state, status, code FROM message WHERE voice LIKE '%spring%'"
RECALLED = ("done", "cancelled", "recalled")


def asked(salon: Desk, key: str = "spring/{}") -> None:
    """A campaign asks for the flow for everybody."""
    for number in PEOPLE:
        salon.ask("spring", number, key.format(number))
    every = "SELECT count(*) FROM message WHERE voice LIKE '%spring%'"
    soon(lambda: salon.serving.rows(every), [(REPLIES * len(PEOPLE),)])


def of_spring(salon: Desk) -> int:
    """Texts of the broadcast that the gateway was given."""
    return sum(text != "Good day!" for text in salon.gateway.texts)


def test_a_recall_leaves_no_copy_and_counts_what_left(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"spring": SPRING, "hello": HELLO}, rate=RATE) as salon:
        asked(salon)
        soon(lambda: len(salon.gateway.asked) >= 3, True)
        counted = json.loads(salon.convo("recall", "--request", "spring/*", "--dry-run", "--json"))
        assert counted["waiting"] > 0
        assert counted["recalled"] == 0

        told = json.loads(salon.convo("recall", "--request", "spring/*", "--json"))
        assert told["waiting"] == 0
        left = sum(told["left"].values())
        assert left >= 3
        assert told["recalled"] + told["on_their_way"] + left == REPLIES * len(PEOPLE)
        assert told["conversations"] == len(PEOPLE)

        # The next text goes by the same channel: what is on its way has left by then.
        salon.text(PEOPLE[0], "hello")
        soon(lambda: salon.gateway.texts[-1], "Good day!")
        assert left <= of_spring(salon) <= left + told["on_their_way"]
        gone = salon.serving.rows(STANDS).count(RECALLED)
        assert gone == REPLIES * len(PEOPLE) - of_spring(salon)
        # Nobody is in its middle any more: their reply is one to nothing.
        soon(lambda: salon.serving.rows("SELECT count(*) FROM timer"), [(0,)])
        said = salon.convo("recall", "--request", "spring/*")
        assert f"{gone:>7,}  had not left, and will not" in said
        assert (
            f"{of_spring(salon):>7,}  have left: {of_spring(salon)} taken by the provider" in said
        )
        assert "Conversations were ended with 0 contacts." in said


def test_a_recall_while_nothing_is_served_holds_when_it_is(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"spring": SPRING, "hello": HELLO}, rate="1 part/min") as salon:
        asked(salon)
        salon.serving.stop()
        salon.convo("recall", "--flow", "spring", "--contact", PEOPLE[7])
        theirs = "SELECT state FROM message WHERE contact = ? AND state <> 'done'"
        assert salon.serving.rows(theirs, PEOPLE[7]) == []
        assert len(salon.serving.rows(theirs, PEOPLE[8])) == REPLIES
        salon.convo("recall", "--flow", "spring")
        before = of_spring(salon)
        salon.serving.start()
        soon(lambda: salon.serving.rows("SELECT count(*) FROM timer"), [(0,)])
        assert all(state == "done" for state, _, _ in salon.serving.rows(STANDS))
        # It is asked for again, mended: what is said now was not meant.
        salon.ask("spring", PEOPLE[7], "again")
        now = "SELECT count(*) FROM message WHERE contact = ? AND code <> 'recalled'"
        soon(lambda: salon.serving.rows(now, PEOPLE[7]), [(REPLIES,)])
        assert of_spring(salon) <= before + 1
