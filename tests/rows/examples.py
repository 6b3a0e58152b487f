"""An example business in a folder of its own, served as its owner would serve it."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import ROOT, Serving
from tests.rows.crowd import API_TOKEN, TOKEN, Crowd

WELL_KNOWN = {
    "terminal-of-the-example-business": TOKEN,
    "own-systems-of-the-example-business": API_TOKEN,
}
QUIET = re.compile(r"^\[quiet\].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


@contextmanager
def served(
    example: str, folder: Path, changes: Mapping[tuple[str, str], str], quiet: str = ""
) -> Iterator[Crowd]:
    """The business with these texts of its files changed, by (file, old text).

    Whenever a test runs it is a good hour, unless `quiet` says otherwise.
    """
    shutil.copytree(
        ROOT / "examples" / example,
        folder,
        ignore=shutil.ignore_patterns("tests", "data", "__pycache__"),
    )
    settings = folder / "convo.toml"
    text = QUIET.sub(quiet, settings.read_text("utf-8"))
    for known, own in WELL_KNOWN.items():
        assert known in text
        text = text.replace(known, own)
    (port,) = free_ports(1)
    settings.write_text(re.sub(r'(?m)^bind = ".*"', f'bind = "127.0.0.1:{port}"', text), "utf-8")
    for (name, old), new in changes.items():
        file = folder / name
        written = file.read_text("utf-8")
        assert written.count(old) == 1, (name, old)
        file.write_text(written.replace(old, new), "utf-8")
    serving = Serving(folder, {})
    try:
        serving.start()
        yield Crowd(serving, port)
    finally:
        serving.kill()
