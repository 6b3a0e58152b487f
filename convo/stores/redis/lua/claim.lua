-- Handing out messages: replies before bulk, the oldest first, as far as parts and messages go.

local DROPPED_AT_ONCE = 1000 -- the rest are dropped by the next call
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

-- The ids of heads of a lane that are due, the oldest first.
local function due_heads(p, channel, lane, now, most)
  local lane_of_channel = channel .. ' ' .. lane .. ' '
  local members = call(
    'ZRANGEBYLEX', p.key.queue, '[' .. lane_of_channel,
    '(' .. string.format('%s%015d', lane_of_channel, now + 1), 'LIMIT', 0, most
  )
  local start = #place_in_queue(channel, lane, 0, 0, '') + 1
  for n, member in ipairs(members) do members[n] = string.sub(member, start) end
  return members
end

local function prepare_heads(p, ids)
  local contacts = {}
  fetch(p, 'messages', ids)
  for n, id in ipairs(ids) do contacts[n] = row_of(p, id)[CONTACT] end
  fetch(p, 'contacts', contacts)
  return contacts
end

local function take(p, row, attempt, now)
  local id, contact = row[ID], row[CONTACT]
  rank(p, 'queue', place_of(row), false)
  put(p, 'sending', id, pack({attempt, now}))
  if row[PURPOSE] ~= 'law' and card_of(p, contact).last ~= row[PROGRAMME] then
    change(p, contact).last = row[PROGRAMME]
  end
end

-- Messages that may still be claimed of a channel: none once one of its limits is used up.
local function still_wanted(want, parts)
  for _, limit in ipairs(want[3]) do
    if (parts[limit] or 1) <= 0 then return 0 end
  end
  return want[2]
end

local function count_against(want, parts, row)
  want[2] = want[2] - 1
  for _, limit in ipairs(want[3]) do
    if parts[limit] then parts[limit] = parts[limit] - row[PARTS] end
  end
end

local function claim_lane(p, want, parts, lane, attempt, now, claimed, recalled)
  local again, dropped = true, 0
  while again and still_wanted(want, parts) > 0 and dropped < DROPPED_AT_ONCE do
    local most = math.min(want[2], LOOKED_AT_ONCE)
    local ids = due_heads(p, want[1], lane, now, most)
    local contacts = prepare_heads(p, ids)
    -- Who follows a dropped message may be due as well: look again.
    again = #ids == LOOKED_AT_ONCE
    for n, id in ipairs(ids) do
      local row = row_of(p, id)
      local why = recalls.mean(recalled, row) and recalls.why
        or refusal(row, card_of(p, contacts[n]), now)
      if why then
        drop(p, row, why, now)
        dropped, again = dropped + 1, true
      elseif still_wanted(want, parts) > 0 then
        take(p, row, attempt, now)
        claimed[#claimed + 1] = id
        count_against(want, parts, row)
      end
    end
    if #ids > 0 then write(p) end
  end
end

-- `wants` are {channel, messages, {limit...}}, `parts` what is left of each limit that has an end.
-- Answers the ids of what is claimed; it is written down.
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
