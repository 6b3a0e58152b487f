"""Keeping what arrives: dedupe, consent, inbox and delivery reports in one job."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from convo.core import altered, event_codec
from convo.core.consent_acts import ConsentAct
from convo.core.contacts import EVERYTHING, Consent, ConsentState
from convo.core.decisions import HeldDecision, ParkedDecision
from convo.core.events import Inbound, Report
from convo.core.recalls import Recall
from convo.core.records import Record
from convo.ports import Acceptance, Arrival
from convo.stores.sqlite import deciding, recalling, reports
from convo.stores.sqlite.consents import set_consents
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import MS_A_DAY, add_records, hashed

_SEEN = """
    INSERT INTO dedupe (hash, day, said) VALUES (?1, ?2, ?4)
    ON CONFLICT (hash) DO UPDATE SET day = ?2, said = ?4 WHERE day < ?2 - ?3
"""
_KEEP = "INSERT INTO inbox (at, contact, acted, event, raw) VALUES (?, ?, ?, ?, ?)"


LOOKED_AT = 200_000
"""Messages looked through for the one that a STOP answers; beyond them it ends everything."""

# The answer to a law word is of no programme, and must not hide what it answered.
_LAST_SENT = """
    SELECT programme FROM message
    WHERE contact = ? AND purpose <> 'law' AND seq > (SELECT max(seq) FROM message) - ?
        AND (state = 'sending' OR state = 'held' OR (state = 'done' AND status <> 'cancelled'))
    ORDER BY seq DESC LIMIT 1
"""
_LEFT = "SELECT 1 FROM consent WHERE contact = ? AND programme = ? AND state = 'withdrawn'"
# Withdrawn by a law word now, and given when it was.
_TAKEN = """
    SELECT c.programme FROM consent AS c JOIN consent_act AS a
        ON a.contact = c.contact AND a.programme = c.programme AND a.event = c.event
    WHERE c.contact = ? AND c.programme <> '' AND c.state = 'withdrawn'
        AND json_extract(a.origin, '$.how') = 'law'
        AND 'given' = (
            SELECT state FROM consent_act WHERE contact = c.contact AND programme = c.programme
                AND number < a.number ORDER BY number DESC LIMIT 1
        )
    ORDER BY c.programme
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An arrival with everything worked out that needs no database."""

    hash: int | None
    #: What it says, where that is a text.
    said: int | None
    contact: str
    event: bytes = field(repr=False)
    arrival: Arrival


def prepared(arrival: Arrival) -> Prepared:
    """Hash and encode on the caller's thread; what cannot be encoded raises here, alone."""
    event = arrival.event
    takes_no_turn = isinstance(event, Report | HeldDecision | ParkedDecision | Recall)
    return Prepared(
        hash=hashed(arrival.dedupe) if arrival.dedupe else None,
        said=altered.said(event),
        contact="" if takes_no_turn else event.contact.e164,
        event=b"" if takes_no_turn else event_codec.encode(event),
        arrival=arrival,
    )


def accept(database: Database, arrivals: Sequence[Prepared]) -> list[Acceptance]:
    """Keep each, or say why not; the answers hold once the job is committed."""
    return [_accept(database, arrival) for arrival in arrivals]


def _accept(database: Database, item: Prepared) -> Acceptance:
    at = database.clock()
    arrival = item.arrival
    event = arrival.event
    if isinstance(event, Report):
        if not _is_new(database, item, at):
            return "duplicate"
        reports.apply(database, event, at, arrival.raw)
        return "accepted"
    if isinstance(event, HeldDecision | ParkedDecision | Recall):
        return "accepted" if _decided(database, event, at) else "duplicate"
    if arrival.aside and isinstance(event, Inbound):
        if not _is_new(database, item, at):
            return _again(database, item, at)
        _set_aside(database, event, arrival.aside, at)
        return "accepted"
    if database.inbox_length >= database.inbox_limit:
        if _was_kept(database, item.hash, at):
            return _again(database, item, at)
        if arrival.consent is not None:
            _act_alone(database, item, arrival.consent, at)
        return "busy"
    if not _is_new(database, item, at):
        return _again(database, item, at)
    entry = database.execute(
        _KEEP, (at, item.contact, 0, item.event, arrival.raw or None)
    ).lastrowid
    assert entry is not None
    database.inbox_length += 1
    if arrival.consent is not None and _acted(database, item, arrival.consent, entry, at):
        database.execute("UPDATE inbox SET acted = 1 WHERE entry = ?", (entry,))
    return "accepted"


def _decided(database: Database, event: HeldDecision | ParkedDecision | Recall, at: int) -> bool:
    """Whether there was something to decide."""
    match event:
        case HeldDecision():
            return deciding.decide_held(database, event, at)
        case ParkedDecision():
            return deciding.decide_parked(database, event, at)
        case Recall():
            recalling.recall(database, event, at)
            return True


