"""The loops of a rehearsal: put together as a process has them, and watched until they rest."""

import asyncio
from dataclasses import replace

from convo.errors import ConvoError
from convo.rehearsal.attended_store import AttendedStore
from convo.rehearsal.virtual import Outbox, VirtualClock
from convo.routing.playbook import Playbook
from convo.runtime.allowance import Allowance
from convo.runtime.calls import Calls
from convo.runtime.errands import Errands, Handlers
from convo.runtime.hands import Hands
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.runtime.mind import Mind
from convo.runtime.own_limits import OwnLimits
from convo.runtime.owner import Owner
from convo.runtime.patience import Patience
from convo.runtime.resolver import Resolver
from convo.runtime.results import Results
from convo.runtime.sender import Sender
from convo.runtime.shelf import Shelf
from convo.runtime.suspects import Suspects
from convo.runtime.valve import Valve

CALM_ROUNDS = 4
"""Rounds of the event loop in which nothing may stir until we believe that all is at rest."""

PATIENCE = 10.0
"""Seconds of the machine's time after which loops that never rest are a fault of ours."""

WHILE_ERRANDS_RUN = 0.001
"""Seconds between two looks while something is run for real."""


class NeverAtRest(ConvoError):
    """The loops went on and on although there was nothing to do."""


class RehearsedLoops:
    """Running from the moment it is made until `end`."""

    def __init__(
        self,
        *,
        playbook: Playbook,
        mind: Mind[Playbook],
        store: AttendedStore,
        outbox: Outbox,
        clock: VirtualClock,
        own_systems: Calls,
    ) -> None:
        business = playbook.business
        instruments = Instruments(clock=clock, sleep=_sleep, metrics=Metrics())
        self._store = store
        self.results = results = Results()
        self.intake = Intake(store=store, business=business, instruments=instruments)
        resolver = Resolver(
            providers=dict.fromkeys(business.channels, outbox),
            store=store,
            results=results,
            instruments=instruments,
        )
        self._sender = Sender(
            valves={
                # Without its rate and order: how far apart two texts leave is no part of a
                # conversation.
                name: Valve(
                    replace(channel, limit=None, shared_limits=(), order="sent"),
                    outbox,
                    lambda id: f"rehearsal:{id}",
                    metrics=instruments.metrics,
                )
                for name, channel in business.channels.items()
            },
            allowance=Allowance(OwnLimits(clock)),
            intake=self.intake,
            resolver=resolver,
            results=results,
            instruments=instruments,
        )
        suspects = Suspects(partition=0, store=store, alone=asyncio.Lock(), sleep=_sleep)
        self._errands = Errands(
            store=store,
            intake=self.intake,
            handlers=Handlers(
                actions=playbook.actions,
                keywords=playbook.keywords,
                language=business.languages[0],
                events_url=business.events_url,
                code_pools=business.code_pools,
            ),
            own_systems=own_systems,
            results=results,
            suspects=suspects,
            instruments=instruments,
        )
        self._shelf = Shelf[Playbook](
            playbook, mind=mind, store=store, patience=Patience("rehearsal", _sleep)
        )
        self._owner = Owner[Playbook](
            name="rehearsal",
            partition=0,
            shelf=self._shelf,
            mind=mind,
            store=store,
            hands=Hands(
                results=results,
                resolver=resolver,
                sender=self._sender,
                errands=self._errands,
                suspects=suspects,
            ),
            instruments=instruments,
        )
        self._loop = asyncio.create_task(self._run())

    async def _run(self) -> None:
        await self._shelf.keep()
        await self._owner.run()

    async def rest(self) -> None:
        """Until nothing stirs: no turn, no message and no real errand is under way."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        calm, pulse = 0, -1
        while calm < CALM_ROUNDS:
            await asyncio.sleep(0)
            if self._loop.done():
                await self._loop
                raise NeverAtRest("The owner has ended in the middle of the rehearsal.")
            still = (
                self._store.at_rest
                and self._store.pulse == pulse
                and self.results.empty
                and len(self._sender) == 0
                and len(self._errands) == 0
            )
            calm, pulse = calm + 1 if still else 0, self._store.pulse
            if len(self._errands):
                # What is run for real takes the machine's time; its own limit ends it.
                await asyncio.sleep(WHILE_ERRANDS_RUN)
                until = loop.time() + PATIENCE
            elif loop.time() > until:
                raise NeverAtRest(f"The loops did not come to rest within {PATIENCE:g} seconds.")

    async def end(self) -> None:
        """Commit what there is and give the partition back."""
        await self._owner.wind_down()
        await self._errands.drain(0)
        self._owner.finish()
        await self._loop


async def _sleep(seconds: float) -> None:
    """Nobody waits by the machine's clock here."""
    del seconds
    await asyncio.sleep(0)
