"""`convo queues` beside a real server that may send two texts a minute, and when it is off."""

from pathlib import Path

from tests.end_to_end.desk import desk
from tests.end_to_end.serving import soon

HELLO = "flow: hello\nstart: {words: [hello]}\nsteps:\n  a: {say: Good day!, go: end}\n"


def test_what_waits_is_told_and_what_it_waits_for(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO}, rate="1 part/hour") as salon:
        assert "No message waits." in salon.convo("queues")
        for n in range(4):
            salon.text(f"+861380013800{n}", "hello")
        salon.text("+8613800138000", "hello")
        left = "SELECT count(*) FROM message WHERE state = 'head' OR state = 'waiting'"
        soon(lambda: salon.serving.rows(left), [(4,)])
        soon(lambda: "used up" in salon.convo("queues"), True)
        told = salon.convo("queues")
        assert "main     reply" in told
        assert "channels.main: 1/h; 4 parts before it, 4 h at least" in told
        assert "Limit channels.main is used up for 60 min" in told or "59 min" in told
        rows = salon.rows("queues")
        (lane,) = (each for each in rows if each["about"] == "queue")
        assert (lane["channel"], lane["due"] + lane["behind"], lane["parts"]) == ("main", 4, 4)
        salon.serving.stop()
        assert "Nobody is at work at partitions 0: convo run, convo worker" in salon.convo("queues")
