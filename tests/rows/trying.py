"""Trying a tree of the project: which chats and tests hold in it, and which fail, and why."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from tests.rows.switch import Switch, SwitchError, changed
from tests.rows.table import ROOT

Verdict = Literal["holds", "fails", "breaks"]
"""Breaks: it came to no judgement, for something could not be read, imported or run."""

LEFT_OUT = shutil.ignore_patterns(
    ".*", "node_modules", "dist", "data", "*.egg-info", "bench", "CHANGELOG.md"
)
AT_MOST_S = 1_200
"""Seconds after which a run hangs: all rows take a minute together, longer on a busy machine."""

TURN_FAILED = "The turn failed"
"""How a chat says that the engine itself broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of one chat file or test file."""

    verdict: Verdict
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a switch."""

    switch: Switch
    seen: Mapping[str, Seen]
    #: Why it could not be tried.
    problem: str = ""

    @property
    def bites(self) -> bool:
        """Whether everything that shows the feature fails without it."""
        return not self.problem and all(seen.verdict == "fails" for seen in self.seen.values())


def tried(switch: Switch, root: Path = ROOT) -> Tried:
    """Switch the feature off in a copy and look what shows it."""
    try:
        with copied(root) as copy:
            for file, text in changed(switch, copy).items():
                file.write_text(text, "utf-8")
                compile_anew(file)
            return Tried(switch=switch, seen=looked(switch.shown_by, copy))
    except SwitchError as error:
        return Tried(switch=switch, seen={}, problem=str(error))


class copied:  # noqa: N801 - it is used as a function
    """`with copied(root) as copy`: the tree as it stands, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = TemporaryDirectory(prefix="convo-switch-", ignore_cleanup_errors=True)

    def __enter__(self) -> Path:
        copy = Path(self._folder.name) / "tree"
        shutil.copytree(self._root, copy, ignore=LEFT_OUT)
        if (self._root / ".venv").exists():
            # Tests call the programs that are installed there.
            (copy / ".venv").symlink_to((self._root / ".venv").resolve())
        return copy

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def compile_anew(file: Path) -> None:
    """Python goes by time and size, and both may be as they were."""
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def looked(paths: Sequence[str], tree: Path) -> Mapping[str, Seen]:
    """What becomes of these chats and tests in that tree."""
    tests = [path for path in paths if path.endswith(".py")]
    businesses: dict[Path, list[str]] = {}
    for path in paths:
        if path.endswith(".chat"):
            businesses.setdefault(business_of(tree / path), []).append(path)
    seen: dict[str, Seen] = {}
    for business, chats in businesses.items():
        seen |= _chats(business, chats, tree)
    if tests:
        seen |= _tests(tests, tree)
    return {path: seen[path] for path in paths}


def business_of(chat: Path) -> Path:
    """The folder whose convo.toml a chat goes by: BUSINESS/flows/tests/x.chat."""
    return chat.parent.parent.parent


def _chats(business: Path, chats: Sequence[str], tree: Path) -> Mapping[str, Seen]:
    names = {(tree / path).relative_to(business).as_posix(): path for path in chats}
    ran = _run(["-m", "convo.cli", "test", "--json", *names], business, tree)
    try:
        told = json.loads(ran.stdout)["chats"]
    except (ValueError, KeyError):
        return {path: Seen(verdict="breaks", why=_complaint(ran)) for path in chats}
    return {
        path: _chat([each for each in told if each["file"] == name]) for name, path in names.items()
    }


def _chat(held: Sequence[Mapping[str, Any]]) -> Seen:
    failures = [failure for chat in held for failure in chat["failures"]]
    if not held:
        return Seen(verdict="breaks", why="there is no chat in it")
    if not failures:
        return Seen(verdict="holds")
    broken = [each["what"] for each in failures if each["what"].startswith(TURN_FAILED)]
    if broken:
        return Seen(verdict="breaks", why=broken[0])
    first = failures[0]
    return Seen(verdict="fails", why=f"line {first['line']}: {first['what']}")


def _tests(tests: Sequence[str], tree: Path) -> Mapping[str, Seen]:
    told = tree / "verdict.json"
    arguments = ["-m", "pytest", "-q", "-p", "tests.rows.verdict", "-p", "no:cacheprovider"]
    ran = _run([*arguments, *tests], tree, tree, {"ROWS_VERDICT": str(told)})
    if not told.exists() or ran.returncode not in (0, 1, 2):
        return {path: Seen(verdict="breaks", why=_complaint(ran)) for path in tests}
    failures = json.loads(told.read_text("utf-8"))
    return {
        path: _test([each for each in failures if each["file"].endswith(path)]) for path in tests
    }


def _test(failures: Sequence[Mapping[str, Any]]) -> Seen:
    if not failures:
        return Seen(verdict="holds")
    mismatches = [each["why"] for each in failures if each["mismatch"]]
    if not mismatches:
        return Seen(verdict="breaks", why=failures[0]["why"])
    return Seen(verdict="fails", why=next(iter(mismatches[0].splitlines())))


def _run(
    arguments: Sequence[str], folder: Path, tree: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    try:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(tree), "PATH": path, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=AT_MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(late.args, -1, "", f"it took more than {AT_MOST_S} s")


def _complaint(ran: subprocess.CompletedProcess[str]) -> str:
    """Python says at the end what is wrong, and Convo at the beginning."""
    lines = (ran.stderr.strip() or ran.stdout.strip()).splitlines() or ["it says nothing"]
    return lines[-1 if lines[0].startswith("Traceback") else 0]


def all_tried(found: Sequence[Switch], at_once: int) -> Iterator[Tried]:
    """Every switch, a few at once, in their order."""
    with ThreadPoolExecutor(at_once) as threads:
        yield from threads.map(tried, found)
