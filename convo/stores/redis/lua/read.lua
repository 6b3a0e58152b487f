-- Handing out events whose turn has come, and errands.

local call, value, pack, unpack_value, partition, add, fetch, put, rank = from(
  'partition', 'call', 'value', 'pack', 'unpack_value', 'partition', 'add', 'fetch', 'put', 'rank'
)
local card_of = from('cards', 'card_of')
local ACTS, EVENT, ORDER, HASH, ACTED = from('commit', 'ACTS', 'EVENT', 'ORDER', 'HASH', 'ACTED')
local order_of = from('accept', 'order_of')

-- Up to `most` entries of the inbox: {entry, at, contact, acted, event, order, hash, acts} each.
local function read_inbox(p, number, most)
  local entries = {}
  if most > 0 then
    for n, each in ipairs(call('XRANGE', p.key.inbox, '-', '+', 'COUNT', most)) do
      local id, fields = each[1], each[2]
      local entry = order_of(tonumber(string.sub(id, 3)), number)
      local order = tonumber(fields[ORDER] or '') or entry
      entries[n] = {
        entry, fields[2], fields[4], fields[ACTED], fields[EVENT], order, fields[HASH] or '',
        fields[ACTS] or '',
      }
    end
  end
  return entries
end

-- Up to `most` due timers, {due, contact, name, generation} each; when the next one is due of those
-- that are not handed out.
local function read_timers(p, now, most)
  local contacts = call('ZRANGEBYSCORE', p.key.due, '-inf', now, 'LIMIT', 0, most)
  local timers, next_due = {}, nil
  fetch(p, 'contacts', contacts)
  for _, contact in ipairs(contacts) do
    for _, timer in ipairs(card_of(p, contact).timers) do
      local name, generation, due = unpack(timer)
      if due <= now then
        timers[#timers + 1] = {due, contact, name, generation}
      elseif not next_due or due < next_due then
        next_due = due
      end
    end
  end
  table.sort(timers, function(one, other)
    if one[1] ~= other[1] then return one[1] < other[1] end
    return one[2] .. ' ' .. one[3] < other[2] .. ' ' .. other[3]
  end)
  if most == 0 or #contacts == most or #timers > most then
    local first = call('ZRANGE', p.key.due, 0, 0, 'WITHSCORES')
    next_due = first[2]
    for n = #timers, most + 1, -1 do timers[n] = nil end
  else
    local later = call(
      'ZRANGEBYSCORE', p.key.due, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1
    )[2]
    if later and (not next_due or tonumber(later) < next_due) then next_due = later end
  end
  return timers, next_due
end

local ERRAND_GRACE = 30000 -- ms behind its own limit after which an errand is tried anew

-- Each may be handed out again when its time is over.
local function hand_out_errands(p, now, ids)
  fetch(p, 'errands', ids)
  for _, id in ipairs(ids) do
    local errand = value(p, 'errands', id)
    if errand then
      local _, _, within = unpack(unpack_value(errand))
      rank(p, 'claimable', id, now + within + ERRAND_GRACE)
    end
  end
end

-- Up to `most` errands that may be handed out.
local function claim_errands(p, now, most)
  if most == 0 then return {} end
  local ids = call('ZRANGEBYSCORE', p.key.claimable, '-inf', now, 'LIMIT', 0, most)
  hand_out_errands(p, now, ids)
  return ids
end

local function forget_errands(p, ids)
  for _, id in ipairs(ids) do
    put(p, 'errands', id, false)
    rank(p, 'claimable', id, false)
  end
end

local function next_errand(p)
  return call('ZRANGE', p.key.claimable, 0, 0, 'WITHSCORES')[2]
end

-- What is kept of these contacts, three values each: the number, the consents, the record.
local function kept(p, contacts)
  local cards, told = {}, {}
  fetch(p, 'contacts', contacts)
  for _, contact in ipairs(contacts) do
    if not told[contact] then
      told[contact] = true
      local card = card_of(p, contact)
      add(cards, contact, pack(card.consents), card.record)
    end
  end
  return cards
end

-- ARGV: clock, contact. Answers every act of the contact's consent, oldest first.
local function every_act(keys, args)
  local p = partition(keys)
  local kept, acts, offset = value(p, 'acts', args[2]) or '', {}, 0
  while offset >= 0 and offset < #kept do
    offset, acts[#acts + 1] = cmsgpack.unpack_one(kept, offset)
  end
  return pack(acts)
end

-- ARGV: clock, number, most commits. Answers the records behind that number, by commits.
local function records_behind(keys, args)
  local p = partition(keys)
  return call('XRANGE', p.key.records, args[2] + 1 .. '-0', '+', 'COUNT', args[3])
end

return {
  read_inbox = read_inbox, read_timers = read_timers, hand_out_errands = hand_out_errands,
  claim_errands = claim_errands, forget_errands = forget_errands, next_errand = next_errand,
  kept = kept, every_act = every_act, records_behind = records_behind,
}
