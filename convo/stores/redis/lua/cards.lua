-- Cards: what is kept of each contact.
--
-- As kept: {consents, timers, last}, and behind it the contact's record as it came. Where there is
-- nothing but the record, a nil stands in front, so an idle contact costs one byte.
--
--   a consent is {programme, state, ms, event, order, proof, taken}: `taken` is 1 where a law word
--                withdrew what was given, so that another may give it back
--   a timer is   {name, generation, due}
--   last is      the programme of what they were sent last, '' for none

local value, pack, put, rank = from('partition', 'value', 'pack', 'put', 'rank')

local NIL = '\192'

local function earliest(card)
  local due
  for _, timer in ipairs(card.timers) do
    if not due or timer[3] < due then due = timer[3] end
  end
  return due
end

local function opened(kept)
  local card = {consents = {}, timers = {}, last = '', record = ''}
  if kept then
    local offset, before = cmsgpack.unpack_one(kept)
    if before then
      card.consents, card.timers, card.last = before[1], before[2], before[3]
      card.due = earliest(card)
    end
    if offset > 0 then card.record = string.sub(kept, offset + 1) end
  end
  return card
end

local function closed(card)
  if #card.consents == 0 and #card.timers == 0 and card.last == '' then
    return NIL .. card.record
  end
  return pack({card.consents, card.timers, card.last}) .. card.record
end

local function card_of(p, contact)
  local card = p.cards[contact]
  if not card then
    card = opened(value(p, 'contacts', contact))
    p.cards[contact] = card
  end
  return card
end

-- What is changed on a card is written at the end.
local function change(p, contact)
  local card = card_of(p, contact)
  card.changed = true
  return card
end

local function write_cards(p)
  for contact, card in pairs(p.cards) do
    if card.changed then
      card.changed = false
      put(p, 'contacts', contact, closed(card))
      local due = earliest(card)
      if due ~= card.due then
        rank(p, 'due', contact, due or false)
        card.due = due
      end
    end
  end
end

-- --- timers -----------------------------------------------------------------------------------

local function timer_of(card, name)
  for place, timer in ipairs(card.timers) do
    if timer[1] == name then return timer, place end
  end
end

local function clear_timer(p, contact, name)
  local _, place = timer_of(card_of(p, contact), name)
  if place then table.remove(change(p, contact).timers, place) end
end

local function set_timer(p, contact, timer)
  local card = change(p, contact)
  local _, place = timer_of(card, timer[1])
  card.timers[place or #card.timers + 1] = timer
end

-- --- consents ---------------------------------------------------------------------------------

local function consent_to(card, programme)
  for place, consent in ipairs(card.consents) do
    if consent[1] == programme then return consent, place end
  end
end

local function has_left(card, programme)
  local consent = consent_to(card, programme)
  return consent ~= nil and consent[2] == 'withdrawn'
end

-- Write an act of consent down, {programme, state, ms, event, order, proof, origin, by law}, and
-- let it stand unless a newer one does.
local function act(p, contact, done)
  local card = change(p, contact)
  local before, place = consent_to(card, done[1])
  if not before or done[5] >= before[5] then
    local taken = done[8] and done[2] == 'withdrawn' and before and before[2] == 'given'
    card.consents[place or #card.consents + 1] = {
      done[1], done[2], done[3], done[4], done[5], done[6], taken and 1 or 0,
    }
  end
  put(p, 'acts', contact, (value(p, 'acts', contact) or '') .. pack(done))
end

return {
  opened = opened, card_of = card_of, change = change, write_cards = write_cards,
  timer_of = timer_of, clear_timer = clear_timer, set_timer = set_timer, consent_to = consent_to,
  has_left = has_left, act = act,
}
