"""The sender in an owner's hands, one step at a time: two channels, one the other's backup."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from convo.core.business import Business, Channel
from convo.core.events import Moved
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.ports import Claim, Wants
from tests.runtime.stage import FakeProvider, Stage, business, staged
from tests.stores.contract_desk import Desk, HandSetClock, desk_of

OTHER = Channel(name="other", provider="fake", address=PhoneNumber("+12025550198"))


def with_backup() -> Business:
    base = business(backups=("other",))
    return replace(base, channels={**base.channels, "other": OTHER})


class Bench:
    def __init__(self, stage: Stage, desk: Desk) -> None:
        self.stage = stage
        self.desk = desk

    async def say(self, *messages: Outbound) -> None:
        """Queue these, as a turn does."""
        await self.desk.say(*messages)

    async def step(self) -> Sequence[Claim]:
        """Commit what has ended, claim what may leave, and let it end."""
        stage = self.stage
        room = await stage.sender.room(stage.time.now)
        work = await stage.store.advance(
            self.desk.lease,
            stage.results.take(),
            Wants(messages=room.messages, parts=room.parts, limits=room.limits, via=room.via),
        )
        stage.sender.take(work.claims, room)
        await stage.until(lambda: not len(stage.sender) and not len(stage.resolver))
        return work.claims

    async def passes(self, milliseconds: int) -> Sequence[Claim]:
        """So much time goes by; what may leave then."""
        self.stage.time.now += milliseconds
        return await self.step()

    async def moves(self) -> list[tuple[str, str]]:
        """What the inbox holds of messages that another channel carries now: channel, by which."""
        events = [each.event for each in (await self.desk.look()).events]
        return [(each.channel, each.by) for each in events if isinstance(each, Moved)]


@asynccontextmanager
async def benched(main: FakeProvider, other: FakeProvider) -> AsyncIterator[Bench]:
    async with staged(main, providers={"other": other}, business=with_backup()) as stage:
        yield Bench(stage, await desk_of(stage.store, HandSetClock()))
