"""The judge: what the business has kept, held against what was really said to it and by it."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from convo.core import codec
from convo.core.numbers import PhoneNumber
from tests.chaos.business import folded
from tests.chaos.kept import Inbound, Kept
from tests.chaos.town import Witness

SHOWN = 5
"""Findings of one kind that are told; the rest are counted."""


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


def verdict(kept: Kept, witness: Witness, *, askable: bool) -> Verdict:
    """Judge what a business has kept that has come to rest.

    `askable`: whether it could always ask the company what it has sent.
    """
    found = Verdict()
    if kept.left_over:
        found.findings["left over"] += kept.left_over
    every_text_once(kept.inbounds, witness, found)
    where_texts_lead(kept, witness, found)
    other_words_once(kept, witness.altered, found)
    _each_reply_once(kept, witness, askable, found)
    for status in witness.refused:
        found.findings["a webhook was not taken"].append(str(status))
    return found


def sound(database: Path) -> bool:
    """Whether the file is whole, by SQLite's own measure."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def every_text_once(
    inbounds: Mapping[str, Sequence[Inbound]], witness: Witness, found: Verdict
) -> None:
    for number in witness.texts.keys() | inbounds.keys():
        said = witness.texts.get(number, [])
        heard = [(each.sid, each.text) for each in inbounds.get(number, ())]
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


def other_words_once(kept: Kept, said: Set[tuple[str, str, str]], found: Verdict) -> None:
    """`said`: contact, id and text of all that came under the ids of others."""
    for number, sid, text in said - kept.altered.keys():
        found.findings["other words were not told"].append(f"{number} {sid} {text}")
    for each, times in kept.altered.items():
        if each not in said:
            found.findings["nobody said these other words"].append(" ".join(each))
        elif times > 1:
            found.findings["other words were told twice"].append(" ".join(each))


def where_texts_lead(kept: Kept, witness: Witness, found: Verdict) -> None:
    timers = kept.timers
    for number, said in witness.texts.items():
        standing, _ = folded([text for sid, text in said if sid in witness.acknowledged])
        sessions = codec.decode(PhoneNumber(number), kept.records.get(number)).sessions
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


def _each_reply_once(kept: Kept, witness: Witness, askable: bool, found: Verdict) -> None:
    bodies = {each.text.outbound: each.text.body for each in witness.posted}
    taken = Counter(each.text.outbound for each in witness.posted if each.taken)
    order: dict[str, list[str]] = defaultdict(list)
    for each in witness.posted:
        if each.taken:
            order[each.text.to].append(each.text.outbound)
    expected: set[str] = set()
    for number, texts in kept.inbounds.items():
        _, replies = folded([each.text for each in texts])
        for text, begins in zip(texts, replies, strict=True):
            expected.add(text.reply)
            state = kept.states.get(text.reply, "")
            body = bodies.get(text.reply)
            held = state == "held"
            found.held += held
            found.held_but_sent += held and taken[text.reply] == 1
            if not state:
                found.findings["no reply was queued"].append(text.sid)
            elif body is not None and not body.startswith(begins):
                found.findings["the wrong reply"].append(f"{text.sid} {body!r} for {begins!r}")
            if taken[text.reply] > 1:
                found.findings["sent twice"].append(text.sid)
            elif taken[text.reply] == 0 and not held:
                found.findings["never sent"].append(f"{text.sid} ({state})")
            if kept.told_sent[text.reply] > 1:
                found.findings["told sent twice"].append(text.sid)
            if held and askable:
                found.findings["held, although it could be asked"].append(text.sid)
        places = {text.reply: n for n, text in enumerate(texts)}
        row = [places.get(id, -1) for id in order[number]]
        if row != sorted(row):
            found.findings["sent out of order"].append(f"{number} {row}")
    for id in taken.keys() - expected:
        found.findings["sent, and no answer to anything"].append(id)
