-- Chains: the order of one contact's messages on one channel.
--
-- As kept, a contact's chains are {channel = {front, lane, reply, bulk}}: the id of the message
-- that is first, which is in the queue or on its way, its lane, and the ids behind it by lane,
-- oldest first. A reply goes before bulk that nobody has claimed; each lane keeps its own order.
-- Where the next waits for the last word on a message, `awaits` is that one's id, and `opens` when it
-- waits no more, ms.
--
-- A message's row, as stores/redis/rows.py packs it too:

local value, pack, unpack_value, put, rank = from(
  'partition', 'value', 'pack', 'unpack_value', 'put', 'rank'
)
local tell_unsent = from('records', 'tell_unsent')
local card_of, change, consent_to, has_left = from(
  'cards', 'card_of', 'change', 'consent_to', 'has_left'
)

local ID, CONTACT, CHANNEL, LANE, DUE, NUMBER, CREATED, TRIES = 1, 2, 3, 4, 5, 6, 7, 8
local NOT_AFTER, PURPOSE, PROGRAMME, PARTS, TEXT = 9, 10, 11, 12, 15
-- and between these the kind and where it goes, behind them its pictures and whose words it is; then the
-- channel that carries it, '' for its own, and whether no other may, for it may have left by that
-- one. One that was tried has two more: when it was claimed last, and why it did not leave.
local BY, STAYS, CLAIMED, CODE = 18, 19, 20, 21

local function row_of(p, id)
  local row = p.rows[id]
  if row == nil then
    local kept = value(p, 'messages', id)
    row = kept and unpack_value(kept)
    p.rows[id] = row
  end
  return row
end

-- The channel that carries it.
local function goes_by(row)
  return row[BY] ~= '' and row[BY] or row[CHANNEL]
end

-- Messages that are done, as `settled` has them: contact, who carried it, status and its rank, the
-- row, why it has this status, when it was claimed last (ms, 0 for never), and the provider's ids.
local DONE = {WHOSE = 1, VIA = 2, STATUS = 3, RANK = 4, ROW = 5, WHY = 6, NAMES = 8}
local CANCELLED = 0 -- the rank of a status (core/events.py)

local function done_of(p, day, id)
  local done = p.done[id]
  if not done then
    done = unpack_value(value(p, day, id))
    p.done[id] = done
  end
  return done
end

-- A message is done: it is remembered, and waits no more.
local function settled(p, row, status, rank_of_status, why, claimed_at, names)
  local id = row[ID]
  local done = {
    row[CONTACT], goes_by(row), status, rank_of_status, row, why, claimed_at, names or {},
  }
  put(p, 'messages', id, false)
  p.rows[id], p.done[id] = false, done
  put(p, 'settled1', id, pack(done))
end

local function place_in_queue(by, lane, due, number, id)
  return string.format('%s %s %015d %012d %s', by, lane, due, number, id)
end

local function place_of(row)
  return place_in_queue(goes_by(row), row[LANE], row[DUE], row[NUMBER], row[ID])
end

local function is_sending(p, id)
  return value(p, 'sending', id) ~= false
end

local function chains_of(p, contact)
  local chains = p.chains[contact]
  if not chains then
    local kept = value(p, 'chains', contact)
    chains = kept and unpack_value(kept) or {}
    p.chains[contact] = chains
  end
  return chains
end

local function chain_of(p, contact, channel)
  local chains = chains_of(p, contact)
  local chain = chains[channel]
  if not chain then
    chain = {reply = {}, bulk = {}}
    chains[channel] = chain
  end
  put(p, 'chains', contact, true) -- packed when it is written
  return chain
end

local function write_chains(p)
  local changed = p.changed.chains
  if not changed then return end
  for contact in pairs(changed) do
    local left = {}
    for channel, chain in pairs(p.chains[contact]) do
      if chain.front or chain.awaits then left[channel] = chain end
    end
    p.chains[contact] = left
    put(p, 'chains', contact, next(left) ~= nil and pack(left))
  end
end

local function set_due(p, row, due)
  row[DUE] = due
  put(p, 'messages', row[ID], pack(row))
end

-- The next of the chain is its front; the one before must have left it.
local function step_forward(p, chain)
  local line = #chain.reply > 0 and chain.reply or chain.bulk
  local id = table.remove(line, 1)
  chain.front, chain.lane = id, nil
  if id then
    local row = row_of(p, id)
    chain.lane = row[LANE]
    if chain.awaits and row[DUE] < chain.opens then set_due(p, row, chain.opens) end
    rank(p, 'queue', place_of(row), 0)
  end
