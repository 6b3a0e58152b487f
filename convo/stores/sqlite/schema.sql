-- Everything that a Convo on SQLite keeps, in one file.
--
--   meta         name -> value: the schema's number; who owns it, and since when
--   dedupe       64-bit hash of an arrival's key -> day it was last kept (days since 1970), and of a
--                text what it said (core/altered.py)
--   acted        the same hash -> what a consent act did whose arrival the full inbox refused
--   inbox        events whose turn is still to come; `entry` gives them their order for ever
--   parked       events whose turn failed, with the account of it
--   contact      E.164 -> the contact's record (core/codec.py)
--   consent      where a contact stands with a programme; '' is all of them; `ord` = inbox entry
--   consent_act  every act of consent, added to and never changed (consent_act.sql)
--   timer        events due later
--   message      the outbox and the history of messages in one; see below
--   awaited      chains that wait for the last word on a message (awaited.sql)
--   provider_id  (channel, provider's id) -> message.seq
--   orphan       reports that came before anybody knew whose they were; kept for an hour
--   errand       work outside; `claimable` is when it may be handed out (again)
--   record       what turns and messages have to tell, numbered without end (core/record_codec.py)
--   flow         sources of flow versions by their hash
--   place        places taken: quotas, codes;  taken  how many of each name
--   vote         what counts of each number in a poll;  standing  the sums (poll.sql)
--   parked_errand  errands put aside (suspects.sql)
--
-- A message's `state`:
--   head     first of its chain (contact x channel), claimable from `due` on
--   waiting  behind another of its chain
--   sending  claimed and not settled: it may have left
--   held     nobody knows whether it left; a person decides; the chain goes on
--   done     settled, dropped or cancelled; `status` says which
-- `reach` is where it goes on a channel that does not reach the contact by number; `media` a JSON
-- list of what travels with it, '' for nothing; `voice` a JSON list of whose words it is, '' for
-- nobody's; `goes_by` the channel that carries it, '' for its own; `stays` is 1 where no other may,
-- for it may have left by that one.
-- At most one message of a chain is head or sending: message_front makes SQLite see to it.
-- All times are milliseconds since 1970, UTC.

CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

CREATE TABLE dedupe (
    hash INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    said INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE acted (
    hash INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    acted INTEGER NOT NULL,
    ord INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    contact TEXT NOT NULL,
    acted INTEGER NOT NULL,
    event BLOB NOT NULL,
    raw BLOB
) STRICT;

CREATE TABLE parked (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    contact TEXT NOT NULL,
    event_id TEXT NOT NULL,
    acted INTEGER NOT NULL,
    event BLOB NOT NULL,
    error TEXT NOT NULL,
    raw BLOB
) STRICT;

CREATE TABLE contact (id TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE consent (
    contact TEXT NOT NULL,
    programme TEXT NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    ord INTEGER NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (contact, programme)
) STRICT, WITHOUT ROWID;

CREATE TABLE timer (
    contact TEXT NOT NULL,
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    due INTEGER NOT NULL,
    PRIMARY KEY (contact, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due);

CREATE TABLE message (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    code TEXT NOT NULL,
    due INTEGER NOT NULL,
    not_after INTEGER,
    text TEXT NOT NULL,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    programme TEXT NOT NULL,
    parts INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    created INTEGER NOT NULL,
    event TEXT NOT NULL,
    attempt TEXT NOT NULL,
    claimed INTEGER NOT NULL,
    provider_ids TEXT NOT NULL,
    reach TEXT NOT NULL DEFAULT '',
    media TEXT NOT NULL DEFAULT '',
    voice TEXT NOT NULL DEFAULT '',
    goes_by TEXT NOT NULL DEFAULT '',
    stays INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX message_front ON message (contact, channel)
    WHERE state = 'head' OR state = 'sending';
CREATE INDEX message_queue ON message (channel, lane, due, seq) WHERE state = 'head';
-- 'reply' sorts behind 'bulk', so descending lanes put replies first.
CREATE INDEX message_waiting ON message (contact, channel, lane DESC, seq)
    WHERE state = 'waiting';
CREATE INDEX message_held ON message (seq) WHERE state = 'held';

CREATE TABLE provider_id (
    channel TEXT NOT NULL,
    id TEXT NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE orphan (
    channel TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    report BLOB NOT NULL,
    raw BLOB,
    PRIMARY KEY (channel, provider_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE errand (
    id TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    asked INTEGER NOT NULL,
    claimable INTEGER NOT NULL,
    errand BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX errand_claimable ON errand (claimable);

CREATE TABLE record (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    contact TEXT NOT NULL,
    records BLOB NOT NULL,
    raw BLOB
) STRICT;

CREATE TABLE flow (version TEXT PRIMARY KEY, source BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE place (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE taken (name TEXT PRIMARY KEY, places INTEGER NOT NULL) STRICT, WITHOUT ROWID;
