"""Where processes of `convo run` are born fast: everything is imported once, then forked.

Reading the modules takes a second of the machine's time; a thousand kills would spend most of
theirs there. What is forked is a process like any other: it reads the settings, opens the
database, takes the lock, and can be killed.

    python -m tests.chaos.nursery [SABOTAGE...]

Reads "start" and "wait" from its input; answers the child's number, and what it ended with.
"""

import os
import signal
import sys


def main() -> None:
    import uvicorn  # noqa: F401
    import uvloop  # noqa: F401

    import convo.cli.run
    import convo.cli.serving
    import convo.wiring.authored
    import convo.wiring.logs
    import convo.wiring.serving  # noqa: F401
    from convo.cli import main as convo_main
    from tests.chaos import sabotage

    for name in sys.argv[1:]:
        sabotage.ALL[name]()
    print("ready", flush=True)
    child = 0
    for line in sys.stdin:
        if line == "start\n":
            child = os.fork()
            if child == 0:
                os.setsid()
                nothing = os.open(os.devnull, os.O_RDWR)
                os.dup2(nothing, 0)
                os.dup2(nothing, 1)
                convo_main(["run", "--no-phone"], prog_name="convo")
            print(child, flush=True)
        elif line == "wait\n":
            _, status = os.waitpid(child, 0)
            child = 0
            print(os.waitstatus_to_exitcode(status), flush=True)
    if child:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
