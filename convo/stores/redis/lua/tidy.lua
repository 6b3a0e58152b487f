-- Letting go of what is old, a little at a time.

local COMMITS_AT_ONCE = 100

-- Forget records of commits before `oldest`; whether there may be more.
local function forget_records(p, oldest)
  local commits = call('XRANGE', p.key.records, '-', '+', 'COUNT', COMMITS_AT_ONCE)
  local last
  for _, commit in ipairs(commits) do
    -- An account begins with its schema and its time (core/record_codec.py).
    if tonumber(string.match(commit[2][2], '^%[%d+,(%d+)')) >= oldest then break end
    last = commit
  end
  if not last then return false end
  call('XTRIM', p.key.records, 'MINID', string.match(last[1], '%d+') + 1 .. '-0')
  return last == commits[COMMITS_AT_ONCE]
end

-- Forget fields of a hash whose packed value tells an older time.
local function forget_fields(p, hash, oldest, time_of)
  local fields, gone = call('HGETALL', p.key[hash]), {}
  for n = 1, #fields, 2 do
    if time_of(unpack_value(fields[n + 1])) < oldest then gone[#gone + 1] = fields[n] end
  end
  many('HDEL', p.key[hash], gone)
end

-- ARGV: clock, days that records are kept, days of dedupe. Answers whether there is more to do.
local function tidy(keys, args)
  local p, now = partition(keys), clock(args[1])
  if forget_records(p, now - args[2] * DAY) then return 1 end
  forget_fields(p, 'acted', now - args[3] * DAY, function(acted) return acted[3] end)
  forget_fields(p, 'orphans', now - ORPHANS_KEPT, function(reports) return reports[1][1] end)
  return 0
end
