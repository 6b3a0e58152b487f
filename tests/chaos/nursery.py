"""Where processes of Convo are born fast: everything is imported once, then forked.

Reading the modules takes a second of the machine's time; a thousand kills would spend most of
theirs there. What is forked is a process like any other: it reads the settings, opens the
store, takes the lock, and can be killed.

    python -m tests.chaos.nursery [hurried] [SABOTAGE...]

Reads from its input: "start WORDS", and answers the number of a child that does what `convo WORDS`
does; "wait NUMBER", and answers what that child has ended with; "dead", and answers the numbers of
those that have ended by themselves.
"""

import os
import signal
import sys
from collections.abc import Sequence


def main() -> None:
    import uvicorn  # noqa: F401
    import uvloop  # noqa: F401

    import convo.cli.run
    import convo.cli.serving
    import convo.cli.web
    import convo.cli.worker
    import convo.stores.redis.store
    import convo.wiring.authored
    import convo.wiring.logs
    import convo.wiring.serving  # noqa: F401
    from tests.chaos import hurry, sabotage

    words = sys.argv[1:]
    if words[:1] == ["hurried"]:
        hurry.hurry()
        words = words[1:]
    for name in words:
        sabotage.ALL[name]()
    # Whoever stops the test stops its children, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    nursery, number = Nursery(), os.getpid()
    print("ready", flush=True)
    try:
        for line in sys.stdin:
            print(nursery.told(*line.split()), flush=True)
    finally:
        if os.getpid() == number:
            nursery.close()


class Nursery:
    """The children, and what those that are gone have ended with."""

    def __init__(self) -> None:
        self._alive: set[int] = set()
        self._ended: dict[int, int] = {}

    def told(self, order: str, *words: str) -> str:
        """The answer to an order."""
        match order:
            case "start":
                return str(self._born(words))
            case "wait":
                return str(self._end_of(int(words[0])))
            case "dead":
                for child in tuple(self._alive):
                    self._look_after(child, os.WNOHANG)
                return f"dead: {' '.join(map(str, self._ended))}"
            case _:
                raise ValueError(order)

    def close(self) -> None:
        """Whoever is still alive is killed."""
        for child in self._alive:
            os.kill(child, signal.SIGKILL)

    def _born(self, words: Sequence[str]) -> int:
        from convo.cli import main as convo_main

        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(nothing, 1)
            convo_main(words, prog_name="convo")
        self._alive.add(child)
        return child

    def _end_of(self, child: int) -> int:
        if child in self._alive:
            self._look_after(child, 0)
        return self._ended[child]

    def _look_after(self, child: int, how: int) -> None:
        number, status = os.waitpid(child, how)
        if number:
            self._alive.discard(child)
            self._ended[child] = os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
