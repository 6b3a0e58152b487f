-- Errands that were put aside because they may have ended a process: parked.number -> the errand
-- that its event is the answer to.

CREATE TABLE IF NOT EXISTS parked_errand (
    number INTEGER PRIMARY KEY,
    errand BLOB NOT NULL
) STRICT;
