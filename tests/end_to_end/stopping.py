"""Every place of every example flow where a contact can stand, reached by the flows' own chats."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from convo.core.contacts import ContactState
from convo.core.events import Inbound
from convo.language.chat_reading import read_chats
from convo.language.chats import Chat, Deed, Pretended
from convo.ports import Arrival, HttpAnswer, Parsed
from convo.rehearsal.chat_run import START, happen, local_ms
from convo.rehearsal.rehearsal import Rehearsal
from convo.routing.playbook import Playbook
from convo.steps.branch import Branch as BranchStep
from convo.steps.consent import Consent as ConsentStep
from convo.steps.end import End
from convo.steps.limit import Limit
from convo.steps.run import Run
from convo.steps.say import Say
from convo.steps.set import Set
from convo.steps.split import Split
from convo.steps.step import Step
from convo.wiring.authored import authored, settings_in
from convo.wiring.rehearsing import rehearse

ROOT = Path(__file__).parents[2]

#: Flow and step of every frame, the outermost first; then what else is special about it.
Place = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a place is reached: so many moves of this chat."""

    chat: Chat
    moves: int


def example() -> Playbook:
    """The example business's."""
    return authored(settings_in(ROOT)).playbook


def confirmed_by(playbook: Playbook, who: Literal["us", "provider"]) -> Playbook:
    """The same business, with another's word on a STOP."""
    channels = {
        name: replace(channel, optout_reply=who)
        for name, channel in playbook.business.channels.items()
    }
    return replace(playbook, business=replace(playbook.business, channels=channels))


def chats() -> Sequence[Chat]:
    files = sorted((ROOT / "flows" / "tests").glob("*.chat"))
    return [chat for file in files for chat in read_chats(file.read_text("utf-8"), file.name)]


def moves(chat: Chat) -> Sequence[Deed | Pretended]:
    """What happens in a chat, one by one."""
    return [
        move
        for moment in chat.moments
        for move in (moment.deed, *moment.pretended)
        if move is not None
    ]


@asynccontextmanager
async def arrived(playbook: Playbook, way: Way) -> AsyncGenerator[Rehearsal]:
    """A rehearsal in which the contact has come so far."""
    async with _begun(playbook, way.chat) as rehearsal:
        for move in moves(way.chat)[: way.moves]:
            await _make(rehearsal, move)
        rehearsal.said()
        yield rehearsal


async def ways(playbook: Playbook) -> Mapping[Place, Way]:
    """The first way to each place."""
    found: dict[Place, Way] = {}
    for chat in chats():
        async with _begun(playbook, chat) as rehearsal:
            for n, move in enumerate(moves(chat), start=1):
                await _make(rehearsal, move)
                place = standing(await rehearsal.state())
                found.setdefault(place, Way(chat=chat, moves=n))
    return found


@asynccontextmanager
async def _begun(playbook: Playbook, chat: Chat) -> AsyncGenerator[Rehearsal]:
    async with rehearse(playbook, start=local_ms(START, playbook.business.zone)) as rehearsal:
        # Also what the example could do by itself waits where a chat says what it answers.
        rehearsal.pretended = frozenset(
            rehearsal.keyword_named(each.name)
            for each in moves(chat)
            if isinstance(each, Pretended)
        )
        yield rehearsal


async def _make(rehearsal: Rehearsal, move: Deed | Pretended) -> None:
    if isinstance(move, Pretended):
        await rehearsal.pretend(move.name, move.value, move.failure)
    else:
        await happen(rehearsal, move)


def standing(state: ContactState) -> Place:
    """Where the contact stands, told so that two places that differ are told apart."""
    return (
        *(
            tuple((frame.flow, frame.step) for frame in session.frames)
            + ((("held", ""),) if session.held else ())
            + ((("tries", ""),) if session.frame.tries else ())
            for session in state.sessions
        ),
        ((("postponed", ""),) if state.postponed else ())
        + ((("asked", ""),) if state.asked else ()),
    )


def steps_to_stand_at(playbook: Playbook) -> set[tuple[str, str]]:
    """Flow and step of every step of the examples at which a session can be found."""
    return {
        (flow.name, name)
        for flow in playbook.flows.values()
        for name, step in flow.steps.items()
        if _stands(step, playbook)
    }


def _stands(step: Step, playbook: Playbook) -> bool:
    """Whether a session can be here when a text comes."""
    match step:
        case Run():
            inner = playbook.flows[step.run]
            return any(_stands(each, playbook) for each in inner.steps.values())
        case Say() | Set() | BranchStep() | Split() | End():
            return False
        case Limit():
            return step.limit.first is not None
        case ConsentStep():
            return step.confirm is not None
        case _:
            return True


def steps_in(places: Sequence[Place]) -> set[tuple[str, str]]:
    return {frame for place in places for session in place for frame in session}


async def accepted_only(rehearsal: Rehearsal, text: str) -> ContactState:
    """Keep the text as a webhook does, and read the contact before any turn is taken."""
    arrival = Arrival(
        event=Inbound(channel=rehearsal.channel, contact=rehearsal.phone, text=text),
        dedupe="",
    )
    # Nothing here waits, so that the owner, who shares the loop, cannot have run.
    await rehearsal._loops.intake.accept(
        rehearsal.channel, Parsed(arrivals=(arrival,), answer=HttpAnswer())
    )
    return await rehearsal.state()


async def rested(rehearsal: Rehearsal) -> None:
    """Let the owner run until nothing stirs."""
    await rehearsal._loops.rest()
