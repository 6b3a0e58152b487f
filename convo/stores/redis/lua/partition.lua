-- A partition: everything of the contacts that share it.
--
-- Its keys bear one hash tag, so they live on one node and change together. Every function of a
-- partition is given all of them, in this order:
--
--   state      hash    the lease and the counters: owner, token, since and until (ms),
--                      seq (commits), number (of the newest message), record (of the newest one),
--                      duplicates (arrivals that came again), in_hand (events that were read and
--                      may be under way), handed (the errands that the last commit handed out),
--                      served (the server that the owner was heard at last), lasts (its lease, ms),
--                      recalls (recalls.lua), moving and move (moving.lua)
--   inbox      stream  0-N: at contact acted event raw order hash acts, of events whose turn is
--                      still to come (commit.lua)
--   contacts   hash    E.164 -> card: consents, timers, record (cards.lua)
--   due        zset    E.164 by its earliest timer, ms
--   messages   hash    id -> row (chains.lua) of what is not settled
--   queue      zset    "channel lane due number id", by its bytes: who is first of its chain, by
--                      the channel that is to carry it
--   chains     hash    E.164 -> who waits behind whom (chains.lua)
--   sending    hash    id -> {attempt, ms}: claimed and not settled, so it may have left
--   held       hash    id -> {ms, code}: nobody knows whether it left; a person decides
--   errands    hash    id -> {contact, asked, within, errand}
--   claimable  zset    errands by when they may be handed out (again), ms
--   records    stream  N-0: raw and account, pair by pair; N is the number of the last of them
--   parked     stream  0-N: at contact id acted event error raw order, of events whose turn failed;
--                      and errand within, where it is an errand that was given up
--   acts       hash    E.164 -> every act of consent there ever was, one behind the other
--   orphans    hash    "channel provider's id" -> {at, status, rank, code, raw} of each report
--                      that came before anybody knew whose it was
--   acted      hash    hash of an arrival that the full inbox refused -> {acted, order, ms}: what
--                      its act of consent did
--   begun      hash    key of what may have ended an owner -> how often it was begun alone since
--   settled    hash    four of them, one a day, the newest first: id -> what became of a message
--                      (chains.lua), "channel provider's id" -> id
--
-- and, where something arrives, behind them:
--
--   seen       set     hashes of arrivals, one set a day: tomorrow's, today's, yesterday's, ...
--   said       hash    hash of an arrival that is a text -> what it said (core/altered.py); as
--                      many, and of the same days
--
-- An entry's number is N * 1024 + the partition's number, so that no two events share an id.
-- Lists in braces are MessagePack. All times are ms since 1970, UTC.
--
-- Hashes and sorted sets are read through and written behind: a function writes at its end, so
-- where it fails it has changed nothing.

local KEYS_OF = {
  'state', 'inbox', 'contacts', 'due', 'messages', 'queue', 'chains', 'sending', 'held', 'errands',
  'claimable', 'records', 'parked', 'acts', 'orphans', 'acted', 'begun',
  'settled1', 'settled2', 'settled3', 'settled4',
}
local SETTLED = {'settled1', 'settled2', 'settled3', 'settled4'}
local SHARDS = 1024

-- Values in one call: Lua can unpack some thousands, and the server should be asked in between.
local AT_ONCE = 900

-- None of these is there yet while the library is loaded.
local function call(...) return redis.call(...) end
local function pack(value) return cmsgpack.pack(value) end
local function unpack_value(packed) return cmsgpack.unpack(packed) end
local function quoted(text) return cjson.encode(text) end

local function partition(keys)
  local p = {
    key = {}, hashes = {}, changed = {}, ranks = {}, cards = {}, rows = {}, chains = {}, done = {},
    accounts = {}, parked = {}, read = {}, seen = {}, said = {}, moved = {},
  }
  for n, name in ipairs(KEYS_OF) do p.key[name] = keys[n] end
  local days = (#keys - #KEYS_OF) / 2
  for n = 1, days do
    p.seen[n], p.said[n] = keys[#KEYS_OF + n], keys[#KEYS_OF + days + n]
  end
  return p
end

-- The server's clock; tests set one by hand.
local function clock(set)
  if set ~= '' then return tonumber(set) end
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function add(list, ...)
  for n = 1, select('#', ...) do list[#list + 1] = select(n, ...) end
end

-- One command over any number of values.
local function many(command, key, values)
  for first = 1, #values, AT_ONCE do
    call(command, key, unpack(values, first, math.min(first + AT_ONCE - 1, #values)))
  end
end

-- --- hashes -----------------------------------------------------------------------------------

local function known(p, hash)
  local fields = p.hashes[hash]
  if not fields then
    fields = {}
    p.hashes[hash] = fields
  end
  return fields
end

-- Learn these fields of a hash, all in one call.
local function fetch(p, hash, fields)
  local have, missing = known(p, hash), {}
  for _, field in ipairs(fields) do
    if have[field] == nil then
      have[field] = false
      missing[#missing + 1] = field
    end
  end
  for first = 1, #missing, AT_ONCE do
    local last = math.min(first + AT_ONCE - 1, #missing)
    for n, value in ipairs(call('HMGET', p.key[hash], unpack(missing, first, last))) do
      have[missing[first + n - 1]] = value
    end
  end
end

-- A field's value; false when there is none.
local function value(p, hash, field)
  local have = known(p, hash)
  local found = have[field]
  if found == nil then
    found = call('HGET', p.key[hash], field)
    have[field] = found
  end
  return found
end

-- Set a field, or with false remove it.
local function put(p, hash, field, new)
  known(p, hash)[field] = new
  local changed = p.changed[hash]
  if not changed then
    changed = {}
    p.changed[hash] = changed
  end
  changed[field] = true
end

local function write_hashes(p)
  for hash, fields in pairs(p.changed) do
    local set, removed = {}, {}
    for field in pairs(fields) do
      local new = p.hashes[hash][field]
      if new then
        add(set, field, new)
      else
        removed[#removed + 1] = field
      end
    end
    many('HSET', p.key[hash], set)
    many('HDEL', p.key[hash], removed)
  end
  local settled = p.changed.settled1
  if settled then call('PEXPIRE', p.key.settled1, SETTLED_KEPT, 'NX') end
  p.changed = {}
end

-- --- sorted sets ------------------------------------------------------------------------------

-- Give a member its score, or with false take it out.
local function rank(p, set, member, score)
  local members = p.ranks[set]
  if not members then
    members = {}
    p.ranks[set] = members
  end
  members[member] = score
end

local function write_ranks(p)
  for set, members in pairs(p.ranks) do
    local added, removed = {}, {}
    for member, score in pairs(members) do
      if score then
        add(added, score, member)
      else
        removed[#removed + 1] = member
      end
    end
    many('ZADD', p.key[set], added)
    many('ZREM', p.key[set], removed)
  end
  p.ranks = {}
end

return {
  SETTLED = SETTLED, SHARDS = SHARDS, AT_ONCE = AT_ONCE, call = call, value = value, pack = pack,
  unpack_value = unpack_value, quoted = quoted, partition = partition, clock = clock, add = add,
  many = many, fetch = fetch, put = put, write_hashes = write_hashes, rank = rank,
  write_ranks = write_ranks,
}
