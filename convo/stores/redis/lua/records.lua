-- Records: what turns and messages have to tell, numbered without end.
--
-- Turns bring their own account; the four that are written here are core/record_codec.py's too.

local AT_ONCE, call, quoted, add = from('partition', 'AT_ONCE', 'call', 'quoted', 'add')

-- Keep an account, with the raw request that led to it or ''.
local function tell(p, raw, account)
  add(p.accounts, raw, account)
end

-- The account of one fact that is no turn's; `facts` are the members of a JSON object.
local function tell_fact(p, at, contact, kind, facts, raw)
  local account = string.format(
    '[%d,%d,%s,"",[["%s",{%s}]]]', RECORD_SCHEMA, at, quoted(contact), kind, facts
  )
  tell(p, raw or '', account)
end

local function tell_unsent(p, at, contact, id, why, again)
  local facts = '"message":%s,"why":%s,"again":%s'
  tell_fact(p, at, contact, 'unsent', facts:format(quoted(id), quoted(why), tostring(again)))
end

local function tell_in_doubt(p, at, contact, id, code)
  local facts = '"message":%s,"code":%s'
  tell_fact(p, at, contact, 'in_doubt', facts:format(quoted(id), quoted(code)))
end

local function tell_sent(p, at, contact, id, provider_ids)
  local ids = {}
  for n, each in ipairs(provider_ids) do ids[n] = quoted(each) end
  local facts = '"message":%s,"provider_ids":[%s]'
  tell_fact(p, at, contact, 'sent', facts:format(quoted(id), table.concat(ids, ',')))
end

local function tell_status(p, at, contact, id, status, code, raw)
  local facts = '"message":%s,"status":"%s","code":%s'
  tell_fact(p, at, contact, 'status', facts:format(quoted(id), status, quoted(code)), raw)
end

local function tell_consent(p, at, contact, programme, state)
  local facts = '"programme":%s,"state":"%s"'
  tell_fact(p, at, contact, 'consent', facts:format(quoted(programme), state))
end

local function write_records(p)
  for first = 1, #p.accounts, AT_ONCE do
    local last = math.min(first + AT_ONCE - 1, #p.accounts)
    local number = call('HINCRBY', p.key.state, 'record', (last - first + 1) / 2)
    call('XADD', p.key.records, number .. '-0', unpack(p.accounts, first, last))
  end
  p.accounts = {}
end

return {
  tell = tell, tell_fact = tell_fact, tell_unsent = tell_unsent, tell_in_doubt = tell_in_doubt,
  tell_sent = tell_sent, tell_status = tell_status, tell_consent = tell_consent,
  write_records = write_records,
}
