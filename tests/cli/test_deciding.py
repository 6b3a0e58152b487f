"""`convo held` and `convo parked` beside a real server, while it is off, and through `kill -9`."""

from pathlib import Path

from tests.end_to_end.desk import Desk, desk
from tests.end_to_end.serving import soon

ANNA, BEN = "+8613800138000", "+8613800138001"
HELLO = "flow: hello\nstart: {words: [hello]}\nsteps:\n  a: {say: Good day!, go: end}\n"
FAULTY = """
flow: faulty
start: {words: [faulty]}
answers: {n: number}
steps:
  a:
    branch:
      - {if: n > 0, go: b}
      - {else: b}
  b: {say: Well done., go: end}
"""
MENDED = "flow: faulty\nstart: {words: [faulty]}\nsteps:\n  b: {say: Well done., go: end}\n"


def one_held(desk: Desk, number: str = ANNA) -> str:
    """The id of a message that the gateway took, or not: it cut the line."""
    desk.gateway.mode = "reset"
    desk.text(number, "hello")
    held = "SELECT id FROM message WHERE contact = ? AND state = 'held'"
    soon(lambda: len(desk.serving.rows(held, number)), 1)
    desk.gateway.mode = "ok"
    return desk.serving.rows(held, number)[0][0]


def parked(desk: Desk) -> list[str]:
    """The ids of what is parked."""
    return [str(number) for (number,) in desk.serving.rows("SELECT number FROM parked")]


def decided(desk: Desk) -> int:
    query = "SELECT count(*) FROM record WHERE CAST(records AS TEXT) LIKE '%\"decided\"%'"
    return desk.serving.rows(query)[0][0]


def test_a_held_message_is_seen_and_goes_out_once_more(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO}) as salon:
        assert salon.convo("held") == "Nothing is held, and nothing is in doubt.\n"
        id = one_held(salon)
        listed = salon.convo("held")
        assert listed.startswith("1 message held; decide: convo held send | sent | drop ID")
        assert f"{id[:10]}  20" in listed
        assert "+8613****00  main     service  hello  " in listed
        assert "the request may have been taken" in listed
        assert "Good day!" not in listed
        assert ANNA not in listed
        assert "    > Good day!" in salon.convo("held", "--text")
        said = salon.convo("held", "send", id[:10])
        assert f"{id[:10]}: goes out once more, before what waits behind it.\n" in said
        assert f"{id[:10]}: the provider has it." in said
        assert salon.gateway.texts == ["Good day!", "Good day!"]
        again = salon.convo("held", "drop", id[:10], status=1)
        assert again == f"{id[:10]}: nothing to decide, the provider has it.\n"
        assert salon.convo("held", "send", "nobody", status=1).startswith("nobody: no held message")
        assert decided(salon) == 1


def test_what_was_seen_and_what_is_given_up_are_not_sent_and_say_by_whom(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO}) as salon:
        first, second = one_held(salon), one_held(salon, BEN)
        assert "has left, as you say" in salon.convo("held", "sent", first)
        assert "is given up" in salon.convo("held", "drop", second, "--by", "Li Na")
        assert "sent (seen by mei)" in salon.convo("held", "sent", first, status=1)
        assert "not sent (dropped by Li Na)" in salon.convo("held", "send", second, status=1)
        assert len(salon.gateway.texts) == 2


def test_whoever_said_stop_meanwhile_gets_nothing(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO}) as salon:
        id = one_held(salon)
        salon.text(ANNA, "STOP")
        soon(lambda: len(salon.gateway.texts), 2)  # the answer to the STOP
        assert "it was not sent (withdrawn)" in salon.convo("held", "send", id)
        assert salon.gateway.texts.count("Good day!") == 1


def test_a_decision_is_done_while_nothing_is_served(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO}) as salon:
        id = one_held(salon)
        salon.serving.stop()
        said = salon.convo("held", "send", id)
        assert "The business is not served now: this leaves as soon as it is." in said
        assert len(salon.gateway.texts) == 1
        salon.serving.start()
        soon(lambda: salon.gateway.texts, ["Good day!", "Good day!"])
        salon.serving.waits_for_statuses(ANNA, "queued")


def test_a_decision_that_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO, "faulty": FAULTY}) as salon:
        id = one_held(salon)
        salon.text(BEN, "faulty")
        soon(lambda: len(parked(salon)), 1)
        salon.serving.kill()
        # Decided while nothing runs, and then right before a kill.
        salon.convo("held", "send", id)
        salon.flow("faulty", MENDED)
        salon.serving.start()
        salon.convo("parked", "again", "--all")
        salon.serving.kill()
        salon.serving.start()
        soon(lambda: salon.gateway.texts.count("Well done."), 1)
        soon(lambda: parked(salon), [])
        # The kill may have cut it off on its way: then it is held again, and not lost.
        held = "SELECT 1 FROM message WHERE id = ? AND state = 'held'"

        def sent_or_held() -> bool:
            return salon.gateway.texts.count("Good day!") == 2 or bool(salon.serving.rows(held, id))

        soon(sent_or_held, True)
        assert decided(salon) == 2


def test_a_parked_turn_is_seen_mended_and_taken_again(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO, "faulty": FAULTY}) as salon:
        assert salon.convo("parked") == "Nothing is parked.\n"
        salon.text(ANNA, "faulty")
        salon.text(BEN, "faulty")
        soon(lambda: len(parked(salon)), 2)
        # Both are told that something went wrong, which may come behind the parking.
        soon(lambda: len(salon.gateway.texts), 2)
        listed = salon.convo("parked")
        assert listed.startswith("2 events parked\n     2  RenderError\n")
        assert "+8613****00  Inbound  RenderError  -             -" in listed
        first, second = parked(salon)
        assert [row["error"] for row in salon.rows("parked")] == ["RenderError"] * 2
        shown = salon.convo("parked", "show", first)
        assert "error         RenderError: " in shown
        assert "expressions.py" in shown
        assert ANNA not in shown
        assert "faulty" not in shown.split("error ")[0]
        assert "wrote         faulty" in salon.convo("parked", "show", first, "--text")
        # Not mended: it fails again, and is parked again under a new number.
        assert salon.convo("parked", "again", first).startswith("1 event put back")
        soon(lambda: len(parked(salon)), 2)
        assert first not in parked(salon)
        salon.serving.stop()
        salon.flow("faulty", MENDED)
        assert "not served now" in salon.convo("parked", "again", "--all")
        salon.serving.start()
        soon(lambda: salon.gateway.texts.count("Well done."), 2)
        assert salon.convo("parked") == "Nothing is parked.\n"
        told = salon.convo("parked", "again", second, status=1)
        assert f"{second}: nothing to decide, it is not parked (any more)." in told
        assert len(salon.gateway.texts) <= 5


def test_a_parked_event_that_is_given_up_is_gone(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"faulty": FAULTY}) as salon:
        salon.text(ANNA, "faulty")
        soon(lambda: len(parked(salon)), 1)
        (id,) = parked(salon)
        assert salon.rows("parked", "--error", "KeyError") == []
        assert salon.convo("parked", "drop", id) == "1 event given up.\n"
        assert parked(salon) == []
        assert salon.convo("parked", "show", id, status=1).startswith(f"{id}: no parked event")
        assert "Name some, or say --all" in salon.convo("parked", "again", status=2)
