-- Recalls: what people have taken back (core/recalls.py). As kept, {flow, version, request, contact,
-- ms}..., all but the last '' for any; for good, for a message may be held or put off for long.

local call, value, pack, unpack_value, quoted, partition, clock = from(
  'partition', 'call', 'value', 'pack', 'unpack_value', 'quoted', 'partition', 'clock'
)
local tell_fact = from('records', 'tell_fact')
local CREATED, CONTACT, row_of, is_sending, drop = from(
  'chains', 'CREATED', 'CONTACT', 'row_of', 'is_sending', 'drop'
)
local write = from('write', 'write')
local TODAY, has_seen, known_already, remember = from(
  'accept', 'TODAY', 'has_seen', 'known_already', 'remember'
)

local recalls = {
  voice = 17, -- in a message's row: {session, {flow...}, version, request}, {} for nobody's
  why = 'recalled',
}

function recalls.kept(p)
  local kept = call('HGET', p.key.state, 'recalls')
  return kept and unpack_value(kept) or {}
end

local function begins(text, start)
  return string.sub(text, 1, #start) == start
end

function recalls.is_meant(row, recall)
  local session, flows, of_version, asked_by = unpack(row[recalls.voice])
  local flow, version, request, contact = unpack(recall)
  if not session or session == '' then return false end
  if contact ~= '' and contact ~= row[CONTACT] then return false end
  local speaks = flow == ''
  for _, each in ipairs(flows) do speaks = speaks or each == flow end
  if not speaks or not begins(of_version, version) then return false end
  if string.sub(request, -1) == '*' then return begins(asked_by, string.sub(request, 1, -2)) end
  return request == '' or request == asked_by
end

-- Whether a message was made until one of these, and is meant by it.
function recalls.mean(kept, row)
  for _, recall in ipairs(kept) do
    if row[CREATED] <= recall[5] and recalls.is_meant(row, recall) then return true end
  end
  return false
end

-- From here on what is meant is claimed no more. What waits is dropped by `recalls.drop`.
-- ARGV: clock, days, hash, flow, version, request, contact, by
function recalls.keep(keys, args)
  local p, now = partition(keys), clock(args[1])
  local _, days, hash, flow, version, request, contact, by = unpack(args)
  if has_seen(p, hash) then return known_already(p) end
  local kept = recalls.kept(p)
  kept[#kept + 1] = {flow, version, request, contact, now}
  call('HSET', p.key.state, 'recalls', pack(kept))
  local facts = '"flow":%s,"version":%s,"request":%s,"by":%s'
  tell_fact(p, now, contact, recalls.why,
    facts:format(quoted(flow), quoted(version), quoted(request), quoted(by)))
  remember(p, TODAY, hash, days)
  write(p)
  return 'accepted'
end

-- ARGV: clock, cursor, most. Drops what nobody has claimed; answers the next cursor, '0' at the end.
function recalls.drop(keys, args)
  local p, now = partition(keys), clock(args[1])
  -- What is being copied stays as it is; where it goes, the recall goes too and means it there.
  if call('HEXISTS', p.key.state, 'moving') == 1 then return '0' end
  local kept = recalls.kept(p)
  local cursor, page = unpack(call('HSCAN', p.key.messages, args[2], 'COUNT', args[3]))
  for n = 1, #page, 2 do
    local id = page[n]
    local row = row_of(p, id)
    local waits = row and not is_sending(p, id) and not value(p, 'held', id)
    if waits and recalls.mean(kept, row) then drop(p, row, recalls.why, now) end
  end
  write(p)
  return cursor
end

return recalls
