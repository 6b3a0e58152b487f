"""Faults put into the real code on purpose: a simulation that cannot find them shows nothing.

Each is an edit of the product as it stands, a few words of one function or statement, which were
mistakes somewhere once: in the prototype of the protocol, or in the systems that it learnt from.
"""

import inspect
import textwrap
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from convo.providers.http import HttpClient, _Connection
from convo.routing import outbox
from convo.runtime.owner import Owner
from convo.runtime.sender import Sender
from convo.stores.redis.redo import Redo
from convo.stores.sqlite import accepting, chains, claiming, database, turning
from tests.chaos.carriers import Twilio
from tests.simulation.climate import USUAL, Climate


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One place: what holds the function or text, its name there, and the words changed in it."""

    of: Any
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A mistake: what the product would do, and the edits that make it."""

    about: str
    edits: Sequence[Edit]
    #: Where it thrives: the usual climate brings it to light as well, though more slowly.
    climate: Climate = USUAL


BUGS: Mapping[str, Bug] = {
    "an id that two contacts share": Bug(
        about="The id of a message tells neither whose it is nor which event of that moment it "
        "answers, as when partitions number their events alike.",
        edits=[
            Edit(of=claiming, name="read", old="event_id(at, entry)", new="event_id(at, 0)"),
            Edit(of=outbox, name="outbound_id", old="{shard_of(contact):03x}", new="000"),
        ],
    ),
    "a retry is overtaken": Bug(
        about="What is tried again later lets the contact's next message go first.",
        edits=[Edit(of=chains, name="_PROMOTE", old="lane DESC, seq", new="lane DESC, due, seq")],
    ),
    "a busy flag for a chain": Bug(
        about="A contact's message waits while another is under way, and not for those before it.",
        edits=[
            Edit(of=chains, name="_ADD", old="THEN 'waiting' ELSE", new="THEN 'head' ELSE"),
            Edit(of=turning, name="_AGAIN", old="'waiting'", new="'head'"),
            Edit(
                of=claiming,
                name="_DUE_HEADS",
                old="ORDER BY m.due, m.seq",
                new="AND NOT EXISTS (SELECT 1 FROM message AS b WHERE b.contact = m.contact"
                " AND b.state = 'sending') GROUP BY m.contact ORDER BY m.due, m.seq",
            ),
            Edit(
                of=database,
                name="_script",
                old='.read_text(encoding="utf-8")',
                new='.read_text(encoding="utf-8").replace("CREATE UNIQUE", "CREATE")',
            ),
        ],
    ),
    "a send is skipped and never settled": Bug(
        about="A send that comes too late for its lease is dropped without a word.",
        edits=[
            Edit(
                of=Sender,
                name="_unsent",
                old='self._settle(claim, "again", code=code, due=now)',
                new="pass",
            )
        ],
    ),
    "the deadline is looked at before connecting": Bug(
        about="Whether the lease still holds is asked when the send begins, not when it leaves.",
        edits=[
            Edit(
                of=_Connection, name="exchange", old="still_ours(leave_by, loop.time)", new="pass"
            ),
            Edit(
                of=HttpClient,
                name="_request",
                old="pool = self._pools.get(origin)",
                new="still_ours(leave_by, asyncio.get_running_loop().time)\n"
                "    pool = self._pools.get(origin)",
            ),
        ],
        climate=Climate(
            companies=(Twilio(),),
            leases=(1.5,),
            graces=(1,),
            kinds={"pause": 1},
            lurking=1.0,
            moments=("connects",),
        ),
    ),
    "a step is rebuilt for its retry": Bug(
        about="A step whose answer was lost is asked for again with what has come in meanwhile.",
        edits=[
            Edit(
                of=Owner,
                name="_own",
                old="lambda d=done, w=wants: self._store.advance(lease, d, w)",
                new="lambda d=done, w=wants: self._store.advance(lease, replace(d, settles=("
                "*d.settles, *self._results.take().settles)), w)",
            )
        ],
        climate=Climate(kinds={"lossy": 8, "cut": 4, "storm": 2}),
    ),
    "a step is done again without its claims": Bug(
        about="What a lost step had handed out is handed out once more by the server that took "
        "over, for nobody told it.",
        edits=[
            Edit(
                of=Redo,
                name="note",
                old="self._steps.append(step)",
                new="self._steps.append(type(step)("
                "seq=step.seq, at=step.at, asked=step.asked, read=step.read))",
            )
        ],
        climate=Climate(kinds={"take over": 1}),
    ),
    "a STOP comes again behind a START": Bug(
        about="A duplicate of a STOP takes effect, though it is known to be one.",
        edits=[
            Edit(
                of=accepting,
                name="_accept",
                old="return _again(database, item, at)\n    entry",
                new="_ = arrival.consent and _act_alone(database, item, arrival.consent, at)\n"
                "        return _again(database, item, at)\n    entry",
            )
        ],
        climate=Climate(twice=0.9),
    ),
}


@contextmanager
def built_in(name: str) -> Generator[None]:
    """The product with this bug."""
    with ExitStack() as stack:
        for edit in BUGS[name].edits:
            was = getattr(edit.of, edit.name)
            stack.enter_context(patch.object(edit.of, edit.name, _edited(was, edit)))
        yield


def _edited(was: Any, edit: Edit) -> Any:
    if isinstance(was, str):
        return _changed(was, edit)
    made: dict[str, Any] = {}
    source = _changed(textwrap.dedent(inspect.getsource(was)), edit)
    exec(compile(source, f"<{edit.name} with a bug>", "exec"), was.__globals__, made)
    return made[edit.name]


def _changed(text: str, edit: Edit) -> str:
    assert edit.old in text, f"{edit.name} does not read {edit.old!r} any more: edit the bug"
    return text.replace(edit.old, edit.new)
