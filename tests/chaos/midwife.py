"""Whoever asks the nursery for processes, and hears what they have ended with."""

import asyncio
import os
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]


class Midwife:
    """One nursery's; processes work in `folder`, and complain to `log`, or to us."""

    def __init__(self, folder: Path, log: Path | None = None) -> None:
        self._folder = folder
        self._log = log
        self._turn = asyncio.Lock()

    async def open(self, *words: str) -> None:
        """`words` are the nursery's own."""
        complaints: IO[bytes] | None = self._log.open("ab") if self._log else None
        try:
            self._nursery = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.chaos.nursery", *words),
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
            )
        finally:
            if complaints is not None:
                complaints.close()
        await self._heard()

    async def start(self, *words: str) -> int:
        """The number of a process that does `convo WORDS`."""
        return int(await self._asked(f"start {' '.join(words)}"))

    async def ended(self, number: int) -> int:
        """What that process has ended with; waits for its end."""
        return int(await self._asked(f"wait {number}"))

    async def dead(self) -> frozenset[int]:
        """The numbers of those that have ended without being asked to."""
        _, *numbers = (await self._asked("dead")).split()
        return frozenset(map(int, numbers))

    async def close(self) -> None:
        """Whoever is still alive is killed."""
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        await self._nursery.wait()

    async def _asked(self, words: str) -> str:
        # Whoever is cancelled meanwhile leaves no answer behind for the next who asks.
        return await asyncio.shield(asyncio.create_task(self._answer_to(words)))

    async def _answer_to(self, words: str) -> str:
        assert self._nursery.stdin is not None
        async with self._turn:
            self._nursery.stdin.write(f"{words}\n".encode())
            return await self._heard()

    async def _heard(self) -> str:
        assert self._nursery.stdout is not None
        line = (await self._nursery.stdout.readline()).decode().strip()
        if not line:
            raise RuntimeError(f"the nursery has died; {self._log or 'above'} is what it said")
        return line
