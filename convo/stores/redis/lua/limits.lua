-- A limit that all processes keep together; policy/rate_limit.py tells the same rule in Python.

local call, clock = from('partition', 'call', 'clock')

-- KEYS: spent (hash: paid, the tick at which all is paid for; day; today, the parts of that day)
-- ARGV: clock, parts wanted, parts owed, the rate's parts and every and burst or '' each,
-- most parts of a day or '', the day, when it ends in ms
-- Answers {parts granted, which are charged, and when there will be another in ms}.
local function permit(keys, args)
  local now, wanted, owed = clock(args[1]), tonumber(args[2]), tonumber(args[3])
  local parts, every, burst = tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
  local most, day, ends = tonumber(args[7]), args[8], tonumber(args[9])
  local kept = call('HMGET', keys[1], 'paid', 'day', 'today')
  local paid = tonumber(kept[1] or 0)
  local today = kept[2] == day and tonumber(kept[3]) or 0
  local function charge(more)
    if parts then
      if more > 0 then paid = math.max(paid, now * parts) end
      paid = paid + more * every
    end
    today = math.max(0, today + more)
  end
  charge(owed)
  local free = wanted
  if parts then
    local debt = math.max(0, paid - now * parts)
    free = math.min(free, burst - math.ceil(debt / every))
  end
  if most then free = math.min(free, most - today) end
  free = math.max(0, free)
  charge(free)
  local at = now
  if parts then at = math.max(at, math.ceil((paid - (burst - 1) * every) / parts)) end
  if most and today >= most then at = math.max(at, ends) end
  call('HSET', keys[1], 'paid', string.format('%.0f', paid), 'day', day, 'today', today)
  call('PEXPIRE', keys[1], 2 * DAY)
  return {free, at}
end

return {permit = permit}
