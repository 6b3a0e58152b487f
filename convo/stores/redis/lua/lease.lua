-- Leases: who owns a partition, until when, and what the last owner left behind.

local call, value, pack, unpack_value, partition, clock, add, fetch, put, rank = from(
  'partition', 'call', 'value', 'pack', 'unpack_value', 'partition', 'clock', 'add', 'fetch', 'put',
  'rank'
)
local CONTACT, TEXT, row_of, goes_by = from('chains', 'CONTACT', 'TEXT', 'row_of', 'goes_by')
local meant = from('reports', 'meant')
local write = from('write', 'write')
local awaits_owner, serve = from('takeover', 'awaits_owner', 'serve')
local lease_of, is_new_here = from('advance', 'lease_of', 'is_new_here')

-- ARGV: clock, owner, token, lease ms
-- Answers {held}, or {ok, seq, number of the newest message, rows and claim times and attempts of
-- what is in doubt, the time, the token before, whether a server took over and
-- the owner did not come back to it, events and other things that may have ended an owner}.
local function acquire(keys, args)
  local p = partition(keys)
  local now, owner, token = clock(args[1]), args[2], args[3]
  local lease = call('HMGET', p.key.state, 'token', 'until', 'seq', 'number', 'since',
    'in_hand')
  local owned = lease[1] and lease[1] ~= ''
  local is_held = owned and (tonumber(lease[2]) > now or awaits_owner(p.key.state, now))
  -- Asked again by the same, whom the answer did not reach.
  if is_held and lease[1] ~= token then return {'held'} end
  local deserted = owned and lease[1] ~= token and is_new_here(p)
  -- Nobody runs the last owner's errands any more.
  local errands = call('ZRANGE', p.key.claimable, 0, -1, 'WITHSCORES')
  for n = 1, #errands, 2 do
    local id = errands[n]
    local _, asked = unpack(unpack_value(value(p, 'errands', id)))
    local was_in_hand = tonumber(errands[n + 1]) > asked
    if was_in_hand and not value(p, 'begun', id) then put(p, 'begun', id, 0) end
    rank(p, 'claimable', id, asked)
  end
  write(p)
  serve(p, now, args[4])
  local since = lease[1] == token and lease[5] or now
  call('HSET', p.key.state, 'owner', owner, 'token', token, 'since', since, 'until', now + args[4],
    'handed', pack({}))
  local doubts, sending = {}, call('HGETALL', p.key.sending)
  for n = 1, #sending, 2 do
    local attempt, at = unpack(unpack_value(sending[n + 1]))
    add(doubts, call('HGET', p.key.messages, sending[n]), at, attempt)
  end
  return {
    'ok', tonumber(lease[3]) or 0, tonumber(lease[4]) or 0, doubts,
    now, lease[1] or '', deserted and 1 or 0,
    tonumber(lease[6]) or 0, call('HGETALL', p.key.begun),
  }
end

-- ARGV: clock, token, whether the owner ends in order (1): nothing that it had is suspected then.
-- Answers ok, fenced, or new as advance does.
local function release(keys, args)
  local p = partition(keys)
  if is_new_here(p) then return 'new' end
  if not lease_of(p, args[2]) then return 'fenced' end
  call('HSET', p.key.state, 'token', '', 'until', 0)
  if args[3] == '1' then
    call('HDEL', p.key.state, 'in_hand')
    call('DEL', p.key.begun)
  end
  return 'ok'
end

-- Whether a held message of these words, which nobody knows an id of, was claimed since.
local function is_one_nameless(p, id, channel, contact, text, since)
  local held, lately = call('HGETALL', p.key.held), {}
  for n = 1, #held, 2 do
    if held[n] ~= id and unpack_value(held[n + 1])[1] >= since then lately[#lately + 1] = held[n] end
  end
  fetch(p, 'messages', lately)
  for _, other in ipairs(lately) do
    local row = row_of(p, other)
    if row[CONTACT] == contact and goes_by(row) == channel and row[TEXT] == text then return true end
  end
  return false
end

-- ARGV: clock, token, seq, id of a message in doubt, who carries it, contact, text, since when one of
-- the same words may have left beside it, ids of the provider's...
-- Answers {ok, those of the ids that are other messages', whether a held one may bear one of the
-- rest (1)}, {fenced}, or {behind} where this server lacks what the owner has told another.
local function others(keys, args)
  local p, known = partition(keys), {}
  local _, token, seq, id, channel, contact, text, since = unpack(args, 1, 8)
  local is_ours, committed = lease_of(p, token)
  if is_new_here(p) or is_ours and committed < tonumber(seq) then return {'behind'} end
  if not is_ours then return {'fenced'} end
  for n = 9, #args do
    local whose = meant(p, channel, '', args[n])
    if whose and whose ~= id then known[#known + 1] = args[n] end
  end
  local nameless = is_one_nameless(p, id, channel, contact, text, tonumber(since))
  return {'ok', known, nameless and 1 or 0}
end

-- KEYS: workers (zset: names by when they were last heard of)
-- ARGV: clock, worker, ms after which one is forgotten. Answers the time and the workers.
local function attend(keys, args)
  local now = clock(args[1])
  call('ZADD', keys[1], now, args[2])
  call('ZREMRANGEBYSCORE', keys[1], '-inf', '(' .. now - args[3])
  return {now, call('ZRANGE', keys[1], 0, -1)}
end

return {acquire = acquire, release = release, others = others, attend = attend}
