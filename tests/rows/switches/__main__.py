"""`make switches`: each feature switched off in a copy, and whether what shows it fails there."""

import os
import sys
import time

from tests.rows.switch import SwitchError, switches
from tests.rows.table import ROOT
from tests.rows.trying import Tried, all_tried, copied, looked

MARKS = {"fails": "bites", "holds": "DOES NOT BITE", "breaks": "BREAKS"}


def main(wanted: list[str]) -> int:
    """Untouched everything must hold, then each switch must bite; 1 if not.

    With names of rows, only their switches.
    """
    began = time.monotonic()
    try:
        chosen = [each for each in switches() if not wanted or each.row in wanted]
    except SwitchError as error:
        print(error)
        return 1
    unknown = set(wanted) - {each.row for each in chosen}
    if unknown:
        print(f"There is no switch of {', '.join(sorted(unknown))}.")
        return 1
    shown = sorted({path for each in chosen for path in each.shown_by})
    with copied(ROOT) as copy:
        untouched = looked([path for path in shown if (copy / path).is_file()], copy)
    wrong = {path: seen for path, seen in untouched.items() if seen.verdict != "holds"}
    for path, seen in wrong.items():
        print(f"{path} {seen.verdict} with everything on: {seen.why}")
    idle = 0
    for each in all_tried(chosen, at_once=os.cpu_count() or 1):
        idle += not each.bites
        _tell(each)
    took = time.monotonic() - began
    print(f"\n{len(chosen) - idle} of {len(chosen)} switches bite, in {took:.0f} s.")
    return 1 if idle or wrong else 0


def _tell(each: Tried) -> None:
    print(f"{each.switch.row}  {each.switch.what}")
    if each.problem:
        print(f"     ERROR: {each.problem}")
    for path, seen in each.seen.items():
        print(f"     {MARKS[seen.verdict]}: {path}: {seen.why}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
