-- Everything that a call has changed, written at its end.

local write_hashes, write_ranks = from('partition', 'write_hashes', 'write_ranks')
local write_records = from('records', 'write_records')
local write_cards = from('cards', 'write_cards')
local write_chains = from('chains', 'write_chains')
local write_commit = from('commit', 'write_commit')

local function write(p)
  write_cards(p)
  write_chains(p)
  write_hashes(p)
  write_ranks(p)
  write_records(p)
  write_commit(p)
end

return {write = write}
