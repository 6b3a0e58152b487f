"""The whole shell in one thread: deterministic simulation, and how to follow one of its runs.

Customers write, a phone company sends, two or three processes of Convo share one store, and for a
minute everything goes wrong: processes are killed, paused beyond their lease or told to stop;
requests to the store and its answers are lost, so that nobody knows what was done; the company
takes a text and does not say so, reports it before it answers, says everything twice; webhooks come
twice and out of order; clocks jump. Then it is calm, all that was begun comes to its end, and the
judge holds what was kept and sent against what was said.

A seed decides all of it, so a run that fails is run again as often as one likes:

    python -m tests.simulation 398                 the verdict, and the last events
    python -m tests.simulation 398 --last 1000     all that happened
    python -m tests.simulation 0 300               many: the seeds that fail, and the figures
    python -m tests.simulation 3 --bug "a retry is overtaken"

What is real: everything that `convo run` puts together (`wiring/serving.py`), webhooks and their
signatures, the adapter with its HTTP client, owner, sender, resolver, errands, the router and the
flows, and the store's statements. What is not: time, the network, and the company at its end.

    loop        an event loop whose time passes when nothing else can happen, and that draws by lots
                who is next; it also is what kills and pauses a process, at any await
    network     connections between hosts;  way  requests to the store and its answers
    leased      the store's side: SQLite with leases that run out;  view  the process's side
    standby     a server that takes over and lacks the last moments
    company     the phone company;  door  what webhooks come in by;  shop  the business
    process     one place where a process runs;  machine  what it takes of the machine
    climate     what is drawn by lots;  troubles  what goes wrong
    inside      what happened in the store, at the moment;  trace  what happened at all
    judge       the oracle;  world  one run;  bugs  faults that it must find
"""

import argparse
import logging
import time
from collections import Counter
from contextlib import nullcontext

from tests.simulation.bugs import BUGS, built_in
from tests.simulation.climate import USUAL
from tests.simulation.world import simulated


def main() -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seed", type=int)
    parser.add_argument("end", type=int, nargs="?", help="the seed behind the last")
    parser.add_argument("--last", type=int, default=60, help="events that are told")
    parser.add_argument("--bug", choices=BUGS, help="with this fault in the product")
    asked = parser.parse_args()
    logging.disable()
    climate = BUGS[asked.bug].climate if asked.bug else USUAL
    with built_in(asked.bug) if asked.bug else nullcontext():
        if asked.end is None:
            outcome = simulated(asked.seed, climate)
            print(outcome.told(asked.last))
            return bool(outcome.verdict.findings)
        counted: Counter[str] = Counter()
        failed, virtual, began = 0, 0.0, time.process_time()
        for seed in range(asked.seed, asked.end):
            outcome = simulated(seed, climate)
            counted += outcome.trace.counted
            virtual += outcome.virtual
            if outcome.verdict.findings:
                failed += 1
                print(f"seed {seed}: {outcome.verdict}", flush=True)
    spent = time.process_time() - began
    print(
        f"{asked.end - asked.seed} seeds, {failed} failed; {spent:.0f} s of CPU for "
        f"{virtual:,.0f} virtual, {(asked.end - asked.seed) / spent:.1f} seeds/s"
    )
    print(", ".join(f"{what} {count:,}" for what, count in sorted(counted.items())))
    return bool(failed)


raise SystemExit(main())
