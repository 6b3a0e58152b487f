"""`convo dev`: what it says before a page is open; the pages are tried in tests/console."""

import socket
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Convo


def test_a_port_that_is_taken_is_told_before_any_link(shop: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        # In a process of its own: serving takes the signals of whoever calls it.
        done = subprocess.run(
            [sys.executable, "-m", "convo.cli", "-C", shop, "dev", f"--port={port}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 2
    assert f"--port: 127.0.0.1:{port} cannot be listened on" in done.stderr
    assert done.stdout == ""


def test_a_mistake_in_a_flow_is_told_as_by_check(convo: Convo, shop: Path) -> None:
    flow = next((shop / "flows").glob("*.yaml"))
    flow.write_text(f"flow: {flow.stem}\nsteps:\n  a: {{say: Hello, go: nowhere}}\n", "utf-8")
    said = convo("-C", shop, "dev", "--no-browser")
    assert said.exit_code == 1
    assert 'There is no step "nowhere".' in said.output
