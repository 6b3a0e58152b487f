-- Dividing the contacts anew: into other partitions, under other keys, while nobody owns any.
--
-- A key with a slot of its own tells how they are divided:
--
--   layout  hash  layout (how keys are laid out), partitions, generation (which division this is; 1
--                 where there is none), tried (the number of the newest move), moving (of the move
--                 that is under way), try:N (partitions of the move N that has not switched), left:N
--                 (partitions of the division N that was in force, and is not removed yet)
--
-- Every move has a number of its own, which becomes the generation of what it makes; so two that
-- run at once, and one that was killed, never write to the same keys. Only the newest may switch.
-- Before anything is copied each old partition is frozen, by its state: nobody can take it, and
-- nothing comes in. It stays so for good once all is elsewhere, for whoever does not know that yet.
--
--   moving   number of the move that froze it
--   move     number of the newest move that did anything to it: an older one may not any more
--   was_served, was_lasts   what `served` and `lasts` were before

local call, partition, clock = from('partition', 'call', 'partition', 'clock')
local server, awaits_owner = from('takeover', 'server', 'awaits_owner')

local moving = {}

-- Functions that do not look for `moving` are kept away by an owner who is not here and does not
-- come: until when, and for how long, ms.
local FOR_EVER = '9000000000000000'

local FIRST, DIVIDED = 1, 2 -- how keys are laid out: without generations, and with

-- --- the layout -------------------------------------------------------------------------------

-- ARGV: clock, partitions that are wanted, '' for as many as there are: then no move is begun, and
-- none goes on.
-- Answers the number, and the generation and the partitions that are now.
function moving.begin(keys, args)
  local kept = call('HMGET', keys[1], 'partitions', 'generation', 'tried')
  local partitions, generation = kept[1], tonumber(kept[2]) or FIRST
  local number = math.max(tonumber(kept[3]) or FIRST, generation) + 1
  call('HSET', keys[1], 'tried', number)
  if args[2] == '' then
    call('HDEL', keys[1], 'moving')
  else
    call('HSET', keys[1], 'moving', number, 'try:' .. number, args[2])
  end
  return {number, generation, tonumber(partitions)}
end

-- From here on everything is where this move has brought it. Once is enough, and again does no harm.
-- ARGV: clock, number, partitions. Answers 1, or 0 where another move has begun.
function moving.switch(keys, args)
  local number, partitions = args[2], args[3]
  local its, generation, before = unpack(call(
    'HMGET', keys[1], 'moving', 'generation', 'partitions'
  ))
  if generation == number then return 1 end
  if its ~= number then return 0 end
  call('HSET', keys[1], 'layout', DIVIDED, 'partitions', partitions, 'generation', number,
    'left:' .. (generation or FIRST), before)
  call('HDEL', keys[1], 'moving', 'try:' .. number)
  return 1
end

-- ARGV: clock, number. Answers 1 when this move can switch no more, 0 when it has.
function moving.give_up(keys, args)
  local its, generation = unpack(call('HMGET', keys[1], 'moving', 'generation'))
  if generation == args[2] then return 0 end
  if its == args[2] then call('HDEL', keys[1], 'moving') end
  return 1
end

-- ARGV: clock, try or left. Answers {generation, partitions} of each.
function moving.listed(keys, args)
  local kept, found = call('HGETALL', keys[1]), {}
  for n = 1, #kept, 2 do
    local word, generation = string.match(kept[n], '^(%a+):(%d+)$')
    if word == args[2] then
      found[#found + 1] = {tonumber(generation), tonumber(kept[n + 1])}
    end
  end
  return found
end

-- ARGV: clock, generation of what was in force, and is removed now
function moving.removed(keys, args)
  call('HDEL', keys[1], 'left:' .. args[2])
end

-- --- partitions -------------------------------------------------------------------------------

-- ARGV: clock, number. Answers {frozen or was frozen, server}, {held, owner} while somebody has it,
-- or {overtaken} where a newer move was here.
function moving.freeze(keys, args)
  local state, now, number = partition(keys).key.state, clock(args[1]), args[2]
  local token, owner, ends, served, lasts, frozen, newest = unpack(call(
    'HMGET', state, 'token', 'owner', 'until', 'served', 'lasts', 'moving', 'move'
  ))
  if newest and tonumber(newest) > tonumber(number) then return {'overtaken'} end
  if frozen == number then return {'was frozen', server()} end
  if not frozen then
    local owned = token and token ~= ''
    if owned and (tonumber(ends) > now or awaits_owner(state, now)) then return {'held', owner} end
    if served then call('HSET', state, 'was_served', served, 'was_lasts', lasts) end
  end
  call('HSET', state, 'moving', number, 'move', number, 'token', 'moving ' .. number, 'owner', '',
    'until', FOR_EVER, 'served', 'moving', 'lasts', FOR_EVER)
  return {'frozen', server()}
end

-- ARGV: clock, number. Lets everybody in again whom this move or an older one keeps away.
function moving.thaw(keys, args)
  local state, number = partition(keys).key.state, args[2]
  local frozen, newest, served, lasts = unpack(call(
    'HMGET', state, 'moving', 'move', 'was_served', 'was_lasts'
  ))
  if newest and tonumber(newest) > tonumber(number) then return end
  call('HSET', state, 'move', number)
  if not frozen then return end
  call('HDEL', state, 'moving', 'was_served', 'was_lasts', 'served', 'lasts')
  call('HSET', state, 'token', '', 'until', 0)
  if served then call('HSET', state, 'served', served, 'lasts', lasts) end
end

-- ARGV: clock, number. Of a partition that nobody needs only that remains which keeps all away.
function moving.bury(keys, args)
  local p, number = partition(keys), args[2]
  for _, key in pairs(p.key) do call('UNLINK', key) end
  for n, key in ipairs(p.seen) do call('UNLINK', key, p.said[n]) end
  call('HSET', p.key.state, 'moving', number, 'move', number, 'token', 'moving ' .. number,
    'owner', '', 'until', FOR_EVER, 'served', 'moving', 'lasts', FOR_EVER)
end

return moving
