"""The loops of a process put together: one holder, and hands for each partition that it gets."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from convo.core.presence import Obstacle
from convo.ports import Callback, Provider, Store
from convo.routing.playbook import Playbook
from convo.runtime.allowance import Allowance
from convo.runtime.calls import Calls
from convo.runtime.errands import Errands, Handlers
from convo.runtime.hands import Hands
from convo.runtime.holder import Holder
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.mind import Mind
from convo.runtime.owner import Owner
from convo.runtime.resolver import Policy, Resolver
from convo.runtime.results import Results
from convo.runtime.sender import Sender
from convo.runtime.shelf import Shelf
from convo.runtime.suspects import Suspects
from convo.runtime.tenure import Tenure
from convo.runtime.valve import Valve
from convo.settings import Doubt
from convo.wiring.authored import Authored

#: What the operator's word for a message in doubt means to the loops.
DOUBTS: Mapping[Doubt, Policy] = {"once": "again", "hold": "held"}


A_WHILE = 1_000
"""Milliseconds: who waits no longer than this is told by nobody."""


def worker_name() -> str:
    """What no other worker is called, here or on another machine."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(3)}"


@dataclass(kw_only=True)
class Outfit:
    """What every tenure of this process is fitted out with; the channels' valves are shared."""

    authored: Authored
    store: Store
    mind: Mind[Playbook]
    shelf: Shelf[Playbook]
    intake: Intake
    providers: Mapping[str, Provider]
    callbacks: Mapping[str, Callback]
    own_systems: Calls
    allowance: Allowance
    instruments: Instruments
    #: By partition: what its last tenure here has not committed yet, its next one does.
    #: Held by whichever suspect is begun.
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    _hands: dict[int, Hands] = field(default_factory=dict[int, Hands])

    def holder(self, name: str, fit: Callable[[], bool]) -> Holder:
        """The holder of the worker called `name`; whether it is `fit` to own anything changes."""

        def tenure(partition: int) -> Tenure:
            if partition not in self._hands:
                self._hands[partition] = self._fresh_hands(partition)
            hands = self._hands[partition]
            owner = Owner[Playbook](
                name=name,
                partition=partition,
                shelf=self.shelf,
                mind=self.mind,
                store=self.store,
                hands=hands,
                instruments=self.instruments,
            )
            return Tenure(owner, hands)

        return Holder(
            name=name,
            store=self.store,
            shelf=self.shelf,
            tenure=tenure,
            sleep=self.instruments.sleep,
            fit=fit,
        )

    def obstacles(self) -> Iterator[Obstacle]:
        """What keeps this process's channels from sending now."""
        now = self.instruments.clock()
        soon = now + A_WHILE
        spent: dict[str, int] = {}
        for name, valve in self._valves.items():
            if valve.shut:
                yield Obstacle(kind="stopped", name=name, until=valve.opens)
            elif valve.opens > soon:
                yield Obstacle(kind="resting", name=name, until=valve.opens)
            free = {each.name: self.allowance.free_at(each) for each in valve.limits(now)}
            spent.update((limit, at) for limit, at in free.items() if at > soon)
        for limit, at in spent.items():
            yield Obstacle(kind="spent", name=limit, until=at)

    @cached_property
    def _valves(self) -> Mapping[str, Valve]:
        channels = self.authored.settings.business.channels
        metrics = self.instruments.metrics
        return {
            name: Valve(
                channels[name],
                provider,
                self.callbacks[name],
                metrics=metrics,
                rules=self.authored.settings.breaker,
            )
            for name, provider in self.providers.items()
        }

    def _fresh_hands(self, partition: int) -> Hands:
        settings, playbook = self.authored.settings, self.authored.playbook
        results = Results()
        resolver = Resolver(
            providers=self.providers,
            store=self.store,
            results=results,
            instruments=self.instruments,
            grace=settings.doubt_grace,
            policy={kind: DOUBTS[doubt] for kind, doubt in settings.doubts.items()},
        )
        sender = Sender(
            valves=self._valves,
            allowance=self.allowance,
            intake=self.intake,
            resolver=resolver,
            results=results,
            instruments=self.instruments,
            within=settings.send_within,
        )
        suspects = Suspects(
            partition=partition,
            store=self.store,
            alone=self._alone,
            sleep=self.instruments.sleep,
        )
        errands = Errands(
            store=self.store,
            intake=self.intake,
            handlers=Handlers(
                actions=playbook.actions,
                keywords=playbook.keywords,
                language=settings.business.languages[0],
                events_url=settings.business.events_url,
                code_pools=settings.business.code_pools,
            ),
            own_systems=self.own_systems,
            results=results,
            suspects=suspects,
            instruments=self.instruments,
        )
        return Hands(
            results=results, resolver=resolver, sender=sender, errands=errands, suspects=suspects
        )
