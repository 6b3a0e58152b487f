-- Delivery reports: how far a message got, and what became of one in doubt; whose an id is.

local SETTLED, call, value, pack, unpack_value, add, put = from(
  'partition', 'SETTLED', 'call', 'value', 'pack', 'unpack_value', 'add', 'put'
)
local tell_status = from('records', 'tell_status')
local
  CHANNEL, ID, CONTACT, TRIES, CLAIMED, row_of, DONE, done_of, settled, last_word, leave_chain
= from(
  'chains', 'CHANNEL', 'ID', 'CONTACT', 'TRIES', 'CLAIMED', 'row_of', 'DONE', 'done_of', 'settled',
  'last_word', 'leave_chain'
)

-- What a message is called where its provider's id is all that is told.
local function name_of(channel, provider_id)
  return channel .. ' ' .. provider_id
end

-- The id of the message that is meant, and the day's hash that has it when it is settled.
local function meant(p, channel, outbound, provider_id)
  if outbound ~= '' then
    if value(p, 'messages', outbound) then return outbound end
    for _, day in ipairs(SETTLED) do
      if value(p, day, outbound) then return outbound, day end
    end
  end
  if provider_id ~= '' then
    local name = name_of(channel, provider_id)
    for _, day in ipairs(SETTLED) do
      local id = value(p, day, name)
      if id then return id, day end
    end
  end
end

-- When it was claimed last, where it may have left: claimed once at least, and not settled.
local function may_have_left(p, row)
  local sending, held = value(p, 'sending', row[ID]), value(p, 'held', row[ID])
  if sending then return unpack_value(sending)[2] end
  if held then return unpack_value(held)[1] end
  return row[TRIES] > 0 and (row[CLAIMED] or 0)
end

-- Note what the provider calls a message; whether that is new.
local function is_news(done, provider_id)
  if provider_id == '' or not done[DONE.NAMES] then return false end
  for _, name in ipairs(done[DONE.NAMES]) do
    if name == provider_id then return false end
  end
  add(done[DONE.NAMES], provider_id)
  return true
end

local apply_report

-- Learn what the provider calls a message, and apply the reports that came too early.
local function know_as(p, day, channel, provider_id, id, now)
  local name = name_of(channel, provider_id)
  if provider_id == '' or value(p, day, name) == id then return end
  put(p, day, name, id)
  if call('HLEN', p.key.orphans) == 0 then return end
  local early = value(p, 'orphans', name)
  if early then
    put(p, 'orphans', name, false)
    for _, report in ipairs(unpack_value(early)) do
      apply_report(p, now, channel, id, provider_id, unpack(report, 2))
    end
  end
end

local function set_aside(p, now, channel, provider_id, ...)
  local name = name_of(channel, provider_id)
  local early = value(p, 'orphans', name)
  early = early and unpack_value(early) or {}
  early[#early + 1] = {now, ...}
  put(p, 'orphans', name, pack(early))
end

local LAST_WORD = 3 -- the rank from which a provider says nothing more (core/events.py)

-- Note how far a message got; true when somebody may leave now who could not before.
function apply_report(p, now, channel, outbound, provider_id, status, rank_of_status, code, raw)
  local id, day = meant(p, channel, outbound, provider_id)
  if not id then
    if provider_id == '' then
      tell_status(p, now, '', outbound, status, code, raw)
    else
      set_aside(p, now, channel, provider_id, status, rank_of_status, code, raw)
    end
    return false
  end
  if day then
    local done = done_of(p, day, id)
    local changed = is_news(done, provider_id)
    if rank_of_status > done[DONE.RANK] then
      done[DONE.STATUS], done[DONE.RANK], done[DONE.WHY] = status, rank_of_status, code
      changed = true
    end
    if changed then put(p, day, id, pack(done)) end
    know_as(p, day, channel, provider_id, id, now)
    tell_status(p, now, done[DONE.WHOSE], id, status, code, raw)
    return rank_of_status >= LAST_WORD and done[DONE.ROW]
      and last_word(p, now, done[DONE.WHOSE], done[DONE.ROW][CHANNEL], id)
  end
  local row = row_of(p, id)
  local claimed_at = may_have_left(p, row)
  if claimed_at then
    local is_held = value(p, 'held', id)
    put(p, 'held', id, false)
    put(p, 'sending', id, false)
    if not is_held then leave_chain(p, row) end
    local names = provider_id ~= '' and {provider_id}
    settled(p, row, status, rank_of_status, code, claimed_at, names)
    know_as(p, 'settled1', channel, provider_id, id, now)
  end
  tell_status(p, now, row[CONTACT], id, status, code, raw)
  return claimed_at ~= false
end

return {
  name_of = name_of, meant = meant, is_news = is_news, apply_report = apply_report,
  know_as = know_as,
}
