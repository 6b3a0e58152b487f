-- What became of claims.

local value, pack, unpack_value, fetch, put = from(
  'partition', 'value', 'pack', 'unpack_value', 'fetch', 'put'
)
local tell_unsent, tell_in_doubt, tell_sent = from(
  'records', 'tell_unsent', 'tell_in_doubt', 'tell_sent'
)
local
  DUE, LANE, CHANNEL, ID, CONTACT, TRIES, STAYS, CLAIMED, CODE, row_of, goes_by, DONE, done_of,
  settled, chain_of, step_forward
= from(
  'chains', 'DUE', 'LANE', 'CHANNEL', 'ID', 'CONTACT', 'TRIES', 'STAYS', 'CLAIMED', 'CODE',
  'row_of', 'goes_by', 'DONE', 'done_of', 'settled', 'chain_of', 'step_forward'
)
local name_of, meant, is_news, know_as = from('reports', 'name_of', 'meant', 'is_news', 'know_as')

local QUEUED, FAILED = 1, 3 -- ranks of statuses (core/events.py)

local function settle_one(p, now, row, claimed_at, outcome, code, due, provider_ids, stays, next_after)
  local id, contact, channel = row[ID], row[CONTACT], row[CHANNEL]
  local chain = chain_of(p, contact, channel)
  put(p, 'sending', id, false)
  if outcome == 'again' then
    -- It is the oldest of its lane, and first again unless it is bulk and a reply came.
    row[TRIES], row[DUE], row[CLAIMED], row[CODE] = row[TRIES] + 1, due, claimed_at, code
    row[STAYS] = stays
    put(p, 'messages', id, pack(row))
    table.insert(chain[row[LANE]], 1, id)
    tell_unsent(p, now, contact, id, code, true)
  elseif outcome == 'held' then
    put(p, 'held', id, pack({claimed_at, code}))
    tell_in_doubt(p, now, contact, id, code)
  elseif outcome == 'failed' then
    settled(p, row, 'failed', FAILED, code, claimed_at, provider_ids)
    tell_unsent(p, now, contact, id, code, false)
  else
    settled(p, row, 'queued', QUEUED, code, claimed_at, provider_ids)
    tell_sent(p, now, contact, id, provider_ids)
    if next_after > 0 then chain.awaits, chain.opens = id, next_after end
  end
  step_forward(p, chain)
end

local function learn_names(p, now, id, provider_ids)
  local _, day = meant(p, '', id, '')
  if not day then return end
  local done, changed = done_of(p, day, id), false
  for _, provider_id in ipairs(provider_ids) do
    changed = is_news(done, provider_id) or changed
  end
  if changed then put(p, day, id, pack(done)) end
  for _, provider_id in ipairs(provider_ids) do
    know_as(p, day, done[DONE.VIA], provider_id, id, now)
  end
end

-- Learn at once what settling these will ask for.
local function prepare_settles(p, settles)
  local ids, contacts, names = {}, {}, {}
  for n, each in ipairs(settles) do ids[n] = each[1] end
  fetch(p, 'sending', ids)
  fetch(p, 'messages', ids)
  for _, each in ipairs(settles) do
    local row = row_of(p, each[1])
    if row then
      contacts[#contacts + 1] = row[CONTACT]
      for _, provider_id in ipairs(each[6]) do
        names[#names + 1] = name_of(goes_by(row), provider_id)
      end
    end
  end
  fetch(p, 'chains', contacts)
  fetch(p, 'settled1', names)
end

-- Settles are {id, attempt, outcome, code, due, provider's ids, whether it stays with its channel,
-- until when the next waits for the last word on it, or 0}. One that is settled already, by a report or
-- before, or that is claimed anew, is left alone; what the provider calls it is learnt.
local function settle(p, settles, now)
  prepare_settles(p, settles)
  for _, each in ipairs(settles) do
    local id, attempt, outcome, code, due, provider_ids, stays, next_after = unpack(each)
    local row, claimed = row_of(p, id), value(p, 'sending', id)
    if row and claimed then
      local its_attempt, claimed_at = unpack(unpack_value(claimed))
      if its_attempt == attempt then
        settle_one(p, now, row, claimed_at, outcome, code, due, provider_ids, stays, next_after)
      end
    end
    if #provider_ids > 0 then learn_names(p, now, id, provider_ids) end
  end
end

return {QUEUED = QUEUED, settle = settle}
