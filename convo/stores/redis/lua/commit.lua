-- Committing turns: each whole, once, and in their order.
--
-- A turn is {entry or 0, name, generation, contact, at, record or nil, timers, cleared, messages,
-- errands, consents, silence, account, keeps raw, error, event id, event}: read from the inbox, or
-- from the timer of that name; the last three where it failed and is parked.

local SHARDS, call, value, pack, unpack_value, many, fetch, put, rank = from(
  'partition', 'SHARDS', 'call', 'value', 'pack', 'unpack_value', 'many', 'fetch', 'put', 'rank'
)
local tell = from('records', 'tell')
local card_of, change, timer_of, clear_timer, set_timer, act = from(
  'cards', 'card_of', 'change', 'timer_of', 'clear_timer', 'set_timer', 'act'
)
local enqueue, silence = from('chains', 'enqueue', 'silence')

local function unpacked_turn(turn)
  return {
    entry = turn[1], name = turn[2], generation = turn[3], contact = turn[4], at = turn[5],
    record = turn[6], timers = turn[7], cleared = turn[8], messages = turn[9], errands = turn[10],
    consents = turn[11], silence = turn[12], account = turn[13], keeps_raw = turn[14],
    error = turn[15], event_id = turn[16], event = turn[17],
  }
end

local function id_in_stream(entry)
  return '0-' .. math.floor(entry / SHARDS)
end

local function key_of(turn)
  return turn.entry > 0 and turn.entry or turn.contact .. ' ' .. turn.generation .. ' ' .. turn.name
end

-- The sources of these turns that are still there. Judged by what was there before this commit: a
-- turn may clear the timer of the next.
local function open_sources(p, turns)
  local open = {}
  for _, turn in ipairs(turns) do
    if turn.entry > 0 then
      local id = id_in_stream(turn.entry)
      local found = call('XRANGE', p.key.inbox, id, id)[1]
      open[turn.entry] = found and found[2]
    else
      local timer = timer_of(card_of(p, turn.contact), turn.name)
      open[key_of(turn)] = timer and timer[2] == turn.generation
    end
  end
  return open
end

-- Learn at once what committing these will ask for.
local function prepare_turns(p, turns)
  local contacts, senders, ids, actors = {}, {}, {}, {}
  for n, turn in ipairs(turns) do
    contacts[n] = turn.contact
    if #turn.messages > 0 or turn.silence then senders[#senders + 1] = turn.contact end
    if #turn.consents > 0 then actors[#actors + 1] = turn.contact end
    for _, message in ipairs(turn.messages) do ids[#ids + 1] = message[1] end
  end
  fetch(p, 'contacts', contacts)
  fetch(p, 'chains', senders)
  fetch(p, 'acts', actors)
  for _, hash in ipairs({'messages', 'settled1', 'settled2'}) do fetch(p, hash, ids) end
end

local function is_known(p, id)
  return value(p, 'messages', id) or value(p, 'settled1', id) or value(p, 'settled2', id)
end

-- An entry's fields: at, contact, acted, event and raw, each behind its name; the order of the
-- consents that it gives, or '' where that comes by its own place and it was not put back; its
-- dedupe hash and the acts of consent that came with it, or ''.
local ACTED, EVENT, RAW, ORDER, HASH, ACTS = 6, 8, 10, 12, 14, 16

local function park(p, turn, entry)
  local acted, event, raw, order = 0, turn.event, '', ''
  if entry then
    acted, event, raw = entry[ACTED], entry[EVENT], entry[RAW]
    order = entry[ORDER]
    if not order or order == '' then order = string.format('%d', turn.entry) end
  end
  p.parked[#p.parked + 1] = {
    'at', turn.at, 'contact', turn.contact, 'id', turn.event_id, 'acted', acted, 'event', event,
    'error', turn.error, 'raw', raw, 'order', order,
  }
end

-- `set_anew` are the timers that earlier turns of this commit have set.
local function commit_turn(p, turn, entry, set_anew)
  local contact = turn.contact
  if turn.silence then silence(p, contact, turn.at) end
  if entry then
    p.read[#p.read + 1] = id_in_stream(turn.entry)
  elseif not set_anew[contact .. ' ' .. turn.name] then
    clear_timer(p, contact, turn.name)
  end
  if turn.error ~= '' then park(p, turn, entry) end
  tell(p, entry and turn.keeps_raw and entry[RAW] or '', turn.account)
  if turn.record then change(p, contact).record = turn.record end
  for _, name in ipairs(turn.cleared) do clear_timer(p, contact, name) end
  for _, timer in ipairs(turn.timers) do
    set_timer(p, contact, timer)
    set_anew[contact .. ' ' .. timer[1]] = true
  end
  for _, consent in ipairs(turn.consents) do act(p, contact, consent) end
  for _, message in ipairs(turn.messages) do
    if not is_known(p, message[1]) then enqueue(p, message) end
  end
  for _, errand in ipairs(turn.errands) do
    local id, within, body = unpack(errand)
    if not value(p, 'errands', id) then
      put(p, 'errands', id, pack({contact, turn.at, within, body}))
      rank(p, 'claimable', id, turn.at)
    end
  end
end

local function commit(p, packed_turns)
  local turns, set_anew = {}, {}
  for n, turn in ipairs(packed_turns) do turns[n] = unpacked_turn(turn) end
  prepare_turns(p, turns)
  local open = open_sources(p, turns)
  for _, turn in ipairs(turns) do
    local key = key_of(turn)
    local source = open[key]
    if source then
      open[key] = false
      commit_turn(p, turn, turn.entry > 0 and source, set_anew)
    end
  end
end

-- Put errands aside with the parked events: {id, event, account} each.
local function give_up(p, errands, now)
  for _, each in ipairs(errands) do
    local id, event, account = unpack(each)
    local errand = value(p, 'errands', id)
    if errand then
      local contact, _, within, body = unpack(unpack_value(errand))
      p.parked[#p.parked + 1] = {
        'at', now, 'contact', contact, 'id', id, 'acted', 0, 'event', event, 'error', account,
        'raw', '', 'order', '', 'errand', body, 'within', within,
      }
      put(p, 'errands', id, false)
      put(p, 'begun', id, false)
      rank(p, 'claimable', id, false)
    end
  end
end

local function write_commit(p)
  for _, fields in ipairs(p.parked) do call('XADD', p.key.parked, '0-*', unpack(fields)) end
  many('XDEL', p.key.inbox, p.read)
  p.parked, p.read = {}, {}
end

return {
  id_in_stream = id_in_stream, ACTS = ACTS, EVENT = EVENT, ORDER = ORDER, HASH = HASH,
  ACTED = ACTED, commit = commit, give_up = give_up, write_commit = write_commit,
}
