-- People's decisions about held messages and parked events: each is done whole, and once.

local call, value, pack, unpack_value, quoted, partition, clock, put, rank = from(
  'partition', 'call', 'value', 'pack', 'unpack_value', 'quoted', 'partition', 'clock', 'put',
  'rank'
)
local tell_fact = from('records', 'tell_fact')
local
  DUE, NUMBER, LANE, CHANNEL, ID, CONTACT, TRIES, CLAIMED, CODE, row_of, CANCELLED, settled,
  place_of, is_sending, chain_of, step_forward
= from(
  'chains', 'DUE', 'NUMBER', 'LANE', 'CHANNEL', 'ID', 'CONTACT', 'TRIES', 'CLAIMED', 'CODE',
  'row_of', 'CANCELLED', 'settled', 'place_of', 'is_sending', 'chain_of', 'step_forward'
)
local id_in_stream = from('commit', 'id_in_stream')
local write = from('write', 'write')
local keep_entry = from('accept', 'keep_entry')

local SENT = 2 -- the rank of a status (core/events.py)

local function tell_decided(p, now, contact, choice, by, about)
  local facts = '"choice":"%s","by":%s,%s'
  tell_fact(p, now, contact, 'decided', facts:format(choice, quoted(by), about))
end

-- Put a message into its line by its age.
local function insert_by_age(p, line, row)
  local place = 1
  while line[place] and row_of(p, line[place])[NUMBER] < row[NUMBER] do place = place + 1 end
  table.insert(line, place, row[ID])
end

-- Put a message that left its chain back into it, and the first of the chain at its front; one that
-- is on its way stays there.
local function line_up_anew(p, row)
  local chain = chain_of(p, row[CONTACT], row[CHANNEL])
  local front = chain.front
  insert_by_age(p, chain[row[LANE]], row)
  if front and is_sending(p, front) then return end
  if front then
    local other = row_of(p, front)
    rank(p, 'queue', place_of(other), false)
    insert_by_age(p, chain[other[LANE]], other)
  end
  step_forward(p, chain)
end

-- A held message goes out once more; `held` is what is kept of it.
local function send_again(p, row, held, now)
  put(p, 'held', row[ID], false)
  row[TRIES], row[DUE], row[CLAIMED], row[CODE] = row[TRIES] + 1, now, unpack_value(held)[1], ''
  put(p, 'messages', row[ID], pack(row))
  line_up_anew(p, row)
end

-- What is parked is: at contact id acted event error raw order errand within, each behind its name.
local PARKED_CONTACT, PARKED_ID, PARKED_EVENT, PARKED_ORDER, PARKED_ERRAND, PARKED_WITHIN =
  4, 6, 10, 16, 18, 20

-- An errand that was parked is run again, and has all its time.
local function run_again(p, fields, now)
  local id, within = fields[PARKED_ID], tonumber(fields[PARKED_WITHIN])
  put(p, 'errands', id, pack({fields[PARKED_CONTACT], now, within, fields[PARKED_ERRAND]}))
  rank(p, 'claimable', id, now)
end

-- `number`: what it is called among everything that is parked.
local function tell_parked(p, now, fields, number, choice, by)
  local about = '"parked":%s,"event":%s'
  about = about:format(quoted(number), quoted(fields[PARKED_ID]))
  tell_decided(p, now, fields[PARKED_CONTACT], choice, by, about)
end

-- Both answer duplicate where there is nothing to decide any more.

-- ARGV: clock, days, hash, partition's number, bell, message's id, choice, by
local function decide_held(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, _, _, number, bell, id, choice, by = unpack(args)
  local held = value(p, 'held', id)
  local row = held and row_of(p, id)
  if not row then return 'duplicate' end
  if choice == 'send' then
    send_again(p, row, held, now)
  else
    put(p, 'held', id, false)
    local status, rank_of_status, why = 'cancelled', CANCELLED, 'dropped by ' .. by
    if choice == 'sent' then status, rank_of_status, why = 'sent', SENT, 'seen by ' .. by end
    settled(p, row, status, rank_of_status, why, unpack_value(held)[1])
  end
  tell_decided(p, now, row[CONTACT], choice, by, '"message":' .. quoted(id))
  write(p)
  call('PUBLISH', bell, number)
  return 'accepted'
end

-- What came in by the inbox keeps the order that its consents have, and a timer gets a new one. Its
-- time is now: what it sets off shall not be overdue.
-- ARGV: clock, days, hash, partition's number, bell, number among the parked, choice, by
local function decide_parked(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, _, _, number, bell, parked, choice, by = unpack(args)
  local id = id_in_stream(tonumber(parked) or 0)
  local found = call('XRANGE', p.key.parked, id, id)[1]
  if not found then return 'duplicate' end
  local fields = found[2]
  local contact, errand = fields[PARKED_CONTACT], fields[PARKED_ERRAND]
  tell_parked(p, now, fields, parked, choice, by)
  if choice == 'again' and errand then run_again(p, fields, now) end
  write(p)
  if choice == 'again' and not errand then
    keep_entry(p, '0-*', now, contact, fields[8], fields[PARKED_EVENT], fields[14],
      fields[PARKED_ORDER], '', '')
  end
  call('XDEL', p.key.parked, id)
  call('PUBLISH', bell, number)
  return 'accepted'
end

return {
  PARKED_CONTACT = PARKED_CONTACT, PARKED_ID = PARKED_ID, PARKED_EVENT = PARKED_EVENT,
  PARKED_ORDER = PARKED_ORDER, PARKED_ERRAND = PARKED_ERRAND, tell_decided = tell_decided,
  tell_parked = tell_parked, send_again = send_again, run_again = run_again,
  decide_held = decide_held, decide_parked = decide_parked,
}
