-- Keeping what arrives: dedupe, consent, inbox and delivery reports, each arrival in one step.

local SHARDS, call, value, pack, unpack_value, quoted, partition, clock, put = from(
  'partition', 'SHARDS', 'call', 'value', 'pack', 'unpack_value', 'quoted', 'partition', 'clock',
  'put'
)
local tell, tell_consent = from('records', 'tell', 'tell_consent')
local card_of, has_left, act = from('cards', 'card_of', 'has_left', 'act')
local apply_report = from('reports', 'apply_report')
local write = from('write', 'write')

local function has_seen(p, hash)
  for _, day in ipairs(p.seen) do
    if call('SISMEMBER', day, hash) == 1 then return true end
  end
  return false
end

-- What is known already must be on the disk, and on a replica, before we say so: a write makes the
-- server see to it.
local function known_already(p)
  call('HINCRBY', p.key.state, 'duplicates', 1)
  return 'duplicate'
end

-- What came again: a duplicate, or, where it says something else than the first, `altered`. That
-- is told by a call of its own (set_arrival_aside), so nothing is written here. What an older Convo
-- has kept is not in `said`.
local function again(p, hash, said)
  if said ~= '' then
    for _, day in ipairs(p.said) do
      local first = call('HGET', day, hash)
      if first and first ~= said then return 'altered' end
    end
  end
  return known_already(p)
end

-- Today's place among the days: tomorrow's is first, for clocks differ.
local TODAY = 2

-- Remember an arrival among those of a day, by its place; and what it says, where it is a text.
local function remember(p, day, hash, days, said)
  call('SADD', p.seen[day], hash)
  call('PEXPIRE', p.seen[day], (days + 2) * DAY, 'NX')
  if said and said ~= '' then
    call('HSET', p.said[day], hash, said)
    call('PEXPIRE', p.said[day], (days + 2) * DAY, 'NX')
  end
end

-- The N of the newest entry that there ever was.
local function newest(p)
  if call('EXISTS', p.key.inbox) == 0 then return 0 end
  local info = call('XINFO', 'STREAM', p.key.inbox)
  for n = 1, #info, 2 do
    if info[n] == 'last-generated-id' then return tonumber(string.sub(info[n + 1], 3)) end
  end
end

local function order_of(n, number)
  return n * SHARDS + number
end

-- What a STOP withdraws: nothing that is withdrawn already. `narrow`, that is the programme of
-- what they were sent last.
local function stopped_by(card, narrow, programme)
  if has_left(card, '') then return {} end
  if programme ~= '' then return has_left(card, programme) and {} or {programme} end
  if not narrow then return {''} end
  return has_left(card, card.last) and {''} or {card.last}
end

