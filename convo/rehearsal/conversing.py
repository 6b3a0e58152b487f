"""A conversation at the keyboard: what is done, what comes of it, and the chat that tells it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from convo.core.record_codec import Recorded
from convo.language.chats import (
    Deed,
    From,
    Now,
    OnChannel,
    Speaking,
    answer_words,
    deed_line,
    read_answer,
    said_lines,
)
from convo.rehearsal.chat_run import happen
from convo.rehearsal.rehearsal import Rehearsal
from convo.rehearsal.virtual import OpenErrand, Said

#: Asks a person what an errand answers; what is typed is read as in a chat file.
AskAnswer = Callable[[OpenErrand], Awaitable[str]]

PRETENDED_WHEN_EMPTY = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One deed and everything that came of it."""

    #: The lines of a chat file that tell the deed and what was answered to errands.
    lines: tuple[str, ...] = field(repr=False)
    said: tuple[Said, ...]
    #: What errands answered, one line each.
    errands: tuple[str, ...] = field(repr=False)
    where: tuple[tuple[str, str], ...]
    #: (flow, outcome) of what has ended meanwhile.
    ended: tuple[tuple[str, str], ...]
    #: Why turns failed, if any did.
    parked: tuple[str, ...] = field(repr=False)


class Conversation:
    """Drives a rehearsal and remembers it line by line."""

    def __init__(self, rehearsal: Rehearsal, ask: AskAnswer) -> None:
        self.rehearsal = rehearsal
        self._ask = ask
        self._lines = [deed_line(Now(at=self.now.replace(tzinfo=None)))]
        self._standing: tuple[str, ...] = ()
        self._happened = False
        #: What was recorded since the last deed: what `/why` tells.
        self.records: Sequence[Recorded] = ()

    @property
    def now(self) -> datetime:
        """By the business's clock."""
        zone = ZoneInfo(self.rehearsal.playbook.business.zone)
        return datetime.fromtimestamp(self.rehearsal.clock.now / 1_000, zone)

    async def happen(self, deed: Deed) -> Exchange:
        """Do it, and see what comes of it. Raises `ConvoError` for what cannot be."""
        rehearsal = self.rehearsal
        await happen(rehearsal, deed)
        while waiting := rehearsal.open_errands():
            answer = (await self._ask(waiting[0])).strip() or PRETENDED_WHEN_EMPTY
            value, failure = read_answer(answer)
            await rehearsal.pretend(waiting[0].name, value, failure)
        answered = [
            f"{each.name} -> {answer_words(each.value, each.failure)}"
            for each in rehearsal.answers()
            # A keyword answers a test for itself, and a place is taken there as here.
            if each.kind in ("action", "http")
        ]
        said = tuple(rehearsal.said())
        self.records = await rehearsal.records()
        ended = tuple(
            (record.facts["flow"], record.facts["outcome"])
            for recorded in self.records
            for record in recorded.records
            if record.kind == "ended"
        )
        lines = (deed_line(deed), *(f"! {each}" for each in answered))
        where = tuple(await rehearsal.where())
        self._remember(deed, lines, said, where, ended)
        return Exchange(
            lines=lines,
            said=said,
            errands=tuple(answered),
            where=where,
            ended=ended,
            parked=tuple(rehearsal.parked()),
        )

    def _remember(
        self,
        deed: Deed,
        lines: Sequence[str],
        said: Sequence[Said],
        where: Sequence[tuple[str, str]],
        ended: Sequence[tuple[str, str]],
    ) -> None:
        self._lines += lines
        self._lines += said_lines([each.text for each in said])
        self._happened = self._happened or not isinstance(deed, From | OnChannel | Speaking)
        standing = [f"= {flow}: waiting at {step}" for flow, step in where]
        open_ = {flow for flow, _ in where}
        last = dict(ended)
        standing += [
            f"= {flow}: ended {outcome}" for flow, outcome in last.items() if flow not in open_
        ]
        self._standing = tuple(standing) or (() if where else ("= nothing",))

    def chat(self, title: str) -> str:
        """All of it as a chat file has it."""
        return "\n".join([f"# {title}", *self._lines, *self._standing]) + "\n"

    @property
    def worth_saving(self) -> bool:
        """Whether anything has happened yet."""
        return self._happened


def may_be_called(name: str) -> bool:
    """Whether a chat file may have this name: letters, digits, `_` and `-`."""
    return name.replace("-", "_").isidentifier()


def write_chat(file: Path, chat: str, *, add: bool) -> bool:
    """Write a chat of its own, or behind those that the file has; whether the file is new.

    Raises `FileExistsError` where there is one to which it is not to be added, and `OSError`.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    with file.open("a" if add else "x", encoding="utf-8") as chats:
        chats.write(chat if new else f"\n{chat}")
    return new
