-- What people have recalled (core/recalls.py): no message that was made until `at` and is meant by
-- one of these leaves any more. Empty columns mean any. Kept for good: a message may be held, or put
-- off, for long. Run at every start, for older files lack it.

CREATE TABLE IF NOT EXISTS recall (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    flow TEXT NOT NULL,
    version TEXT NOT NULL,
    request TEXT NOT NULL,
    contact TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
