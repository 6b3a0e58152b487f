-- The functions by their names; those that only read say so.

local ONLY_READ = {'no-writes'}
-- An owner goes on where memory is full: its work is what makes room. So do opt-outs.
local ALWAYS = {'allow-oom'}

local function offer(name, callback, flags)
  redis.register_function({
    function_name = LIBRARY .. '_' .. name, callback = callback, flags = flags or {},
  })
end

offer('accept', at_the_door(accept))
offer('accept_act', at_the_door(accept_act), ALWAYS)
offer('accept_report', at_the_door(accept_report), ALWAYS)
offer('set_arrival_aside', at_the_door(set_arrival_aside))
offer('decide_held', at_the_door(decide_held), ALWAYS)
offer('decide_parked', at_the_door(decide_parked), ALWAYS)
offer('recall', at_the_door(recalls.keep), ALWAYS)
offer('drop_recalled', recalls.drop, ALWAYS)
offer('knock', at_the_door(knock), ALWAYS)
offer('acquire', acquire, ALWAYS)
offer('advance', advance, ALWAYS)
offer('resume', resume, ALWAYS)
offer('redo', redo, ALWAYS)
offer('release', release, ALWAYS)
offer('others', others, ONLY_READ)
offer('attend', attend, ALWAYS)
offer('reserve', reserve)
offer('tally', tally)
offer('permit', permit, ALWAYS)
offer('tidy_records', tidying.records, ALWAYS)
offer('tidy_acted', tidying.acted, ALWAYS)
offer('tidy_orphans', tidying.orphans, ALWAYS)
offer('tidy_acts', tidying.acts, ONLY_READ)
offer('forget_acts', tidying.forget_acts, ALWAYS)
offer('lose', lose)
offer('look_for', look_for, ALWAYS)
offer('find', find, ALWAYS)
offer('which_are_ours', which_are_ours, ONLY_READ)
offer('every_act', every_act, ONLY_READ)
offer('records_behind', records_behind, ONLY_READ)
offer('look_at_messages', look.messages, ONLY_READ)
offer('look_at_timers', look.timers, ONLY_READ)
offer('look_at_errands', look.errands, ONLY_READ)
offer('look_at_contacts', look.contacts, ONLY_READ)
offer('look_at_contact', look.contact, ONLY_READ)
