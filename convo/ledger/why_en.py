"""Why, in English: a sentence for each kind of record; an empty one is not worth a line."""

from collections.abc import Callable, Mapping
from typing import Any

from convo.policy.gate import RULES

LEVELS: Mapping[int, str] = {
    1: "it is a word of the law",
    2: "it is an anytime word",
    3: "it is for the open question",
    4: "it is a start word",
    5: "nobody knows it: the fallback answers",
}


def _inbound(facts: Mapping[str, Any]) -> str:
    return f'They wrote "{facts["text"]}" on {facts["channel"]}.'


def _altered(facts: Mapping[str, Any]) -> str:
    told = f'A second text came under the same id, with other words: "{facts["text"]}" on '
    return f"{told}{facts['channel']}. It was not taken."


def _routed(facts: Mapping[str, Any]) -> str:
    level = LEVELS.get(facts["level"], f"level {facts['level']}")
    match facts:
        case {"understood": False}:
            return f"Routed at level 3: {level}, which does not understand it."
        case {"near": word}:
            return f'Routed at level 4: it is nearly the word "{word}", so we ask.'
        case {"word": word, "starts": target, "how": how}:
            return f'Routed at level 4: the word "{word}" ({how}) starts {target}.'
        case {"law": law}:
            return f"Routed at level 1: {level} ({law})."
        case {"flow": flow, "level": 2}:
            return f"Routed at level 2: it is the project's word for {flow}."
        case _:
            return f"Routed at level {facts['level']}: {level}."


def _step(facts: Mapping[str, Any]) -> str:
    tried = "".join(
        f" {condition} {'holds' if held else 'does not hold'};"
        for condition, held in facts.get("tried") or ()
    ).rstrip(";")
    because = f" Because{tried}." if tried else ""
    return f"{facts['flow']}: from {facts['step']} by {facts['branch']} to {facts['to']}.{because}"


def _refused(facts: Mapping[str, Any]) -> str:
    return f"The gate said no ({facts['rule']}): {RULES.get(facts['rule'], '')}"


def _postponed(facts: Mapping[str, Any]) -> str:
    return f"The gate said later ({facts['rule']}): {RULES.get(facts['rule'], '')}"


def _answered(facts: Mapping[str, Any]) -> str:
    failure = facts.get("failure")
    return f"The errand failed: {failure}." if failure else "The errand was answered."


def _tagged(facts: Mapping[str, Any]) -> str:
    words = [f"+{tag}" for tag in facts["added"]] + [f"-{tag}" for tag in facts["removed"]]
    return f"Tags: {' '.join(words)}."


TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "inbound": _inbound,
    "altered": _altered,
    "routed": _routed,
    "step": _step,
    "unclear": lambda f: f"{f['flow']}: {f['step']} cannot take the reply, try {f['tries']}.",
    "said": lambda f: f"A message was let through ({f['kind']}, {f['purpose']}).",
    "refused": _refused,
    "postponed": _postponed,
    "put_off": lambda f: f"Our question waits: {f['why']}.",
    "errand": lambda f: f"Asked for {f['name']} ({f['kind']}).",
    "answered": _answered,
    "unfit": lambda f: f"What came back is not of the kind of {f['answer']}.",
    "tagged": _tagged,
    "note": lambda f: f"{f['flow']}: a note for staff: {f['text']}",
    "emitted": lambda f: f"{f['flow']} told your own systems: {f['event']}.",
    "later": lambda f: f"{f['flow']}: {f['step']} put something off until it is due.",
    "begun": lambda f: f"{f['flow']}: what {f['step']} put off has begun.",
    "voted": lambda f: (
        f"{f['flow']}: an earlier vote in {f['poll']} stays."
        if f["kept"]
        else f"{f['flow']}: the vote in {f['poll']} is counted."
    ),
    "full": lambda f: f"{f['flow']}: {f['step']} lets nobody more through, {f['why']}.",
    "split": lambda f: f"{f['flow']}: by the split {f['name']} this number goes to {f['arm']}.",
    "moved": lambda f: f"{f['flow']}: a newer version took it along from {f['left']} to {f['to']}.",
    "started": lambda f: f"{f['flow']} began ({f['by']}).",
    "ended": lambda f: f"{f['flow']} ended: {f['outcome']}.",
    "consent": lambda f: f"Consent to {f['programme'] or 'everything'}: {f['state']}.",
    "confirmed": lambda f: f"A yes to {f['programme']} came by its one-time link.",
    "held": lambda f: f"It waits: {f['why']}.",
    "stale": lambda _: "A timer or an answer came for a step that has moved on.",
    "ignored": lambda f: f"Nothing was to be done: {f['why']}.",
    "parked": lambda f: f"The turn failed and changed nothing, and is parked: {f['error']}.",
    "sent": lambda _: "",
    "unsent": lambda f: f"A message did not leave: {f['why']}.",
    "in_doubt": lambda _: "Nobody knows whether a message left; it is held.",
    "status": lambda f: f"The provider reports: {f['status']}.",
    "unplaced": lambda f: f"Several questions could have meant it, and none got it: {f['why']}.",
    "late": lambda f: f"{f['flow']}: it answers {f['step']}, which had closed.",
    "recalled": lambda f: f"What had not left was taken back by {f['by']}.",
    "tier": lambda f: f"Their cap is {f['now']} now, before it was {f['was']} ({f['by']}).",
    "heard": lambda f: f"{f['flow']} heard the event {f['event']} and left {f['left']}.",
    "dropped": lambda f: f"A text that waited is not needed any more{_dropped_for(f)}.",
    "rerouted": lambda f: f"{f['by']} carries what is said on {f['channel']}.",
    "privacy": lambda f: f"The privacy word was answered: {', '.join(f['kinds'])}.",
    "handed_over": lambda f: f"{f['flow']}: a person takes over ({f['to']}).",
    "merged": lambda f: f"Two numbers are one contact: {f.get('into') or f.get('of')}.",
    "part": lambda f: f"A part of a long text waits for the others: {f['come']} of {f['of']}.",
    "joined": lambda f: f"{f['parts']} parts became one text.",
    "decided": lambda f: f"{f['by']} has decided: {f['choice']}.",
}


def _dropped_for(facts: Mapping[str, Any]) -> str:
    because = facts.get("why") or facts.get("event")
    return f": {because}" if because else ""
