"""Keeping the garbage collector from walking over what never becomes garbage."""

import gc

#: New objects after which the young are looked through. Python's 700 would do it every few turns,
#: and a turn leaves no circles behind: what it makes is gone when its last name is.
YOUNG = 20_000


def settle() -> None:
    """To be called when everything is loaded: flows, tables and code live with the process.

    Without it each full collection walks over all of them and holds every conversation up for
    a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
