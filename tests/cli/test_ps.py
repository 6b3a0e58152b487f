"""`convo ps` beside a real server, behind a `kill -9`, and while nobody is at work."""

import os
import signal
from pathlib import Path

from convo import __version__
from tests.cli.conftest import Convo
from tests.end_to_end.desk import desk
from tests.end_to_end.serving import soon

HELLO = "flow: hello\nstart: {words: [hello]}\nsteps:\n  a: {say: Good day!, go: end}\n"


def test_who_serves_is_told_with_what_it_has_until_it_ends(tmp_path: Path) -> None:
    with desk(tmp_path / "salon", {"hello": HELLO}) as salon:
        soon(lambda: len(salon.rows("ps")), 1)
        soon(lambda: salon.rows("ps")[0]["trouble"], "")
        (told,) = salon.rows("ps")
        assert (told["role"], told["version"], told["stalled"]) == ("run", __version__, False)
        assert told["partitions"] == [0]
        head, line = salon.convo("ps").splitlines()
        assert head.startswith("PROCESS")
        assert line.startswith(f"{told['host']} {told['pid']}  run   20")
        os.kill(told["pid"], signal.SIGKILL)
        soon(lambda: salon.convo("ps"), "Nobody is at work. Serve it: convo run\n")
        salon.serving.kill()
        salon.serving.start()
        soon(lambda: [each["pid"] != told["pid"] for each in salon.rows("ps")], [True])
        salon.serving.stop()
        assert salon.rows("ps") == []


def test_before_anybody_has_texted_there_is_nothing_to_look_into(convo: Convo, shop: Path) -> None:
    told = convo("-C", shop, "ps")
    assert told.exit_code == 1
    assert "nobody has texted this business" in told.output
