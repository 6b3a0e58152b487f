-- Servers that take over: a replica in place of one that died, or the same one started anew.
--
-- One that does may lack the last moments before. The owner knows what it has committed and the
-- web processes what they have answered for, so each partition waits a while for its owner, who
-- tells first what is missing here (redo.lua); only then does anything else come in.

local call, clock = from('partition', 'call', 'clock')
local newest = from('accept', 'newest')

-- Beyond what was numbered in moments that nobody here knows of.
local LEAP = 1000000

-- Which server this is, whoever has loaded us into it.
local this_server
local function server()
  if not this_server then this_server = string.match(call('INFO', 'server'), 'run_id:(%w+)') end
  return this_server
end

-- By a partition's state: until when its owner is waited for, ms. Not kept: every server that
-- takes over begins to wait when it is asked first.
local waiting = {}

-- Whether a partition has an owner whom this server has not heard of yet, and may hear of still:
-- for as long as a lease lasts. One that is frozen (moving.lua) has nobody, and lets nobody in.
local function awaits_owner(state, now)
  local token, served, lasts, moving = unpack(
    call('HMGET', state, 'token', 'served', 'lasts', 'moving')
  )
  if moving then return true end
  if not token or token == '' or not served or served == server() then return false end
  if not waiting[state] then waiting[state] = now + lasts end
  return now < waiting[state]
end

-- The partition is served here from now on.
local function serve(p, now, lasts)
  local served = call('HGET', p.key.state, 'served')
  if served and served ~= server() then
    local id = '0-' .. newest(p) + LEAP
    call('XADD', p.key.inbox, id, 'at', now)
    call('XDEL', p.key.inbox, id)
    call('HINCRBY', p.key.state, 'record', LEAP)
  end
  waiting[p.key.state] = nil
  call('HSET', p.key.state, 'served', server(), 'lasts', lasts)
end

-- What comes in: it is told by which server it was answered. The last argument is the server that
-- the caller knows, or ''. Another one may lack what the caller has brought before, and hears of
-- that first: `elsewhere`. `later`: the owner has to tell first what it knows.
local function at_the_door(callback)
  return function(keys, args)
    local known = table.remove(args)
    if awaits_owner(keys[1], clock(args[1])) then return {'later', server()} end
    if known ~= '' and known ~= server() then return {'elsewhere', server()} end
    return {callback(keys, args), server()}
  end
end

-- Only to ask which server has a partition now.
local function knock()
  return 'here'
end

return {
  server = server, awaits_owner = awaits_owner, serve = serve, at_the_door = at_the_door,
  knock = knock,
}