-- What a START gives back: everything, or else, `narrow`, programmes that a STOP took.
local function started_by(card, narrow)
  if has_left(card, '') then return {''} end
  local taken = {}
  if narrow then
    for _, consent in ipairs(card.consents) do
      if consent[1] ~= '' and consent[2] == 'withdrawn' and consent[7] == 1 then
        taken[#taken + 1] = consent[1]
      end
    end
    table.sort(taken)
  end
  return taken
end

-- An entry of the inbox.
local function keep_entry(p, id, at, contact, acted, event, raw, order, hash, acts)
  call('XADD', p.key.inbox, id, 'at', at, 'contact', contact, 'acted', acted, 'event', event,
    'raw', raw, 'order', order, 'hash', hash, 'acts', acts)
end

-- Carry an act out, {act, proof, narrow, programme, origin, by law}. Answers what it came to, which
-- may be nothing.
local function carry_out(p, now, contact, asked, order)
  local word, proof, narrow, programme, origin, by_law = unpack(asked)
  local card, state, programmes = card_of(p, contact), 'given', nil
  if word == 'stop' then
    state, programmes = 'withdrawn', stopped_by(card, narrow, programme)
  else
    programmes = started_by(card, narrow)
  end
  local event, acts = string.format('%x-%x', now, order), {}
  for n, each in ipairs(programmes) do
    acts[n] = {each, state, now, event, order, proof, origin, by_law}
    act(p, contact, acts[n])
    tell_consent(p, now, contact, each, state)
  end
  return acts
end

-- The same for an arrival that may have come before, when the full inbox kept its act alone.
local function carry_out_once(p, now, contact, asked, order, hash)
  local before = value(p, 'acted', hash)
  if not before then
    local acts = carry_out(p, now, contact, asked, order)
    return #acts > 0, acts
  end
  put(p, 'acted', hash, false)
  local acted, its_order = unpack(unpack_value(before))
  -- Another act that came since has the last word, and this one needs no answer.
  if acted then
    for _, consent in ipairs(card_of(p, contact).consents) do
      if consent[5] == its_order then return true end
    end
  end
  return false
end

-- Keep the act of an arrival that is refused; when it comes again, it acts no second time.
local function act_alone(p, now, contact, asked, number, hash)
  if value(p, 'acted', hash) then return end
  local n = newest(p) + 1
  local order = order_of(n, number)
  local acts = carry_out(p, now, contact, asked, order)
  put(p, 'acted', hash, pack({#acts > 0, order, now}))
  write(p)
  -- It takes an entry's number all the same, to stand in order with those that are kept.
  call('XADD', p.key.inbox, '0-' .. n, 'at', now)
  call('XDEL', p.key.inbox, '0-' .. n)
end

-- All of these begin with ARGV: clock, days of dedupe, hash; and answer accepted, duplicate,
-- altered or busy.
-- They are called at the door (takeover.lua).

-- ARGV: ..., partition's number, bell, contact, event, raw, act or '', most entries, what it says
-- or ''
local function accept(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, days, hash, number, bell, contact, event, raw, asked, most, said = unpack(args)
  asked = asked ~= '' and unpack_value(asked)
  local length = call('XLEN', p.key.inbox)
  if length >= tonumber(most) then
    if has_seen(p, hash) then return again(p, hash, said) end
    if asked then act_alone(p, now, contact, asked, number, hash) end
    return 'busy'
  end
  if has_seen(p, hash) then return again(p, hash, said) end
  local id, acted, acts = '0-*', false, nil
  if asked then
    local n = newest(p) + 1
    id = '0-' .. n
    acted, acts = carry_out_once(p, now, contact, asked, order_of(n, number), hash)
  end
  remember(p, TODAY, hash, days, said)
  write(p)
  keep_entry(
    p, id, now, contact, acted and 1 or 0, event, raw, '', hash, acts and pack(acts) or ''
  )
  -- Where something waited already, its owner is awake.
  if length == 0 then call('PUBLISH', bell, number) end
  return 'accepted'
end

-- Where there is no memory left for an arrival, its act alone is kept.
-- ARGV: ..., partition's number, contact, act
local function accept_act(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, _, hash, number, contact, asked = unpack(args)
  if not has_seen(p, hash) then act_alone(p, now, contact, unpack_value(asked), number, hash) end
  return 'busy'
end

-- An arrival that takes no turn is kept among the records.
-- ARGV: ..., contact, what the account tells, what it says or ''
local function set_arrival_aside(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, days, hash, contact, told, said = unpack(args)
  if has_seen(p, hash) then return again(p, hash, said) end
  tell(p, '', string.format('[%d,%d,%s,"",%s]', RECORD_SCHEMA, now, quoted(contact), told))
  remember(p, TODAY, hash, days, said)
  write(p)
  return 'accepted'
end

-- ARGV: ..., partition's number, bell, channel, message's id, provider's id, status, its rank,
--       code, raw
local function accept_report(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, days, hash, number, bell, channel, id, provider_id, status = unpack(args)
  if has_seen(p, hash) then return known_already(p) end
  local settles = apply_report(
    p, now, channel, id, provider_id, status, tonumber(args[10]), args[11], args[12]
  )
  remember(p, TODAY, hash, days)
  write(p)
  if settles then call('PUBLISH', bell, number) end
  return 'accepted'
end

return {
  TODAY = TODAY, has_seen = has_seen, known_already = known_already, remember = remember,
  newest = newest, order_of = order_of, keep_entry = keep_entry, accept = accept,
  accept_act = accept_act, set_arrival_aside = set_arrival_aside, accept_report = accept_report,
}
