-- Every act of consent: added to and never changed. What a contact stands on is never swept; what is
-- over is, when the law of their country wants its proof no more (tidying.py). `ord` is the inbox
-- entry, `origin` the JSON of how it came about. Run at every start: files of the first versions
-- lack it, and a Convo that does not know it leaves it alone, so the schema's number stays.

CREATE TABLE IF NOT EXISTS consent_act (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    contact TEXT NOT NULL,
    programme TEXT NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    ord INTEGER NOT NULL,
    proof TEXT NOT NULL,
    origin TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS consent_act_of ON consent_act (contact, number);
