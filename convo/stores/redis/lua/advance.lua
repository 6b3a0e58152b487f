-- The owner's step: commit what is done, claim and read what is wanted, all at once.

local call, value, pack, unpack_value, partition, clock, add = from(
  'partition', 'call', 'value', 'pack', 'unpack_value', 'partition', 'clock', 'add'
)
local CHANNEL, row_of, goes_by = from('chains', 'CHANNEL', 'row_of', 'goes_by')
local settle = from('settle', 'settle')
local commit, give_up = from('commit', 'commit', 'give_up')
local write = from('write', 'write')
local newest, order_of = from('accept', 'newest', 'order_of')
local server = from('takeover', 'server')
local claim, next_head = from('claim', 'claim', 'next_head')
local read_inbox, read_timers, claim_errands, forget_errands, next_errand, kept = from(
  'read', 'read_inbox', 'read_timers', 'claim_errands', 'forget_errands', 'next_errand', 'kept'
)

-- Whether the lease is this one's; its commits so far, and what the last of them handed out.
local function lease_of(p, token)
  local lease = call('HMGET', p.key.state, 'token', 'seq', 'handed')
  return lease[1] == token, tonumber(lease[2]) or 0, lease[3]
end

-- Whether this server has taken the partition over and has not heard of its owner yet.
local function is_new_here(p)
  local served = call('HGET', p.key.state, 'served')
  return served and served ~= server()
end

-- What the step of this seq calls its claims.
local function attempt_of(token, seq)
  return string.format('%s.%x', string.sub(token, 1, 8), seq + 1)
end

-- What was handed out by a commit whose answer was lost, as far as nothing else has come of it.
local function handed_again(p, handed, attempt)
  local claimed, errands = {}, {}
  local sending = call('HGETALL', p.key.sending)
  for n = 1, #sending, 2 do
    local id = sending[n]
    if unpack_value(sending[n + 1])[1] == attempt then
      claimed[#claimed + 1] = id
      local row = row_of(p, id)
      p.moved[id] = goes_by(row) ~= row[CHANNEL] -- perhaps not now: telling it twice does no harm
    end
  end
  for _, id in ipairs(unpack_value(handed)) do
    if value(p, 'errands', id) then errands[#errands + 1] = id end
  end
  return claimed, errands
end

local function claims_told(p, ids)
  local claims = {}
  for _, id in ipairs(ids) do
    local moved = p.moved[id] and 1 or 0
    add(claims, value(p, 'messages', id), unpack_value(value(p, 'sending', id))[2], moved)
  end
  return claims
end

local function errands_told(p, ids)
  local told, contacts = {}, {}
  for _, id in ipairs(ids) do
    local contact, asked, _, body = unpack(unpack_value(value(p, 'errands', id)))
    add(told, contact, asked, body)
    contacts[#contacts + 1] = contact
  end
  return told, contacts
end

-- ARGV: clock, partition's number, token, seq, lease ms, work
-- The work is {settles, turns, ids of errands that are done, {events, errands, {channel, messages,
-- {limit...}, {whose, of which channel}..., how many of them may be bulk}..., {limit = parts...}},
-- number of the newest message, errands given up}. The same work with the same seq again is not done
-- again: what it came to is told again.
-- Answers {ok, now, newest entry, attempt, entries, timers, next timer, claims, next message,
-- errands, next errand, contacts}, {fenced}, {new} where this server has taken over since, or
-- {behind, seq} where it lacks what we have committed: see redo.lua.
local function advance(keys, args)
  local p = partition(keys)
  local now, number, token, seq = clock(args[1]), tonumber(args[2]), args[3], tonumber(args[4])
  local is_ours, committed, handed = lease_of(p, token)
  if is_new_here(p) then return {'new'} end
  if not is_ours then return {'fenced'} end
  local work = unpack_value(args[6])
  local settles, turns, errands_done, wants, newest_message, given_up = unpack(work)
  local attempt = attempt_of(token, seq)
  local claimed, errands
  if committed == seq + 1 then
    claimed, errands = handed_again(p, handed, attempt)
    call('HSET', p.key.state, 'until', now + args[5])
  elseif committed == seq then
    settle(p, settles, now)
    commit(p, turns)
    forget_errands(p, errands_done)
    give_up(p, given_up, now)
    write(p)
    claimed = claim(p, wants[3], wants[4], attempt, now)
    errands = claim_errands(p, now, wants[2])
    write(p)
    call(
      'HSET', p.key.state, 'seq', seq + 1, 'until', now + args[5], 'number', newest_message,
      'handed', pack(errands)
    )
  else
    return {'behind', committed}
  end
  local entries = read_inbox(p, number, wants[1])
  local timers, next_timer = read_timers(p, now, wants[1])
  call('HSET', p.key.state, 'in_hand', math.min(#entries + #timers, wants[1]))
  local claims = claims_told(p, claimed)
  local errands_handed, contacts = errands_told(p, errands)
  for _, entry in ipairs(entries) do contacts[#contacts + 1] = entry[3] end
  for _, timer in ipairs(timers) do contacts[#contacts + 1] = timer[2] end
  return {
    'ok', now, #timers > 0 and order_of(newest(p), number) or 0, attempt, entries, timers,
    next_timer or '', claims, next_head(p) or '', errands_handed, next_errand(p) or '',
    kept(p, contacts),
  }
end

return {lease_of = lease_of, is_new_here = is_new_here, attempt_of = attempt_of, advance = advance}