end

-- A message has arrived, or never will: who waited for that may leave. Whether somebody may.
local function last_word(p, now, contact, channel, id)
  local known = chains_of(p, contact)[channel]
  if not known or known.awaits ~= id then return false end
  local chain = chain_of(p, contact, channel)
  local front = chain.front and not is_sending(p, chain.front) and row_of(p, chain.front)
  local waited = front and front[DUE] == chain.opens
  chain.awaits, chain.opens = nil, nil
  if waited then
    rank(p, 'queue', place_of(front), false)
    set_due(p, front, now)
    rank(p, 'queue', place_of(front), 0)
  end
  return waited
end

-- Put a message {id, contact, channel, lane, due, number, row, who carries it} at the end of its
-- chain.
local function enqueue(p, message)
  local id, contact, channel, lane, due, number, row, by = unpack(message)
  local chain = chain_of(p, contact, channel)
  local front = chain.front
  put(p, 'messages', id, row)
  p.rows[id] = nil
  if front and lane == 'reply' and chain.lane == 'bulk' and not is_sending(p, front) then
    rank(p, 'queue', place_of(row_of(p, front)), false)
    table.insert(chain.bulk, 1, front)
    front = nil
  end
  if front then
    table.insert(chain[lane], id)
  else
    chain.front, chain.lane = id, lane
    if chain.awaits and due < chain.opens then
      due = chain.opens
      set_due(p, row_of(p, id), due)
    end
    rank(p, 'queue', place_in_queue(by, lane, due, number, id), 0)
  end
end

-- Take a message out of its chain, wherever it stands.
local function leave_chain(p, row)
  local chain = chain_of(p, row[CONTACT], row[CHANNEL])
  if chain.front == row[ID] then
    rank(p, 'queue', place_of(row), false)
    step_forward(p, chain)
    return
  end
  local line = chain[row[LANE]]
  for place, id in ipairs(line) do
    if id == row[ID] then
      table.remove(line, place)
      return
    end
  end
end

-- One that nobody has claimed will not leave.
local function drop(p, row, why, now)
  leave_chain(p, row)
  settled(p, row, 'cancelled', CANCELLED, why, row[CLAIMED] or 0)
  tell_unsent(p, now, row[CONTACT], row[ID], why, false)
end

-- Drop the contact's timers and its messages that are not claimed, but not the answer to the STOP
-- that is in force.
local function silence(p, contact, at)
  local card = card_of(p, contact)
  if #card.timers > 0 then change(p, contact).timers = {} end
  local everything = has_left(card, '') and consent_to(card, '')

  local function stays(id)
    local row = row_of(p, id)
    return everything and row[PURPOSE] == 'law' and row[CREATED] >= everything[3]
  end

  local function drop(id)
    local row = row_of(p, id)
    rank(p, 'queue', place_of(row), false)
    settled(p, row, 'cancelled', CANCELLED, 'silenced', row[CLAIMED] or 0)
    tell_unsent(p, at, contact, id, 'silenced', false)
  end

  for channel in pairs(chains_of(p, contact)) do
    local chain = chain_of(p, contact, channel)
    local front = chain.front
    local goes = front and not is_sending(p, front) and not stays(front)
    if goes then drop(front) end
    for _, lane in ipairs({'reply', 'bulk'}) do
      local left = {}
      for _, id in ipairs(chain[lane]) do
        if stays(id) then left[#left + 1] = id else drop(id) end
      end
      chain[lane] = left
    end
    if goes then step_forward(p, chain) end
  end
end

return {
  DUE = DUE, NUMBER = NUMBER, CREATED = CREATED, LANE = LANE, CHANNEL = CHANNEL, ID = ID,
  CONTACT = CONTACT, TRIES = TRIES, NOT_AFTER = NOT_AFTER, TEXT = TEXT, PURPOSE = PURPOSE,
  PROGRAMME = PROGRAMME, PARTS = PARTS, BY = BY, STAYS = STAYS, CLAIMED = CLAIMED, CODE = CODE,
  row_of = row_of, goes_by = goes_by, DONE = DONE, CANCELLED = CANCELLED, done_of = done_of,
  settled = settled, place_of = place_of, is_sending = is_sending, chain_of = chain_of,
  write_chains = write_chains, step_forward = step_forward, last_word = last_word,
  enqueue = enqueue, leave_chain = leave_chain, drop = drop, silence = silence,
}
