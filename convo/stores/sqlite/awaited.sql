-- Chains whose next message waits for the last word on the one before, at most until then.

CREATE TABLE IF NOT EXISTS awaited (
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    message INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (contact, channel)
) STRICT, WITHOUT ROWID;
