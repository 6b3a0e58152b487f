"""A supervisor, as a machine has one: what ends out of order is started anew.

    python -m tests.end_to_end.supervisor FOLDER

Everything is read once and then forked, so a start takes no second. What is forked is `convo run`
but for three things: leases on Redis are short, a loop that stands still is ended after four
seconds, and a text that says "poison" ends the process in the middle of its turn, as a fault in C
would, while there is no file called `mended`.
"""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

TURN_ENDS_WITH = 71


def main() -> None:
    import convo.cli.run
    import convo.cli.serving
    from convo.cli import main as convo
    from convo.routing.router import take_turn
    from convo.runtime import watchdog
    from convo.runtime.mind import ROUTING
    from convo.stores.redis import leases, store
    from convo.wiring.serving import wired

    def fatal(state: Any, event: Any, *others: Any) -> Any:
        if getattr(event, "text", "") == "poison" and not Path("mended").exists():
            os._exit(TURN_ENDS_WITH)
        return take_turn(state, event, *others)

    defaults: dict[str, Any] = wired.__wrapped__.__kwdefaults__  # pyright: ignore[reportFunctionMemberAccess]
    defaults["mind"] = replace(ROUTING, take_turn=fatal)
    leases.LEASE = store.LEASE = 2_000  # pyright: ignore[reportConstantRedefinition]
    leases.LEAVE_WITHIN = 1.5  # pyright: ignore[reportConstantRedefinition]
    store.RENEW_EVERY = 0.5  # pyright: ignore[reportConstantRedefinition]
    watchdog.HUNG_LOOKS = 8  # pyright: ignore[reportConstantRedefinition]
    child = 0

    def stop(*_: object) -> None:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os._exit(0)

    while True:
        child = os.fork()
        if child == 0:
            convo(["-C", sys.argv[1], "run", "--no-phone"], prog_name="convo")
        signal.signal(signal.SIGTERM, stop)
        _, status = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
