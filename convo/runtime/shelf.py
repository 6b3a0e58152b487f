"""The playbook in force, and beside it the older versions of flows that sessions still walk."""

import logging
from collections.abc import Collection
from typing import Generic

from convo.errors import ConvoError
from convo.ports import Store
from convo.runtime.mind import Mind, P
from convo.runtime.patience import Patience

log = logging.getLogger("convo.owner")


class Shelf(Generic[P]):
    """One a process; every owner in it takes its playbook from here, turn by turn."""

    def __init__(self, playbook: P, *, mind: Mind[P], store: Store, patience: Patience) -> None:
        self.playbook = playbook
        self._mind = mind
        self._store = store
        self._patience = patience
        self._lost: set[str] = set()

    async def keep(self) -> None:
        """Have the store keep every version of the playbook: a session may begin with any."""
        await self.renew(self.playbook)

    async def renew(self, playbook: P) -> None:
        """Put another playbook in force; its versions are kept before anybody begins with one."""
        for version, source in self._mind.sources(playbook).items():
            await self._patience.surely(lambda v=version, s=source: self._store.keep_flow(v, s))
        self.playbook = playbook

    async def fetch(self, versions: Collection[str]) -> None:
        """Put these on the shelf, which sessions began with and the files have no more."""
        for version in set(versions) - self._lost:
            source = await self._patience.surely(lambda v=version: self._store.flow(v))
            if source is None:
                self._lost.add(version)
                log.error("Flow version %s is needed by a session and kept nowhere.", version)
                continue
            try:
                self.playbook = self._mind.with_version(self.playbook, source)
            except ConvoError as error:
                self._lost.add(version)
                log.error("Flow version %s cannot be read any more: %s", version, error)
