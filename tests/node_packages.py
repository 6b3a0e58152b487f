"""Packages of npm as oracles: installed for a test run, and run by Node.js."""

import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL_SECONDS = 180


def install(folder: Path, *packages: str) -> None:
    """Put the packages into `folder`; fails the test that needs them, saying why."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.fail("this test needs node and npm on the PATH: install Node.js 18 or later")
    installed = subprocess.run(
        [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, *packages],
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if installed.returncode:
        pytest.fail(f"npm could not install {', '.join(packages)}: {installed.stderr[-500:]}")


def run(folder: Path, program: str, given: str) -> str:
    """What a program (an ES module) prints, run beside the packages and given this to read."""
    script = folder / "program.mjs"
    script.write_text(program, "utf-8")
    told = subprocess.run(
        ["node", script],
        input=given,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-2_000:]
    return told.stdout
