-- What the owner has committed, told again to a server that lacks it.

local SHARDS, call, value, pack, unpack_value, quoted, partition, clock, many, put = from(
  'partition', 'SHARDS', 'call', 'value', 'pack', 'unpack_value', 'quoted', 'partition', 'clock',
  'many', 'put'
)
local tell_consent = from('records', 'tell_consent')
local act = from('cards', 'act')
local LANE, CHANNEL, ID, CONTACT, row_of, settled, chain_of, step_forward, drop = from(
  'chains', 'LANE', 'CHANNEL', 'ID', 'CONTACT', 'row_of', 'settled', 'chain_of', 'step_forward',
  'drop'
)
local QUEUED, settle = from('settle', 'QUEUED', 'settle')
local commit, give_up, id_in_stream = from('commit', 'commit', 'give_up', 'id_in_stream')
local write = from('write', 'write')
local remember, newest, order_of, keep_entry = from(
  'accept', 'remember', 'newest', 'order_of', 'keep_entry'
)
local
  PARKED_CONTACT, PARKED_ID, PARKED_EVENT, PARKED_ORDER, PARKED_ERRAND, tell_decided, tell_parked,
  send_again, run_again
= from(
  'decisions', 'PARKED_CONTACT', 'PARKED_ID', 'PARKED_EVENT', 'PARKED_ORDER', 'PARKED_ERRAND',
  'tell_decided', 'tell_parked', 'send_again', 'run_again'
)
local server, serve = from('takeover', 'server', 'serve')
local take = from('claim', 'take')
local hand_out_errands, forget_errands = from('read', 'hand_out_errands', 'forget_errands')
local lease_of, attempt_of = from('advance', 'lease_of', 'attempt_of')

-- Who decided what the server that is lost has taken along.
local SOMEBODY = 'somebody'

-- What is parked here was let go again by a person. `parked` is its entry, and `number` the
-- partition's.
local function tell_again(p, now, number, parked)
  local called = order_of(tonumber(string.sub(parked[1], 3)), number)
  tell_parked(p, now, parked[2], string.format('%d', called), 'again', SOMEBODY)
end

-- A parked event that a person let go again waits in the inbox, for its owner has read it there: so
-- it is parked no more. Of {entry, contact, event, order} each. Writes.
local function unpark(p, now, number, again)
  local waits = {}
  for _, each in ipairs(again) do
    local id = id_in_stream(each[1])
    if call('XRANGE', p.key.inbox, id, id)[1] then waits[each[2] .. ' ' .. each[3]] = each[4] end
  end
  if not next(waits) then return end
  local found = {}
  for _, parked in ipairs(call('XRANGE', p.key.parked, '-', '+')) do
    local fields = parked[2]
    local waiting = waits[fields[PARKED_CONTACT] .. ' ' .. fields[PARKED_EVENT]]
    local order = fields[PARKED_ORDER]
    if waiting and (order == '' or tonumber(order) == waiting) then
      tell_again(p, now, number, parked)
      found[#found + 1] = parked[1]
    end
  end
  write(p)
  many('XDEL', p.key.parked, found)
end

-- An errand that was handed out, and is parked here, was let go again by a person as well.
local function unpark_errands(p, now, number, ids)
  local wanted, found = {}, {}
  for _, id in ipairs(ids) do
    if not value(p, 'errands', id) then wanted[id] = true end
  end
  if not next(wanted) then return found end
  for _, parked in ipairs(call('XRANGE', p.key.parked, '-', '+')) do
    local fields = parked[2]
    if fields[PARKED_ERRAND] and wanted[fields[PARKED_ID]] then
      run_again(p, fields, now)
      tell_again(p, now, number, parked)
      found[#found + 1] = parked[1]
    end
  end
  return found
end

-- ARGV: clock, partition's number, owner, token, the token before ours, seq when we acquired, lease
-- ms, days of dedupe, what was read, what of it was read again (see unpark)
-- KEYS behind the partition's: today's seen for each that was read, then today's said for each
-- What was read is {entry, at, contact, acted, event, order, hash, acts of consent, what it says or
-- ''} each, oldest first: those behind the newest that is here are put back.
-- Answers {ok, seq}, or {fenced, seq} where another owner has the partition.
local function resume(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, its_number, owner, token, before, acquired, lasts, days, packed, again = unpack(args)
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
  unpark(p, now, its_number, unpack_value(again))
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

-- ARGV: clock, partition's number, token, seq, lease ms, work (see advance), {{id, ms, who carries
-- it} of each claim, ids of errands, what was read again (see unpark)}
-- Does once more what the step of this seq did, and hands out what it handed out.
-- Answers {ok, seq}, {fenced}, or {behind, seq} where it is another step's turn.
local function redo(keys, args)
  local p, now = partition(keys), clock(args[1])
  local number, token, seq, lasts = args[2], args[3], tonumber(args[4]), args[5]
  local is_ours, committed = lease_of(p, token)
  if not is_ours then return {'fenced'} end
  if committed ~= seq then return {'behind', committed} end
  local settles, turns, errands_done, _, newest_message, given_up = unpack(unpack_value(args[6]))
  local claims, errands, again = unpack(unpack_value(args[7]))
  settle(p, settles, now)
  commit(p, turns)
  forget_errands(p, errands_done)
  give_up(p, given_up, now)
  for _, claim in ipairs(claims) do
    local row = row_of(p, claim[1])
    local held = row and value(p, 'held', claim[1])
    if held then -- it left once more, so a person said so
      send_again(p, row, held, now)
      tell_decided(p, now, row[CONTACT], 'send', SOMEBODY, '"message":' .. quoted(claim[1]))
    end
    if row and make_way(p, row, now) then
      take(p, row, claim[3], attempt_of(token, seq), claim[2])
    end
  end
  local unparked = unpark_errands(p, now, number, errands)
  hand_out_errands(p, now, errands)
  write(p)
  many('XDEL', p.key.parked, unparked)
  unpark(p, now, number, again)
  call(
    'HSET', p.key.state, 'seq', seq + 1, 'until', now + lasts, 'number', newest_message,
    'handed', pack(errands)
  )
  return {'ok', seq + 1}
end

return {resume = resume, redo = redo}
