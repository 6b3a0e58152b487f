"""The facts of a turn, kept for people: why a message was sent, or was not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One fact. `kind` is a word of the table below, `facts` are JSON."""

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


#: Every kind of record, and what its facts say.
KINDS: Mapping[str, str] = {
    "inbound": "a text came in: channel, text, law word, and the links of pictures with it",
    "altered": "another text came under the id of one, and is not taken: channel, text, its id",
    "routed": "whose it was: level of the router, candidates tried, the word that matched",
    "step": "a branch was taken: flow, version, from, branch, to, and why",
    "unplaced": "a reply that several questions understood reached none: event, text, why",
    "late": "an answer to a question that had closed: flow, step, when it closed, text",
    "unclear": "a reply was not understood: flow, step, tries",
    "said": "a message was queued: its id, class, purpose, session, channel; media of an MMS",
    "refused": "the gate said no: class, purpose, rule",
    "recalled": "what had not left was taken back: flow, version, request, by whom",
    "postponed": "the gate said later: rule and time",
    "put_off": "a question's timer waits while a person has the conversation: timer, why",
    "errand": "work was asked for: id, kind, name",
    "answered": "an errand came back: id, whether it went well",
    "unfit": "what an errand answered is not of the answer's kind, so it failed: answer",
    "tagged": "tags of the contact changed: added, removed",
    "tier": "the contact's cap is another one: the tier that it was, is now, and by what",
    "note": "a step left a note for staff: flow, text",
    "emitted": "an event for own systems: flow, id, event, values",
    "later": "a step put something off beside its conversation: flow, which, and when it is due",
    "begun": "what was put off has begun: session, flow, step, of which conversation",
    "voted": "a vote was counted: flow, poll, and whether an earlier one stays",
    "full": "a limit let nobody more through: flow, and whether it was full or too late",
    "split": "a share of the contacts went this way: flow, name of the split, arm",
    "heard": "an event of an own system was heard: event, flow, way, and the step that was left",
    "dropped": "a text that still waited is not needed any more: kind, and the event or why",
    "started": "a session began: session, flow, version, by what",
    "moved": "a newer version took a session along: flow, version, of, left, to, answers lost",
    "rerouted": "another channel carries what is said on one: channel, and by which",
    "ended": "a flow ended: flow, version, outcome, and the answers that it kept",
    "privacy": "the privacy word was answered: kinds of data that are kept, language, policy told",
    "consent": "consent changed: programme, state",
    "confirmed": "a yes came by the one-time link of a consent question: session, programme",
    "handed_over": "a person takes over: flow, to whom",
    "merged": "two numbers became one contact: the other number, what was not taken, answers",
    "part": "a part of a long text waits for the others: channel, how many have come, of how many",
    "joined": "parts became one text: how many, of how many (0: nobody knows), text",
    "held": "a text waits for an errand, or for a person",
    "stale": "a timer or an answer came for a step that has moved on",
    "ignored": "nothing was to be done: why",
    "parked": "the turn failed and was put aside: error, flow, step",
    "sent": "a message left: its id, the provider's ids",
    "unsent": "a message did not leave: its id, the reason, whether it will be tried again",
    "in_doubt": "nobody knows whether a message left: its id",
    "status": "a delivery report: message, status, code",
    "decided": "a person decided: by whom, choice, and of which held message or parked event",
}
