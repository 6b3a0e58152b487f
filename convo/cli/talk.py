"""The keyboard of `convo chat`: what is typed there happens, and the screen tells of it."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from convo.cli.screen import Manner, Screen
from convo.cli.telling import given, state_lines
from convo.errors import BadAddress, ConvoError
from convo.language.chats import (
    Asking,
    Deed,
    From,
    OnChannel,
    Passing,
    Speaking,
    Written,
    read_pictures,
)
from convo.language.durations import duration_words, read_duration
from convo.language.text_problems import TextProblem
from convo.ledger.why import why
from convo.policy.numbering import read_number
from convo.rehearsal.conversing import Conversation, Exchange, may_be_called, write_chat
from convo.rehearsal.virtual import OpenErrand
from convo.routing.playbook import Playbook
from convo.settings import Settings
from convo.wiring.rehearsing import EVERYTHING, TESTED, rehearse

COMMANDS: Mapping[str, str] = {
    "/start [FLOW]": "begin a flow without a word, as your own system would",
    "/picture LINK": "send a picture that is there",
    "/wait [10m]": "let time pass, or until something happens by itself",
    "/as NUMBER": "be somebody else: /as +8613800138000",
    "/lang zh": "be known to speak it",
    "/channel NAME": "write to another of our numbers",
    "/why": "why it was answered so",
    "/state": "what is known of you",
    "/save NAME": "write flows/tests/NAME.chat, which `convo test` then holds",
    "/restart": "read the files anew and begin again",
    "/words": "every word that starts something",
    "/help": "this",
    "/quit": "end; so does Ctrl-D",
}
TRIED = 8
"""Words that are offered at the start."""

Loaded = tuple[Playbook, str]


class Hangup(Exception):
    """They have had enough."""


class Talk:
    """`hold` it until the lines end."""

    def __init__(
        self,
        *,
        load: Callable[[], Loaded],
        settings: Settings,
        flow: str | None,
        start: datetime,
        pretends: bool,
        tells: Manner,
    ) -> None:
        self._load = load
        self._settings = settings
        self._flow = flow
        self._start = start
        self._real = TESTED if pretends else EVERYTHING
        self._screen = Screen(tells, types_answers=pretends)
        self._lines: Iterator[str] | None = None
        self._prompts: Any = None
        self._stack = AsyncExitStack()
        self._conversation: Conversation
        self._commands: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "/start": self._begin_flow,
            "/picture": self._picture,
            "/wait": self._wait,
            "/as": self._be,
            "/lang": self._speak,
            "/channel": self._change_channel,
            "/why": self._tell_why,
            "/state": self._tell_state,
            "/save": self._save,
            "/restart": self._restart,
            "/words": self._tell_words,
            "/help": self._help,
            "/quit": self._quit,
        }

    async def hold(self, lines: Iterator[str] | None) -> bool:
        """Talk until it ends; whether something went wrong on the way."""
        self._lines = lines if lines is not None else self._piped()
        playbook, note = self._load()
        async with self._stack:
            await self._begin(playbook)
            if self._screen.for_people:
                self._welcome(playbook, note)
            elif note:
                click.echo(note, err=True)
            try:
                while (line := await self._next()) is not None:
                    await self._take(line)
            except (Hangup, EOFError, KeyboardInterrupt):
                pass
            if self._screen.for_people:
                click.secho("Bye.", dim=True)
        self._screen.close()
        # At the keyboard a slip of the hand is no failure.
        return self._screen.failed and not self._screen.for_people

    async def _begin(self, playbook: Playbook) -> None:
        await self._stack.aclose()
        rehearsal = await self._stack.enter_async_context(
            rehearse(
                playbook,
                start=int(self._start.timestamp() * 1_000),
                real=self._real,
                secret=self._settings.own_systems_secret,
                tell=lambda words: click.secho(words.rstrip(), fg="yellow", err=True),
            )
        )
        self._conversation = Conversation(rehearsal, self._asked)

    # --- lines in -----------------------------------------------------------------------------

    def _piped(self) -> Iterator[str] | None:
        return None if self._screen.for_people else (line.rstrip("\n") for line in sys.stdin)

    async def _next(self) -> str | None:
        if self._lines is not None:
            return next(self._lines, None)
        clock = click.style(f"{self._conversation.now:%a %H:%M}", dim=True)
        return await self._prompt(f"{clock} {click.style('> ', fg='green', bold=True)}")

    async def _prompt(self, words: str) -> str:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.formatted_text import ANSI
        from prompt_toolkit.history import InMemoryHistory

        if self._prompts is None:
            self._prompts = PromptSession[str](history=InMemoryHistory())
        return await self._prompts.prompt_async(ANSI(words))

    async def _asked(self, errand: OpenErrand) -> str:
        """What an errand answers; the next line, where lines are given."""
        if self._lines is not None:
            return next(self._lines, "")
        click.secho(f"  {errand.name} is asked for{given(errand)}", fg="yellow")
        click.secho('  Enter is ok; a text, JSON like {"visit": 7}, or failed: why', dim=True)
        return await self._prompt(click.style(f"  {errand.name} -> ", fg="yellow"))

    async def _take(self, line: str) -> None:
        command, _, rest = line.strip().partition(" ")
        try:
            if not line.strip():
                return
            if not command.startswith("/"):
                await self._happen(Written(text=line.strip()))
            elif (obey := self._commands.get(command)) is not None:
                await obey(rest.strip())
            else:
                self._screen.complain(f"There is no {command}. /help shows what there is.")
        except (ConvoError, TextProblem) as error:
            self._screen.complain(str(error))

    async def _happen(self, deed: Deed) -> None:
        self._tell(await self._conversation.happen(deed))

    async def _quietly(self, deed: Deed, note: str) -> None:
        """Something of which nothing comes by itself."""
        exchange = await self._conversation.happen(deed)
        if self._screen.for_people:
            self._screen.note(note)
        else:
            self._tell(exchange)

    # --- commands -----------------------------------------------------------------------------

    async def _begin_flow(self, rest: str) -> None:
        name = rest or self._flow
        if name is None:
            flows = ", ".join(self._conversation.rehearsal.playbook.flows)
            self._screen.complain(f"Say which: /start NAME, of {flows}.")
            return
        await self._happen(Asking(name=name))

    async def _picture(self, rest: str) -> None:
        try:
            pictures = read_pictures(rest)
        except ValueError as error:
            self._screen.complain(str(error))
            return
        await self._happen(pictures)

    async def _wait(self, rest: str) -> None:
        length = read_duration(rest) if rest else self._conversation.rehearsal.next_due()
        if length is None:
            self._screen.complain(
                "Nothing will happen by itself. /wait 1d lets a day pass all the same."
            )
            return
        exchange = await self._conversation.happen(Passing(length=length))
        now = f"{self._conversation.now:%a %d %b, %H:%M}"
        self._screen.note(f"{duration_words(length)} later: {now}")
        self._tell(exchange)

    async def _be(self, rest: str) -> None:
        try:
            phone = read_number(rest, self._settings.business.country)
        except BadAddress as error:
            self._screen.complain(
                f"That is no number to text from. {error} Like /as +8613800138000"
            )
            return
        await self._quietly(From(phone=phone), f"You text from {phone.e164} now.")

    async def _speak(self, rest: str) -> None:
        await self._quietly(Speaking(language=rest), f"You are known to speak {rest} now.")

    async def _change_channel(self, rest: str) -> None:
        await self._quietly(OnChannel(name=rest), f"You text to {rest} now.")

    async def _tell_why(self, _rest: str) -> None:
        zone = ZoneInfo(self._settings.business.zone)
        lines = list(why(self._conversation.records, zone))
        for line in lines or ["Nothing has happened yet."]:
            self._screen.answer(line, "  ", dim=True)

    async def _tell_state(self, _rest: str) -> None:
        rehearsal = self._conversation.rehearsal
        lines = list(
            state_lines(await rehearsal.state(), rehearsal.playbook, self._conversation.now)
        )
        due = rehearsal.next_due()
        if due is not None:
            lines.append(("next", f"something happens in {duration_words(due)}"))
        for about, words in lines:
            self._screen.answer(words, f"  {about:<11}", dim=True)

    async def _save(self, rest: str) -> None:
        name, _, title = rest.partition(" ")
        if not may_be_called(name):
            self._screen.complain("Name it with letters and digits: /save booking a visit is moved")
            return
        if not self._conversation.worth_saving:
            self._screen.complain("Nothing has happened yet that could be saved.")
            return
        file = self._settings.flows / "tests" / f"{name}.chat"
        new = write_chat(file, self._conversation.chat(title.strip() or name), add=True)
        shown = file.relative_to(self._settings.file.parent).as_posix()
        how = "Saved as" if new else "Added to"
        self._screen.answer(f"{how} {shown}. `convo test` holds it from now on.", fg="green")

    async def _restart(self, _rest: str) -> None:
        from convo.cli.problems import show
        from convo.errors import FlowErrors

        try:
            playbook, note = self._load()
        except FlowErrors as errors:
            show(errors.problems)
            self._screen.complain(
                "The files have mistakes, so the conversation goes on with the old ones."
            )
            return
        await self._begin(playbook)
        self._screen.answer(f"Begun again. {note}".rstrip(), fg="green")

    async def _tell_words(self, _rest: str) -> None:
        self._screen.answer("   ".join(self._words()) or "It has no start word yet.")

    async def _help(self, _rest: str) -> None:
        for name, about in COMMANDS.items():
            self._screen.answer(about, f"  {name:<15} ")

    async def _quit(self, _rest: str) -> None:
        raise Hangup

    # --- telling ------------------------------------------------------------------------------

    def _tell(self, exchange: Exchange) -> None:
        self._screen.tell(exchange, self._conversation.rehearsal.phone)

    def _welcome(self, playbook: Playbook, note: str) -> None:
        name = click.style(self._settings.business.name, bold=True)
        about = f"{self._flow} of {name}" if self._flow else name
        click.echo(f"\nYou talk to {about}. Nothing is sent, and time waits for you.")
        if note:
            click.secho(note, fg="yellow")
        words = [click.style(word, fg="green") for word in self._words()[:TRIED]]
        if words:
            click.echo(f"\n  Text:  {'   '.join(words)}")
        if self._flow in playbook.flows:
            click.echo(f"  {'Or:' if words else 'Begin:'}{'    ' if words else ' '}/start")
        click.echo(
            "\n/wait 10m lets time pass, /save NAME makes it a test, /help shows the rest.\n"
        )

    def _words(self) -> Sequence[str]:
        """Words of the flow that is talked to; else of everything."""
        playbook = self._conversation.rehearsal.playbook
        if self._flow is not None and self._flow in playbook.flows:
            return playbook.flows[self._flow].words
        return playbook.words_to_try()
