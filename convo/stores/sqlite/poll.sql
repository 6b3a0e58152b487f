-- Votes. Run at every start, as consent_act.sql is.
--
--   vote      what counts of each key in a poll
--   standing  votes by poll and choice: as many as there are rows in `vote`

CREATE TABLE IF NOT EXISTS vote (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    choice TEXT NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS standing (
    name TEXT NOT NULL,
    choice TEXT NOT NULL,
    votes INTEGER NOT NULL,
    PRIMARY KEY (name, choice)
) STRICT, WITHOUT ROWID;
