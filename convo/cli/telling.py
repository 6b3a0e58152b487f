"""What a rehearsal shows of itself, in words: bubbles, records, and the contact's state."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from convo.cli.counting import counted
from convo.core.contacts import EVERYTHING, ContactState
from convo.language.scope import Scope
from convo.ledger.kept_values import kept_words, short
from convo.policy.frequency_cap import placed
from convo.rehearsal.virtual import OpenErrand, Said
from convo.routing.playbook import Playbook

BAR = "┃"
NARROWEST = 20
"""Cells that a column has at least, however narrow the terminal is."""

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
        words.append(f"{name} {value if isinstance(value, str) else short(value)}")
    return f" with {', '.join(words)}" if words else ""


def _is_kept_with_kind(raw: object) -> bool:
    return isinstance(raw, dict) and set(cast(Any, raw)) == {"kind", "value"}


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
        yield "field", f"{name} = {kept_words(business.contact_fields.get(name), value, scope)}"
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
                yield (
                    "answer",
                    f"{'  ' * depth}{name} = {kept_words(kinds.get(name), value, scope)}",
                )
    for later in state.postponed:
        yield "postponed", short(later.say.text)
    for put in state.beside:
        yield "later", f"{put.flow}: put off at {put.step}"
    for asked in state.asked:
        yield "asked for", f"{asked.flow}, when the open question is answered"


def standing(where: Sequence[tuple[str, str]], ended: Sequence[tuple[str, str]]) -> str:
    """Where the sessions stand, and what has just ended."""
    open_ = {flow for flow, _ in where}
    words = [f"{flow}: waiting at {step}" for flow, step in where]
    words += [
        f"{flow}: ended {outcome}" for flow, outcome in dict(ended).items() if flow not in open_
    ]
    return " · ".join(words)
