"""What a rehearsal shows of itself, in words: bubbles, records, and the contact's state."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from convo.cli.counting import counted
from convo.core.contacts import EVERYTHING, ContactState
from convo.core.record_codec import Recorded
from convo.errors import RenderError
from convo.language.localising import shown
from convo.language.scope import Scope
from convo.language.values import restored
from convo.policy.frequency_cap import placed
from convo.policy.gate import RULES
from convo.rehearsal.virtual import OpenErrand, Said
from convo.routing.playbook import Playbook

BAR = "┃"
NARROWEST = 20
"""Cells that a column has at least, however narrow the terminal is."""

LEVELS: Mapping[int, str] = {
    1: "it is a word of the law",
    2: "it is an anytime word",
    3: "it is for the open question",
    4: "it is a start word",
    5: "nobody knows it: the fallback answers",
}

PLACED: Mapping[str, str] = {
    "usual": "as everybody",
    "field": "by their field",
    "chosen": "as they have chosen",
    "answered": "for they write back",
    "unanswered": "for they do not write back",
    "complaint": "for they have complained",
}


def bubble(said: Said, width: int, mine: bool) -> Iterator[str]:
    """A message as it stands on the phone, then what it costs."""
    bar = click.style(BAR, fg="cyan")
    for line in said.text.split("\n"):
        for piece in wrapped(line, max(NARROWEST, width - 4)):
            yield f"  {bar} {click.style(piece, fg='cyan')}".rstrip()
    yield "    " + click.style(cost(said, mine), dim=True)


def cost(said: Said, mine: bool) -> str:
    """`2 parts, UCS-2`: what a message costs, and whose it is when it is not ours to read."""
    whose = "" if mine else f" · to {said.to.e164}"
    return f"{counted(said.parts.count, 'part')}, {said.parts.encoding}{whose}"


def wrapped(text: str, width: int) -> Iterator[str]:
    """Lines that fit: broken at blanks, and between Chinese characters, which take two cells."""
    line, used, blank = "", 0, -1
    for letter in text:
        cells = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if used + cells > width and line:
            whole, line = (line[:blank], line[blank + 1 :]) if blank > 0 else (line, "")
            yield whole
            used, blank = sum(_cells(line)), -1
        if letter == " ":
            blank = len(line)
        elif cells == 2:
            blank = -1  # a break is free here, so no blank before it is needed
        line += letter
        used += cells
    yield line


def beside(label: str, words: str, width: int) -> Iterator[str]:
    """The words in a column of their own behind the label, as many lines as they need."""
    for whole in words.split("\n"):
        for line in wrapped(whole, max(NARROWEST, width - len(label))):
            yield label + line
            label = " " * len(label)


def _cells(text: str) -> Iterator[int]:
    for letter in text:
        yield 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def given(errand: OpenErrand) -> str:
    """What it is called with: " with service haircut, at 2026-11-23T15:00:00"."""
    words: list[str] = []
    for name, raw in errand.arguments.items():
        # Times and the like are kept with their kind.
        value: object = raw["value"] if _is_kept_with_kind(raw) else raw
        words.append(f"{name} {value if isinstance(value, str) else _short(value)}")
    return f" with {', '.join(words)}" if words else ""


def _is_kept_with_kind(raw: object) -> bool:
    return isinstance(raw, dict) and set(cast(Any, raw)) == {"kind", "value"}


# --- why ----------------------------------------------------------------------------------------


def why(recorded: Iterable[Recorded], zone: ZoneInfo) -> Iterator[str]:
    """The records of turns, each in a sentence."""
    for turn in recorded:
        at = datetime.fromtimestamp(turn.at / 1_000, zone)
        for record in turn.records:
            tell = _TOLD.get(record.kind)
            words = tell(record.facts) if tell else None
            if words is None:
                words = f"{record.kind}: {json.dumps(dict(record.facts), ensure_ascii=False)}"
            if words:
                yield f"{at:%H:%M:%S}  {words}"


def why_nothing(recorded: Recorded) -> Iterator[str]:
    """Why a turn says nothing, or not yet; nothing for all that went its way."""
    for record in recorded.records:
        if record.kind in _KEPT_QUIET and (words := _TOLD[record.kind](record.facts)):
            yield words


def _inbound(facts: Mapping[str, Any]) -> str:
    return f'They wrote "{facts["text"]}" on {facts["channel"]}.'


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
        f" `{condition}` {'holds' if held else 'does not hold'};"
        for condition, held in facts.get("tried") or ()
    ).rstrip(";")
    because = f" For{tried}." if tried else ""
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


#: Every kind of record in words; an empty text is not worth a line here.
_TOLD: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "inbound": _inbound,
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
    "parked": lambda f: f"The turn failed and changed nothing: {f['error']}.",
    "sent": lambda _: "",
    "unsent": lambda f: f"A message did not leave: {f['why']}.",
    "in_doubt": lambda _: "Nobody knows whether a message left; it is held.",
    "status": lambda f: f"The provider reports: {f['status']}.",
}


_TIMES = frozenset({"date", "time", "datetime"})
_KEPT_QUIET = frozenset({"refused", "postponed", "held", "ignored", "parked"})

# --- state --------------------------------------------------------------------------------------


def state_lines(
    state: ContactState, playbook: Playbook, now: datetime
) -> Iterator[tuple[str, str]]:
    """What is known of the contact, a line each: what it is about, and what it is."""
    business = playbook.business
    language, zone = state.language or business.languages[0], ZoneInfo(business.zone)
    scope = Scope(names={}, language=language, zone=zone, now=now)
    yield "number", state.number.e164
    yield "language", state.language or "not known yet"
    for name, value in state.fields.items():
        yield "field", f"{name} = {_kept(business.contact_fields.get(name), value, scope)}"
    if state.tags:
        yield "tags", " ".join(state.tags)
    if business.caps is not None:
        found = placed(business.caps, state)
        yield "cap", f"{found.tier}: {business.caps.tiers[found.tier].written}, {PLACED[found.by]}"
    for programme, consent in state.consents.items():
        to = "everything" if programme == EVERYTHING else programme
        yield "consent", f"{to}: {consent.state}"
    if not state.sessions:
        yield "session", "none"
    for session in state.sessions:
        for depth, frame in enumerate(session.frames):
            yield "session", f"{'  ' * depth}{frame.flow}: waiting at {frame.step}"
            flow = playbook.flows.get(frame.flow)
            kinds: Mapping[str, str] = flow.answers if flow is not None else {}
            for name, value in frame.answers.items():
                yield "answer", f"{'  ' * depth}{name} = {_kept(kinds.get(name), value, scope)}"
    for later in state.postponed:
        yield "postponed", _short(later.say.text)
    for put in state.beside:
        yield "later", f"{put.flow}: put off at {put.step}"
    for asked in state.asked:
        yield "asked for", f"{asked.flow}, when the open question is answered"


def _kept(kind: str | None, value: object, scope: Scope) -> str:
    """What is kept, a time as texts show it."""
    if kind not in _TIMES or value is None:
        return _short(value)
    try:
        return shown(restored(kind, value, scope.zone), scope)
    except RenderError:
        return _short(value)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def standing(where: Sequence[tuple[str, str]], ended: Sequence[tuple[str, str]]) -> str:
    """Where the sessions stand, and what has just ended."""
    open_ = {flow for flow, _ in where}
    words = [f"{flow}: waiting at {step}" for flow, step in where]
    words += [
        f"{flow}: ended {outcome}" for flow, outcome in dict(ended).items() if flow not in open_
    ]
    return " · ".join(words)
