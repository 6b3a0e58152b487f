"""The phones of the try-out page: what was written and said on each, as it happens."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from convo.core.parts import parts_of
from convo.core.turns import Outbound
from convo.ports import Clock

#: What a listener may be behind before it is dropped; a browser that was away loads anew.
MOST_UNHEARD = 1_000

#: A phone and the language it is known to speak, a text on it, what a turn did, what became of
#: changed files, and a journey in time.
Kind = Literal["phone", "text", "turn", "flows", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that a page shows. `kind` says what `facts`, in JSON, tell of."""

    kind: Kind
    facts: Mapping[str, Any] = field(repr=False)


class Phones:
    """Everything that is shown, kept for pages that come later, and told to those that listen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: list[Happening] = []
        self._listeners: set[asyncio.Queue[Happening | None]] = set()

    @property
    def told(self) -> Sequence[Happening]:
        """Everything so far."""
        return self._told

    def wrote(self, number: str, text: str) -> None:
        """The customer has sent this."""
        self.tell("text", {"number": number, "mine": True, "text": text, "at": self._clock()})

    def travelled(self, ahead: int, *, next: bool) -> int:
        """The clock was moved by `ahead` ms, perhaps to what is next; the time that it is now."""
        now = self._clock()
        self.tell("time", {"at": now, "ahead": ahead, "next": next})
        return now

    async def deliver(self, message: Outbound) -> None:
        """Ours has arrived, with what it costs."""
        parts = parts_of(message.text, mms=bool(message.media))
        self.tell(
            "text",
            {
                "number": message.contact.e164,
                "mine": False,
                "text": message.text,
                "media": message.media,
                "at": self._clock(),
                "parts": parts.count,
                "encoding": parts.encoding,
            },
        )

    def tell(self, kind: Kind, facts: Mapping[str, Any]) -> None:
        """Keep it, and tell everybody who listens."""
        happening = Happening(kind=kind, facts=facts)
        self._told.append(happening)
        for listener in tuple(self._listeners):
            if listener.qsize() >= MOST_UNHEARD:
                self._listeners.discard(listener)
                listener.put_nowait(None)
            else:
                listener.put_nowait(happening)

    def close(self) -> None:
        """Let every listener go: the server stops."""
        for listener in tuple(self._listeners):
            listener.put_nowait(None)

    async def listen(self) -> AsyncIterator[Happening]:
        """All that was told so far, then all that is, as long as the caller keeps up."""
        mine: asyncio.Queue[Happening | None] = asyncio.Queue()
        for happening in self._told:
            mine.put_nowait(happening)
        self._listeners.add(mine)
        try:
            while (happening := await mine.get()) is not None:
                yield happening
        finally:
            self._listeners.discard(mine)
