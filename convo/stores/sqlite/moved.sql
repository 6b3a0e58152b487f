-- Firsts of their chains that another channel than their own is to carry: mostly there are none.

CREATE INDEX IF NOT EXISTS message_moved ON message (goes_by, lane, due, seq)
    WHERE state = 'head' AND goes_by <> '';
