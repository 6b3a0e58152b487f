-- Who may use the console, in a file of its own beside the business's.
CREATE TABLE IF NOT EXISTS person (name TEXT PRIMARY KEY, account TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sign_in (
    key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    until INTEGER NOT NULL  -- ms since 1970; it may be forgotten then
) STRICT;
CREATE INDEX IF NOT EXISTS sign_in_until ON sign_in (until);
