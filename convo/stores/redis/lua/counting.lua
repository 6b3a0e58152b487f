-- What is counted over all contacts: places, and votes. Each name has a slot of its own.

local call = from('partition', 'call')

-- KEYS: places (hash: key -> the place's number). ARGV: clock, key, limit or ''
-- Answers the place of the key, taken now unless it was before; 0 when there is no more.
local function reserve(keys, args)
  local _, key, limit = unpack(args)
  local place = call('HGET', keys[1], key)
  if place then return tonumber(place) end
  local taken = call('HLEN', keys[1])
  if limit ~= '' and taken >= tonumber(limit) then return 0 end
  call('HSET', keys[1], key, taken + 1)
  return taken + 1
end

local CHOICES_TOLD = 100

-- KEYS: votes (hash: key -> choice), standing (zset: choices by minus their votes)
-- ARGV: clock, key, whether a vote is cast (1) or only the standing read, choice, whether it may move (1)
-- Answers the key's own vote or '', and the standing.
local function tally(keys, args)
  local _, key, casts, choice, moves = unpack(args)
  casts, moves = casts == '1', moves == '1'
  local own = call('HGET', keys[1], key)
  if casts and (not own or (moves and own ~= choice)) then
    if own and tonumber(call('ZINCRBY', keys[2], 1, own)) >= 0 then call('ZREM', keys[2], own) end
    call('HSET', keys[1], key, choice)
    call('ZINCRBY', keys[2], -1, choice)
    own = choice
  end
  return {own or '', call('ZRANGE', keys[2], 0, CHOICES_TOLD - 1, 'WITHSCORES')}
end

return {reserve = reserve, tally = tally}
