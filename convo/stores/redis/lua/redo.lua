-- What the owner has committed, told again to a server that lacks it.

local SHARDS, call, value, pack, unpack_value, partition, clock, put = from(
  'partition', 'SHARDS', 'call', 'value', 'pack', 'unpack_value', 'partition', 'clock', 'put'
)
local tell_consent = from('records', 'tell_consent')
local act = from('cards', 'act')
local LANE, CHANNEL, ID, CONTACT, row_of, settled, chain_of, step_forward, drop = from(
  'chains', 'LANE', 'CHANNEL', 'ID', 'CONTACT', 'row_of', 'settled', 'chain_of', 'step_forward',
  'drop'
)
local QUEUED, settle = from('settle', 'QUEUED', 'settle')
local commit, give_up = from('commit', 'commit', 'give_up')
local write = from('write', 'write')
local remember, newest, keep_entry = from('accept', 'remember', 'newest', 'keep_entry')
local server, serve = from('takeover', 'server', 'serve')
local take = from('claim', 'take')
local hand_out_errands, forget_errands = from('read', 'hand_out_errands', 'forget_errands')
local lease_of, attempt_of = from('advance', 'lease_of', 'attempt_of')

-- ARGV: clock, owner, token, the token before ours, seq when we acquired, lease ms, days of dedupe,
-- what was read
-- KEYS behind the partition's: today's seen for each that was read, then today's said for each
-- What was read is {entry, at, contact, acted, event, order, hash, acts of consent, what it says or
-- ''} each, oldest first: those behind the newest that is here are put back.
-- Answers {ok, seq}, or {fenced, seq} where another owner has the partition.
local function resume(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, owner, token, before, acquired, lasts, days, packed = unpack(args)
  acquired = tonumber(acquired)
  local its_token, seq, served = unpack(call('HMGET', p.key.state, 'token', 'seq', 'served'))
  seq = tonumber(seq) or 0
  -- Where the server lacks even that we acquired it, everything is as it was before.
  local as_before = (its_token or '') == before and seq == acquired and served ~= server()
  if its_token ~= token and not as_before then return {'fenced', seq} end
  local last, lost = newest(p), {}
  for n, read in ipairs(unpack_value(packed)) do
    local number = math.floor(read[1] / SHARDS)
    if number > last then
      local acts = read[8] ~= '' and unpack_value(read[8]) or {}
      for _, done in ipairs(acts) do
        act(p, read[3], done)
        tell_consent(p, read[2], read[3], done[1], done[2])
      end
      lost[#lost + 1] = {read = read, id = '0-' .. number, place = n}
      last = number
    end
  end
  write(p)
  for _, each in ipairs(lost) do
    local _, at, contact, acted, event, order, hash, acts, said = unpack(each.read)
    keep_entry(p, each.id, at, contact, acted, event, '', string.format('%d', order), hash, acts)
    if hash ~= '' then remember(p, each.place, hash, days, said) end
  end
  serve(p, now, lasts)
  call('HSET', p.key.state, 'owner', owner, 'token', token, 'until', now + lasts)
  return {'ok', seq}
end

-- What stood before a message in its chain had left it when that was claimed: by a report that is
-- not here, or because it might not be sent any more.
local function make_way(p, row, now)
  local chain = chain_of(p, row[CONTACT], row[CHANNEL])
  local stands = chain.front == row[ID]
  for _, id in ipairs(chain[row[LANE]]) do stands = stands or id == row[ID] end
  while stands and chain.front ~= row[ID] do
    local front = row_of(p, chain.front)
    local claimed = value(p, 'sending', front[ID])
    if claimed then
      put(p, 'sending', front[ID], false)
      settled(p, front, 'queued', QUEUED, '', unpack_value(claimed)[2])
      step_forward(p, chain)
    else
      drop(p, front, 'too late', now)
    end
  end
  return stands
end

-- ARGV: clock, token, seq, lease ms, work (see advance), {{id, ms, who carries it} of each claim, ids of
-- errands}
-- Does once more what the step of this seq did, and hands out what it handed out.
-- Answers {ok, seq}, {fenced}, or {behind, seq} where it is another step's turn.
local function redo(keys, args)
  local p, now = partition(keys), clock(args[1])
  local token, seq, lasts = args[2], tonumber(args[3]), args[4]
  local is_ours, committed = lease_of(p, token)
  if not is_ours then return {'fenced'} end
  if committed ~= seq then return {'behind', committed} end
  local settles, turns, errands_done, _, newest_message, given_up = unpack(unpack_value(args[5]))
  local claims, errands = unpack(unpack_value(args[6]))
  settle(p, settles, now)
  commit(p, turns)
  forget_errands(p, errands_done)
  give_up(p, given_up, now)
  for _, claim in ipairs(claims) do
    local row = row_of(p, claim[1])
    if row and make_way(p, row, now) then
      take(p, row, claim[3], attempt_of(token, seq), claim[2])
    end
  end
  hand_out_errands(p, now, errands)
  write(p)
  call(
    'HSET', p.key.state, 'seq', seq + 1, 'until', now + lasts, 'number', newest_message,
    'handed', pack(errands)
  )
  return {'ok', seq + 1}
end

return {resume = resume, redo = redo}
