"""The judge: what the business has kept, held against what was really said to it and by it."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from convo.core import codec, record_codec
from convo.core.numbers import PhoneNumber
from convo.core.turns import outbound_id
from tests.chaos.business import folded
from tests.chaos.carriers import Carrier
from tests.chaos.town import Witness

SHOWN = 5
"""Findings of one kind that are told; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inbound:
    """A text as the business has it."""

    sid: str
    text: str
    #: The id of the only message that answers it.
    reply: str


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What is wrong, by kind, and what was counted on the way."""

    findings: dict[str, list[str]] = field(
        default_factory=lambda: defaultdict[str, list[str]](list)
    )
    held: int = 0
    held_but_sent: int = 0

    def __str__(self) -> str:
        return "\n".join(
            f"{kind}: {len(cases)}, as {', '.join(cases[:SHOWN])}"
            for kind, cases in self.findings.items()
        )


def verdict(database: Path, witness: Witness, carrier: Carrier) -> Verdict:
    """Judge the database of a business that has come to rest and ended."""
    found = Verdict()
    with closing(sqlite3.connect(database)) as connection:
        kept = dict(inbounds(connection, carrier))
        _nothing_waits(connection, found)
        every_text_once(kept, witness, found)
        where_texts_lead(connection, witness, found)
        _each_reply_once(connection, kept, witness, carrier, found)
    for status in witness.refused:
        found.findings["a webhook was not taken"].append(str(status))
    return found


def sound(database: Path) -> bool:
    """Whether the file is whole, by SQLite's own measure."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def at_rest(database: Path) -> bool:
    """Whether nothing is left to do but what waits for its hour. May be asked while it runs."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return not any(
            connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in _WORK
        )


_WORK = ("inbox", "errand", "message WHERE state IN ('head', 'waiting', 'sending')")
"""Tables that are empty when all is done."""


def _nothing_waits(connection: sqlite3.Connection, found: Verdict) -> None:
    for table in (*_WORK, "parked", "orphan"):
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        if count:
            found.findings["left over"].append(f"{count} in {table}")


def inbounds(
    connection: sqlite3.Connection, carrier: Carrier
) -> Iterator[tuple[str, list[_Inbound]]]:
    """By number, in the order of their turns."""
    kept: dict[str, list[_Inbound]] = defaultdict(list)
    rows = connection.execute("SELECT records, raw FROM record ORDER BY number")
    for body, raw in rows:
        turn = record_codec.decode(body)
        for record in turn.records:
            if record.kind == "inbound":
                text = _Inbound(
                    sid=carrier.sid_of(raw),
                    text=record.facts["text"],
                    reply=outbound_id(PhoneNumber(turn.contact), turn.event, 0),
                )
                kept[turn.contact].append(text)
    yield from kept.items()


def every_text_once(
    kept: Mapping[str, Sequence[_Inbound]], witness: Witness, found: Verdict
) -> None:
    for number in witness.texts.keys() | kept.keys():
        said = witness.texts.get(number, [])
        heard = [(each.sid, each.text) for each in kept.get(number, ())]
        counted = Counter(sid for sid, _ in heard)
        for sid, _ in said:
            if sid not in witness.acknowledged:
                found.findings["never acknowledged"].append(sid)
            elif counted[sid] == 0:
                found.findings["acknowledged and lost"].append(sid)
            elif counted[sid] > 1:
                found.findings["a turn counted twice"].append(sid)
        if heard != said and Counter(heard) == Counter(said):
            found.findings["turns out of order"].append(number)
        for sid in counted.keys() - {sid for sid, _ in said}:
            found.findings["nobody said it"].append(sid)


def where_texts_lead(connection: sqlite3.Connection, witness: Witness, found: Verdict) -> None:
    rows: dict[str, bytes] = dict(connection.execute("SELECT id, record FROM contact"))
    timers = Counter(
        (number, name.partition("/")[0])
        for number, name in connection.execute("SELECT contact, name FROM timer")
    )
    for number, said in witness.texts.items():
        standing, _ = folded([text for sid, text in said if sid in witness.acknowledged])
        sessions = codec.decode(PhoneNumber(number), rows.get(number)).sessions
        frame = sessions[-1].frame if sessions else None
        if (frame.step if frame else "") != standing.step or len(sessions) > 1:
            stands = frame.step if frame else "nowhere"
            wanted = standing.step or "nowhere"
            found.findings["in the wrong place"].append(f"{number} {stands} for {wanted}")
        elif frame and standing.who and frame.answers.get("who") != standing.who:
            found.findings["with the wrong answers"].append(number)
        # One for the silence, one for the end of the session.
        armed = {session.id: timers[number, session.id] for session in sessions}
        total = sum(count for (whose, _), count in timers.items() if whose == number)
        if any(count != 2 for count in armed.values()) or total != 2 * len(armed):
            found.findings["timers do not fit the session"].append(number)


def _each_reply_once(
    connection: sqlite3.Connection,
    kept: Mapping[str, Sequence[_Inbound]],
    witness: Witness,
    carrier: Carrier,
    found: Verdict,
) -> None:
    states: dict[str, tuple[str, str]] = {
        id: (state, text)
        for id, state, text in connection.execute("SELECT id, state, text FROM message")
    }
    taken = Counter(each.text.outbound for each in witness.posted if each.taken)
    order: dict[str, list[str]] = defaultdict(list)
    for each in witness.posted:
        if each.taken:
            order[each.text.to].append(each.text.outbound)
    expected: set[str] = set()
    for number, texts in kept.items():
        _, replies = folded([each.text for each in texts])
        for text, begins in zip(texts, replies, strict=True):
            expected.add(text.reply)
            state, body = states.get(text.reply, ("", ""))
            held = state == "held"
            found.held += held
            found.held_but_sent += held and taken[text.reply] == 1
            if not state:
                found.findings["no reply was queued"].append(text.sid)
            elif not body.startswith(begins):
                found.findings["the wrong reply"].append(f"{text.sid} {body!r} for {begins!r}")
            if taken[text.reply] > 1:
                found.findings["sent twice"].append(text.sid)
            elif taken[text.reply] == 0 and not held:
                found.findings["never sent"].append(f"{text.sid} ({state})")
            if held and carrier.askable:
                found.findings["held, although it could be asked"].append(text.sid)
        places = {text.reply: n for n, text in enumerate(texts)}
        row = [places.get(id, -1) for id in order[number]]
        if row != sorted(row):
            found.findings["sent out of order"].append(f"{number} {row}")
    for id in taken.keys() - expected:
        found.findings["sent, and no answer to anything"].append(id)