def _set_aside(database: Database, event: Inbound, rule: str, at: int) -> None:
    contact = event.contact.e164
    text = {"channel": event.channel, "text": event.text, "law": event.law}
    facts = (
        Record(kind="inbound", facts=text),
        Record(kind="ignored", facts={"why": "it takes no turn", "rule": rule}),
    )
    add_records(database, [(at, contact, record) for record in facts])


def _is_new(database: Database, item: Prepared, at: int) -> bool:
    return item.hash is None or _remember(database, item.hash, item.said, at)


def _remember(database: Database, hash: int, said: int | None, at: int) -> bool:
    """Whether it was not known."""
    day = at // MS_A_DAY
    return database.execute(_SEEN, (hash, day, database.dedupe_days, said)).rowcount == 1


def _again(database: Database, item: Prepared, at: int) -> Acceptance:
    """What comes again says the same, or something else, which is told once."""
    event, said = item.arrival.event, item.said
    (first,) = database.execute("SELECT said FROM dedupe WHERE hash = ?", (item.hash,)).fetchone()
    if not isinstance(event, Inbound) or said is None or first is None or first == said:
        return "duplicate"
    if not _remember(database, hashed(altered.key(item.arrival.dedupe, said)), None, at):
        return "duplicate"
    add_records(database, [(at, item.contact, altered.record(event))])
    return "altered"


def _was_kept(database: Database, hash: int | None, at: int) -> bool:
    oldest = at // MS_A_DAY - database.dedupe_days
    return (
        hash is not None
        and database.execute(
            "SELECT 1 FROM dedupe WHERE hash = ? AND day >= ?", (hash, oldest)
        ).fetchone()
        is not None
    )


def _acted(database: Database, item: Prepared, act: ConsentAct, entry: int, at: int) -> bool:
    """Whether the act changed something, now or when the inbox was full and kept only the act."""
    if item.hash is not None:
        before = database.execute(
            "DELETE FROM acted WHERE hash = ? RETURNING acted, ord", (item.hash,)
        ).fetchall()
        if before:
            acted, order = before[0]
            # Another act that came since has the last word, and this one needs no answer.
            return bool(acted) and _stands(database, item.contact, order)
    return _act(database, item, act, entry, at)


def _act_alone(database: Database, item: Prepared, act: ConsentAct, at: int) -> None:
    """Keep the act of an arrival that is refused; when it comes again, it acts no second time."""
    if (
        item.hash is not None
        and database.execute("SELECT 1 FROM acted WHERE hash = ?", (item.hash,)).fetchone()
    ):
        return
    # It takes an entry's number all the same, to stand in order with those that are kept.
    entry = database.execute(_KEEP, (at, "", 0, b"", None)).lastrowid
    assert entry is not None
    database.execute("DELETE FROM inbox WHERE entry = ?", (entry,))
    acted = _act(database, item, act, entry, at)
    if item.hash is not None:
        database.execute(
            "INSERT INTO acted VALUES (?, ?, ?, ?)", (item.hash, at // MS_A_DAY, acted, entry)
        )


def _act(database: Database, item: Prepared, act: ConsentAct, entry: int, at: int) -> bool:
    state: ConsentState = "withdrawn" if act.act == "stop" else "given"
    programmes = _stops(database, item, act) if act.act == "stop" else _starts(database, item, act)
    event = event_codec.event_id(at, entry)
    for programme in programmes:
        done = Consent(
            programme=programme,
            state=state,
            at=at,
            event=event,
            order=entry,
            proof=act.proof,
            origin=act.origin,
        )
        set_consents(database, [(item.contact, done)])
        record = Record(kind="consent", facts={"programme": programme, "state": state})
        add_records(database, [(at, item.contact, record)])
    return bool(programmes)


def _stops(database: Database, item: Prepared, act: ConsentAct) -> tuple[str, ...]:
    """What a STOP withdraws: nothing that is withdrawn already."""
    if _stopped(database, item.contact):
        return ()
    if act.programme:
        left = database.execute(_LEFT, (item.contact, act.programme)).fetchone()
        return () if left else (act.programme,)
    if not act.narrow:
        return (EVERYTHING,)
    sent = database.execute(_LAST_SENT, (item.contact, LOOKED_AT)).fetchone()
    programme: str = sent[0] if sent else EVERYTHING
    left = database.execute(_LEFT, (item.contact, programme)).fetchone()
    return (EVERYTHING,) if left else (programme,)


def _starts(database: Database, item: Prepared, act: ConsentAct) -> tuple[str, ...]:
    """What a START gives back: everything, or else, `narrow`, programmes that a STOP took."""
    if _stopped(database, item.contact):
        return (EVERYTHING,)
    if not act.narrow:
        return ()
    taken = database.execute(_TAKEN, (item.contact,)).fetchall()
    return tuple(programme for (programme,) in taken)


def _stopped(database: Database, contact: str) -> bool:
    return database.execute(_LEFT, (contact, EVERYTHING)).fetchone() is not None


def _stands(database: Database, contact: str, order: int) -> bool:
    """Whether what was done at this place in the inbox has not been done over since."""
    row = database.execute(
        "SELECT 1 FROM consent WHERE contact = ? AND ord = ?", (contact, order)
    ).fetchone()
    return row is not None
