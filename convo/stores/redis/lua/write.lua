-- Everything that a call has changed, written at its end.

local function write(p)
  write_cards(p)
  write_chains(p)
  write_hashes(p)
  write_ranks(p)
  write_records(p)
  write_commit(p)
end
