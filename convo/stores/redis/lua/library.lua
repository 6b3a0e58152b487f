-- The functions by their names; those that only read say so.

local at_the_door = from('takeover', 'at_the_door')

local ONLY_READ = {'no-writes'}
-- An owner goes on where memory is full: its work is what makes room. So do opt-outs.
local ALWAYS = {'allow-oom'}

local function offer(name, callback, flags)
  redis.register_function({
    function_name = LIBRARY .. '_' .. name, callback = callback, flags = flags or {},
  })
end

offer('accept', at_the_door(modules.accept.accept))
offer('accept_act', at_the_door(modules.accept.accept_act), ALWAYS)
offer('accept_report', at_the_door(modules.accept.accept_report), ALWAYS)
offer('set_arrival_aside', at_the_door(modules.accept.set_arrival_aside))
offer('decide_held', at_the_door(modules.decisions.decide_held), ALWAYS)
offer('decide_parked', at_the_door(modules.decisions.decide_parked), ALWAYS)
offer('recall', at_the_door(modules.recalls.keep), ALWAYS)
offer('drop_recalled', modules.recalls.drop, ALWAYS)
offer('knock', at_the_door(modules.takeover.knock), ALWAYS)
offer('begin_move', modules.moving.begin, ALWAYS)
offer('give_up_move', modules.moving.give_up, ALWAYS)
offer('switch', modules.moving.switch, ALWAYS)
offer('listed', modules.moving.listed, ONLY_READ)
offer('removed', modules.moving.removed, ALWAYS)
offer('freeze', modules.moving.freeze, ALWAYS)
offer('thaw', modules.moving.thaw, ALWAYS)
offer('bury', modules.moving.bury, ALWAYS)
offer('acquire', modules.lease.acquire, ALWAYS)
offer('advance', modules.advance.advance, ALWAYS)
offer('resume', modules.redo.resume, ALWAYS)
offer('redo', modules.redo.redo, ALWAYS)
offer('release', modules.lease.release, ALWAYS)
offer('others', modules.lease.others, ONLY_READ)
offer('attend', modules.lease.attend, ALWAYS)
offer('reserve', modules.counting.reserve)
offer('tally', modules.counting.tally)
offer('permit', modules.limits.permit, ALWAYS)
offer('tidy_records', modules.tidy.records, ALWAYS)
offer('tidy_acted', modules.tidy.acted, ALWAYS)
offer('tidy_orphans', modules.tidy.orphans, ALWAYS)
offer('tidy_acts', modules.tidy.acts, ONLY_READ)
offer('forget_acts', modules.tidy.forget_acts, ALWAYS)
offer('lose', modules.lost.lose)
offer('look_for', modules.lost.look_for, ALWAYS)
offer('find', modules.lost.find, ALWAYS)
offer('which_are_ours', modules.lost.which_are_ours, ONLY_READ)
offer('every_act', modules.read.every_act, ONLY_READ)
offer('records_behind', modules.read.records_behind, ONLY_READ)
offer('look_at_messages', modules.looking.messages, ONLY_READ)
offer('look_at_timers', modules.looking.timers, ONLY_READ)
offer('look_at_errands', modules.looking.errands, ONLY_READ)
offer('look_at_contacts', modules.looking.contacts, ONLY_READ)
offer('look_at_contact', modules.looking.contact, ONLY_READ)
