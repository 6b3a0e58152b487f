"""A pytest plugin: writes down of every test file whether it held, and if not, by what it failed.

`-p tests.rows.verdict` with the file to write to in ROWS_VERDICT.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

#: Failures by which a test says that what it saw is not what should be. Others mean that it could
#: not look: an import that fails, a name that is gone, a flow that cannot be read.
MISMATCHES = (AssertionError, pytest.fail.Exception)

_written: list[dict[str, Any]] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.excinfo is not None:
        _write(item.path, call.excinfo.value, mismatch=is_mismatch(call.excinfo.value))
    return report


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        file = report.nodeid.partition("::")[0]
        _written.append({"file": file, "mismatch": False, "why": _last_line(report.longreprtext)})


def pytest_sessionfinish() -> None:
    Path(os.environ["ROWS_VERDICT"]).write_text(json.dumps(_written), "utf-8")


def is_mismatch(error: BaseException) -> bool:
    """Whether it says what was seen; of a group all must."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_mismatch(each) for each in error.exceptions)
    return isinstance(error, MISMATCHES)


def _write(file: Path, error: BaseException, *, mismatch: bool) -> None:
    why = f"{type(error).__name__}: {error}"
    _written.append({"file": file.as_posix(), "mismatch": mismatch, "why": why[:300]})


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2][:300]
