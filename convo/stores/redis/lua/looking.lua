-- What people look at, a page a call: nothing is changed, and no call takes long.
--
-- Pages go by the cursors of HSCAN and ZSCAN: what is there all the while is met, and what comes
-- or goes meanwhile may be. Each answer begins with where to go on, '0' behind the last.

local call, value, pack, unpack_value, partition, add, fetch = from(
  'partition', 'call', 'value', 'pack', 'unpack_value', 'partition', 'add', 'fetch'
)
local opened, card_of = from('cards', 'opened', 'card_of')
local CREATED, LANE, PARTS, goes_by = from('chains', 'CREATED', 'LANE', 'PARTS', 'goes_by')

local look = {}

-- How many lists of values, one for each lane of the messages that were met.
local function lane_in(lanes, row)
  local name = goes_by(row) .. ' ' .. row[LANE]
  local lane = lanes[name]
  if not lane then
    lane = {goes_by(row), row[LANE], 0, 0, '', 0, '', 0}
    lanes[name] = lane
    lanes[#lanes + 1] = lane
  end
  return lane
end

local function earlier(one, other)
  return (one == '' or other < one) and other or one
end

-- ARGV: clock, cursor, most. Answers lanes of messages: {channel, lane, waiting, their parts, when
-- the oldest of them was made or '', sending, when the first of them was claimed or '', held}...
function look.messages(keys, args)
  local p, ids, lanes = partition(keys), {}, {}
  local cursor, page = unpack(call('HSCAN', p.key.messages, args[2], 'COUNT', args[3]))
  for n = 1, #page, 2 do ids[#ids + 1] = page[n] end
  fetch(p, 'sending', ids)
  fetch(p, 'held', ids)
  for n = 1, #page, 2 do
    local row = unpack_value(page[n + 1])
    local lane, sending = lane_in(lanes, row), value(p, 'sending', page[n])
    if sending then
      lane[6] = lane[6] + 1
      lane[7] = earlier(lane[7], unpack_value(sending)[2])
    elseif value(p, 'held', page[n]) then
      lane[8] = lane[8] + 1
    else
      lane[3], lane[4] = lane[3] + 1, lane[4] + row[PARTS]
      lane[5] = earlier(lane[5], row[CREATED])
    end
  end
  return {cursor, lanes}
end

-- ARGV: clock, cursor, most, now, how the names of timers begin that hold a text back
-- Answers how many there are, how many are overdue, when the first of all is due or '', how many
-- hold a text back, when the first of these is due or ''.
function look.timers(keys, args)
  local p, contacts, now, held_back = partition(keys), {}, tonumber(args[4]), args[5]
  local cursor, page = unpack(call('ZSCAN', p.key.due, args[2], 'COUNT', args[3]))
  for n = 1, #page, 2 do contacts[#contacts + 1] = page[n] end
  fetch(p, 'contacts', contacts)
  local all, overdue, first, postponed, first_postponed = 0, 0, '', 0, ''
  for _, contact in ipairs(contacts) do
    for _, timer in ipairs(card_of(p, contact).timers) do
      local name, _, due = unpack(timer)
      all, first = all + 1, earlier(first, due)
      if due <= now then overdue = overdue + 1 end
      if string.sub(name, 1, #held_back) == held_back then
        postponed, first_postponed = postponed + 1, earlier(first_postponed, due)
      end
    end
  end
  return {cursor, all, overdue, first, postponed, first_postponed}
end

-- ARGV: clock, cursor, most. Answers how many there are, and when the oldest was asked for or ''.
function look.errands(keys, args)
  local p, oldest = partition(keys), ''
  local cursor, page = unpack(call('HSCAN', p.key.errands, args[2], 'COUNT', args[3]))
  for n = 2, #page, 2 do oldest = earlier(oldest, unpack_value(page[n])[2]) end
  return {cursor, #page / 2, oldest}
end

-- ARGV: clock, cursor, most. Answers numbers and records of contacts that have one.
function look.contacts(keys, args)
  local p, told = partition(keys), {}
  local cursor, page = unpack(call('HSCAN', p.key.contacts, args[2], 'COUNT', args[3]))
  for n = 1, #page, 2 do
    local record = opened(page[n + 1]).record
    if record ~= '' then add(told, page[n], record) end
  end
  return {cursor, told}
end

-- ARGV: clock, contact. Answers the consents and the record, '' for none.
function look.contact(keys, args)
  local card = card_of(partition(keys), args[2])
  return {pack(card.consents), card.record}
end

return look
