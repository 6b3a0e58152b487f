"""The phones of the try-out page: what was written and said on each, as it happens."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from convo.core.business import Channel
from convo.core.parts import parts_of
from convo.ports import Clock

#: What a listener may be behind before it is dropped; a browser that was away loads anew.
MOST_UNHEARD = 1_000

#: A phone and the language it is known to speak; how the network treats it; a text on it, or on
#: its way there; that it has arrived, how far it got, or that its webhook came twice; that a person
#: gave the conversation back; what a turn did; that the contact is a stranger again; what became of
#: changed files; and a journey in time.
Kind = Literal[
    "phone", "mood", "text", "arrived", "status", "twice", "back", "turn", "anew", "flows", "time"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that a page shows. `kind` says what `facts`, in JSON, tell of."""

    kind: Kind
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """A text of ours on its way to a phone."""

    id: str
    number: str
    #: The channel that it leaves by.
    channel: str
    text: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)


class Phones:
    """Everything that is shown, kept for pages that come later, and told to those that listen."""

    def __init__(self, clock: Clock, channels: Mapping[str, Channel]) -> None:
        self._clock = clock
        self._channels = channels
        self._told: list[Happening] = []
        self._on_their_way: set[str] = set()
        self._listeners: set[asyncio.Queue[Happening | None]] = set()

    @property
    def told(self) -> Sequence[Happening]:
        """Everything so far."""
        return self._told

    def wrote(self, id: str, number: str, text: str, media: tuple[str, ...] = ()) -> None:
        """The customer has sent this."""
        facts = {"id": id, "number": number, "mine": True, "text": text, "media": media}
        self.tell("text", {**facts, "at": self._clock()})

    def given_back(self, number: str) -> None:
        """The person who had taken over gives the conversation back."""
        self.tell("back", {"number": number, "at": self._clock()})

    def takes(self, arriving: Arriving) -> None:
        """Ours is on its way, with what it costs; once, however often it is tried."""
        if arriving.id in self._on_their_way:
            return
        self._on_their_way.add(arriving.id)
        parts = parts_of(arriving.text, mms=bool(arriving.media))
        self.tell(
            "text",
            {
                "id": arriving.id,
                "number": arriving.number,
                "mine": False,
                "text": arriving.text,
                "media": arriving.media,
                "at": self._clock(),
                "parts": parts.count,
                "encoding": parts.encoding,
                "price": self._channels[arriving.channel].cost(parts.count, parts.encoding),
            },
        )

    def arrived(self, arriving: Arriving) -> None:
        """Ours can be read on the phone."""
        self.tell("arrived", {"id": arriving.id, "number": arriving.number})

    def travelled(self, ahead: int, *, next: bool) -> int:
        """The clock was moved by `ahead` ms, perhaps to what is next; the time that it is now."""
        now = self._clock()
        self.tell("time", {"at": now, "ahead": ahead, "next": next})
        return now

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
