-- Handing out messages: replies before bulk, the oldest first, as far as parts and messages go.

local call, pack, fetch, put, rank = from('partition', 'call', 'pack', 'fetch', 'put', 'rank')
local card_of, change, consent_to = from('cards', 'card_of', 'change', 'consent_to')
local
  CREATED, CHANNEL, LANE, ID, CONTACT, TRIES, NOT_AFTER, PURPOSE, PROGRAMME, PARTS, BY, STAYS,
  row_of, goes_by, place_of, drop
= from(
  'chains', 'CREATED', 'CHANNEL', 'LANE', 'ID', 'CONTACT', 'TRIES', 'NOT_AFTER', 'PURPOSE',
  'PROGRAMME', 'PARTS', 'BY', 'STAYS', 'row_of', 'goes_by', 'place_of', 'drop'
)
local write = from('write', 'write')
local recalls = modules.recalls

local PASSED_OVER_AT_ONCE = 1000 -- dropped, or not to be had: the next call looks at the rest
local LOOKED_AT_ONCE = 200

-- Why this head may not be sent any more; nil when it may.
local function refusal(row, card, now)
  if row[PURPOSE] ~= 'law' then
    local everything = consent_to(card, '')
    if everything then
      -- One that was on its way at a STOP, and is to be tried again, is not brought back by a START.
      local outlived = row[TRIES] > 0 and everything[3] > row[CREATED]
      if outlived or everything[2] == 'withdrawn' then return 'withdrawn' end
    end
    if row[PROGRAMME] ~= '' and row[PURPOSE] ~= 'consent' then
      local joined = consent_to(card, row[PROGRAMME])
      if not joined or joined[2] ~= 'given' then return 'no consent' end
    end
  end
  if row[NOT_AFTER] > 0 and now > row[NOT_AFTER] then return 'too late' end
end

-- Add the heads of a line's lane that are due, behind those that were passed over.
local function add_due_heads(p, heads, line, lane, now, most)
  local start = line.of .. ' ' .. lane .. ' '
  local members = call(
    'ZRANGEBYLEX', p.key.queue, '[' .. start, '(' .. string.format('%s%015d', start, now + 1),
    'LIMIT', line.passed, most
  )
  for _, member in ipairs(members) do
    local place = string.sub(member, #start + 1)
    heads[#heads + 1] = {place = place, id = string.match(place, '(%S+)$'), line = line}
  end
end

-- Heads of a lane that are due, the oldest first, whoever was to carry them; and their ids.
local function due_heads(p, lines, lane, now, most)
  local heads, ids = {}, {}
  for _, line in ipairs(lines) do add_due_heads(p, heads, line, lane, now, most) end
  if #lines > 1 then
    table.sort(heads, function(one, other) return one.place < other.place end)
  end
  for n, head in ipairs(heads) do ids[n] = head.id end
  return heads, ids
end

-- What a channel takes: all that it is to carry, and of others what may leave them.
local function lines_of(want)
  local lines = {{of = want[1], passed = 0}}
  for _, way in ipairs(want[4]) do
    lines[#lines + 1] = {of = way[1], channel = way[2], passed = 0}
  end
  return lines
end

local function may_take(line, row)
  return not line.channel or (row[CHANNEL] == line.channel and not row[STAYS])
end

local function prepare_heads(p, ids)
  local contacts = {}
  fetch(p, 'messages', ids)
  for n, id in ipairs(ids) do contacts[n] = row_of(p, id)[CONTACT] end
  fetch(p, 'contacts', contacts)
  return contacts
end

local function take(p, row, by, attempt, now)
  local id, contact = row[ID], row[CONTACT]
  rank(p, 'queue', place_of(row), false)
  if goes_by(row) ~= by then
    row[BY] = by ~= row[CHANNEL] and by or ''
    put(p, 'messages', id, pack(row))
    p.moved[id] = true
  end
  put(p, 'sending', id, pack({attempt, now}))
  if row[PURPOSE] ~= 'law' and card_of(p, contact).last ~= row[PROGRAMME] then
    change(p, contact).last = row[PROGRAMME]
  end
end

-- Messages that a channel may still claim of a lane: none once one of its limits is used up.
local function still_wanted(want, parts, lane)
  for _, limit in ipairs(want[3]) do
    if (parts[limit] or 1) <= 0 then return 0 end
  end
  return lane == 'bulk' and math.min(want[2], want[5]) or want[2]
end

local function count_against(want, parts, row)
  want[2] = want[2] - 1
  if row[LANE] == 'bulk' then want[5] = want[5] - 1 end
  for _, limit in ipairs(want[3]) do
    if parts[limit] then parts[limit] = parts[limit] - row[PARTS] end
  end
end

local function claim_lane(p, want, parts, lane, attempt, now, claimed, recalled)
  local again, passed_over, lines = true, 0, lines_of(want)
  while again and passed_over < PASSED_OVER_AT_ONCE do
    local most = math.min(still_wanted(want, parts, lane), LOOKED_AT_ONCE)
    if most <= 0 then return end
    local heads, ids = due_heads(p, lines, lane, now, most)
    local contacts = prepare_heads(p, ids)
    -- Who follows a dropped message, or one that stays, may be due as well: look again.
    again = #ids >= LOOKED_AT_ONCE
    for n, id in ipairs(ids) do
      local row, line = row_of(p, id), heads[n].line
      local why = recalls.mean(recalled, row) and recalls.why
        or refusal(row, card_of(p, contacts[n]), now)
      if not may_take(line, row) then
        line.passed = line.passed + 1
        passed_over, again = passed_over + 1, true
      elseif why then
        drop(p, row, why, now)
        passed_over, again = passed_over + 1, true
      elseif still_wanted(want, parts, lane) > 0 then
        take(p, row, want[1], attempt, now)
        claimed[#claimed + 1] = id
        count_against(want, parts, row)
      end
    end
    if #ids > 0 then write(p) end
  end
end

-- `wants` are {channel, messages, {limit...}, {whose, of which channel}..., how many of the messages
-- may be bulk}, `parts` what is left of each limit that has an end. Answers the ids of what is
-- claimed; it is written down.
local function claim(p, wants, parts, attempt, now)
  local claimed, recalled = {}, recalls.kept(p)
  for _, lane in ipairs({'reply', 'bulk'}) do
    for _, want in ipairs(wants) do
      claim_lane(p, want, parts, lane, attempt, now, claimed, recalled)
    end
  end
  return claimed
end

-- When the first message that waits in the queue is or was due; nil when none does.
local function next_head(p)
  local soonest
  local from = '-'
  while true do
    local member = call('ZRANGEBYLEX', p.key.queue, from, '+', 'LIMIT', 0, 1)[1]
    if not member then return soonest end
    local channel, lane, due = string.match(member, '^(%S+) (%S+) (%d+)')
    due = tonumber(due)
    if not soonest or due < soonest then soonest = due end
    from = '(' .. channel .. ' ' .. lane .. ' ~'
  end
end

return {take = take, claim = claim, next_head = next_head}
