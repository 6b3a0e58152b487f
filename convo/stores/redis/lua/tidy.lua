-- Letting go of what is old, a little at a time: each call takes about a millisecond.

local call, value, unpack_value, partition, clock, add, many, put = from(
  'partition', 'call', 'value', 'unpack_value', 'partition', 'clock', 'add', 'many', 'put'
)
local write = from('write', 'write')

local tidying = {}

local COMMITS_AT_ONCE = 100

-- ARGV: clock, days that records are kept. Answers whether there may be more of that age.
function tidying.records(keys, args)
  local p = partition(keys)
  local oldest = clock(args[1]) - args[2] * DAY
  local commits = call('XRANGE', p.key.records, '-', '+', 'COUNT', COMMITS_AT_ONCE)
  local last
  for _, commit in ipairs(commits) do
    -- An account begins with its schema and its time (core/record_codec.py).
    if tonumber(string.match(commit[2][2], '^%[%d+,(%d+)')) >= oldest then break end
    last = commit
  end
  if not last then return 0 end
  call('XTRIM', p.key.records, 'MINID', string.match(last[1], '%d+') + 1 .. '-0')
  return last == commits[COMMITS_AT_ONCE] and 1 or 0
end

-- Forget fields of a page of a hash whose packed value tells an older time; where to go on.
local function forget_fields(p, hash, cursor, most, oldest, time_of)
  local reached, fields = unpack(call('HSCAN', p.key[hash], cursor, 'COUNT', most))
  local gone = {}
  for n = 1, #fields, 2 do
    if time_of(unpack_value(fields[n + 1])) < oldest then gone[#gone + 1] = fields[n] end
  end
  many('HDEL', p.key[hash], gone)
  return reached
end

-- ARGV: clock, cursor, most, days of dedupe. Answers where to go on, '0' behind the last.
function tidying.acted(keys, args)
  local oldest = clock(args[1]) - args[4] * DAY
  return forget_fields(partition(keys), 'acted', args[2], args[3], oldest, function(acted)
    return acted[3]
  end)
end

-- ARGV: clock, cursor, most. The same.
function tidying.orphans(keys, args)
  local oldest = clock(args[1]) - ORPHANS_KEPT
  return forget_fields(partition(keys), 'orphans', args[2], args[3], oldest, function(reports)
    return reports[1][1]
  end)
end

-- ARGV: clock, cursor, most. Answers where to go on, and contacts, each with its acts of consent.
function tidying.acts(keys, args)
  local p, told = partition(keys), {}
  local cursor, page = unpack(call('HSCAN', p.key.acts, args[2], 'COUNT', args[3]))
  for n = 1, #page, 2 do
    local kept, acts, offset = page[n + 1], {}, 0
    while offset >= 0 and offset < #kept do
      local start = offset
      offset = cmsgpack.unpack_one(kept, offset)
      acts[#acts + 1] = string.sub(kept, start + 1, offset >= 0 and offset or #kept)
    end
    add(told, page[n], acts)
  end
  return {cursor, told}
end

-- ARGV: clock, and of each contact: the number, its acts as they were, those of them that stay
-- What has come behind them since stays too; where anything else is there now, nothing is changed.
function tidying.forget_acts(keys, args)
  local p = partition(keys)
  for n = 2, #args, 3 do
    local contact, were, stay = args[n], args[n + 1], args[n + 2]
    local now = value(p, 'acts', contact) or ''
    if string.sub(now, 1, #were) == were then
      local left = stay .. string.sub(now, #were + 1)
      put(p, 'acts', contact, left ~= '' and left)
    end
  end
  write(p)
end

return tidying
