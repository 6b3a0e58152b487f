-- Reports of which nobody knows whose they are: neither our id nor a partition tells.
--
-- Two keys with a slot of their own:
--
--   lost     hash   hash of the report -> {ms it came, the report}
--   look_at  zset   the same hashes by when they are looked for again, ms

local call, pack, unpack_value, partition, clock, add = from(
  'partition', 'call', 'pack', 'unpack_value', 'partition', 'clock', 'add'
)
local meant = from('reports', 'meant')

local LOOK_AGAIN = 1000

-- ARGV: clock, hash, the report
local function lose(keys, args)
  local now = clock(args[1])
  if call('HSETNX', keys[1], args[2], pack({now, args[3]})) == 1 then
    call('ZADD', keys[2], now, args[2])
  end
end

-- ARGV: clock, most. Answers hashes and reports that are to be looked for now: again in as long as
-- they have been lost for.
local function look_for(keys, args)
  local now, found = clock(args[1]), {}
  for _, hash in ipairs(call('ZRANGEBYSCORE', keys[2], '-inf', now, 'LIMIT', 0, args[2])) do
    local came, report = unpack(unpack_value(call('HGET', keys[1], hash)))
    if now - came > ORPHANS_KEPT then
      call('HDEL', keys[1], hash)
      call('ZREM', keys[2], hash)
    else
      add(found, hash, report)
      call('ZADD', keys[2], now + math.max(now - came, LOOK_AGAIN), hash)
    end
  end
  return found
end

-- ARGV: clock, hash
local function find(keys, args)
  call('HDEL', keys[1], args[2])
  call('ZREM', keys[2], args[2])
end

-- KEYS: a partition's. ARGV: clock, and channel, our id, provider's id of each report
-- Answers which of them are of messages of this partition, by their places.
local function which_are_ours(keys, args)
  local p, ours = partition(keys), {}
  for n = 2, #args, 3 do
    if meant(p, args[n], args[n + 1], args[n + 2]) then ours[#ours + 1] = (n - 2) / 3 end
  end
  return ours
end

return {lose = lose, look_for = look_for, find = find, which_are_ours = which_are_ours}
