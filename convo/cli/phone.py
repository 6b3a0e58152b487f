"""The phone prompt of `convo run`: a customer's phone in the terminal, on the real webhook."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import click
import msgspec
from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.patch_stdout import patch_stdout

from convo.cli.counting import counted
from convo.cli.telling import beside
from convo.core.parts import parts_of
from convo.core.turns import Outbound
from convo.errors import BadAddress, SendError
from convo.ledger.why import why_nothing
from convo.policy.numbering import example_number, read_number
from convo.ports import Store
from convo.providers.http import HttpClient
from convo.runtime.clock import now
from convo.runtime.following import recorded
from convo.runtime.tasks import drain
from convo.wiring.authored import Authored

TRIED = 6
"""Words that are offered at the start."""

RECORDS_AGAIN = 0.2
"""Seconds between two looks at the records."""

COMMANDS: Mapping[str, str] = {
    "/as NUMBER": "be somebody else: /as +8613800138000",
    "/number": "who you are",
    "/words": "every word that starts something",
    "/help": "this",
    "/quit": "end; so does Ctrl-D",
}


class Phone:
    """One terminal; `talk` until the customer hangs up, `deliver` what is sent to them."""

    def __init__(
        self,
        authored: Authored,
        channel: str,
        *,
        keys: Input | None = None,
        screen: Output | None = None,
    ) -> None:
        settings = authored.settings
        self._authored = authored
        self._country = settings.business.country
        self._url = settings.local_url + settings.connections[channel].way_in
        self._number = example_number(self._country)
        self._http = HttpClient()
        self._session = PromptSession[str](
            history=InMemoryHistory(), input=keys, output=screen, erase_when_done=False
        )

    async def talk(self, store: Store) -> None:
        """Read lines until Ctrl-D, Ctrl-C or /quit; `store` knows why nothing is said."""
        following = asyncio.create_task(self._tell_why_nothing(store, since=now()))
        with patch_stdout(raw=True):
            for line in self.welcome():
                click.echo(line)
            with suppress(EOFError, KeyboardInterrupt):
                while (line := await self._session.prompt_async(ANSI(self._prompt()))) != "/quit":
                    await self._take(line.strip())
            await drain([following], 0)
            click.echo("Bye. Conversations wait for you: everything is kept.")

    async def _tell_why_nothing(self, store: Store, since: int) -> None:
        """Follow the records of whoever texts here, from `since` (ms) on, without an end."""
        async for turn in recorded(store, RECORDS_AGAIN):
            if turn.at >= since and turn.contact == self._number.e164:
                for words in why_nothing(turn):
                    self._tell(words, "  ", dim=True)

    def _tell(self, words: str, label: str = "", *, dim: bool = False) -> None:
        for line in beside(label, words, shutil.get_terminal_size().columns):
            click.echo(click.style(line, dim=True) if dim else line, color=True)

    async def hang_up(self, talking: asyncio.Task[None]) -> None:
        """End the prompt, if it is still open, and leave the terminal as it was."""
        if not talking.done() and self._session.app.is_running:
            self._session.app.exit(exception=EOFError)
        await talking
        await self._http.close()

    async def deliver(self, message: Outbound) -> None:
        """A text arrives: the whole of it, then its price."""
        mine = message.contact == self._number
        whose = "" if mine else f"to {message.contact.e164}  "
        for line in message.text.splitlines() or [""]:
            click.echo(click.style(f"  {line}", fg="cyan"), color=True)
        parts = parts_of(message.text)
        price = f"  {whose}{counted(parts.count, 'part')}, {parts.encoding}"
        click.echo(click.style(price, dim=True), color=True)

    def welcome(self) -> Sequence[str]:
        """What to try, and where to go next."""
        settings, playbook = self._authored.settings, self._authored.playbook
        begun = click.style(settings.business.name, bold=True)
        tried = playbook.words_to_try()[:TRIED]
        words = "   ".join(click.style(word, fg="green") for word in tried)
        flow = next((name for name, flow in playbook.flows.items() if flow.words), "booking")
        flows = settings.flows.name
        return (
            "",
            f"{begun} is open at {settings.local_url}, and you are its customer.",
            f"You text from {self._number.e164}. /help shows what else you can do.",
            "",
            f"  Try:   {words}" if words else "  No flow has a start word yet.",
            "",
            f"Next: change {flows}/{flow}.yaml and start again, `convo check` finds mistakes,",
            f"`convo test` holds the conversations of {flows}/tests. Ctrl-D ends.",
            "",
        )

    def _prompt(self) -> str:
        return click.style(f"{self._number.e164} > ", fg="green", bold=True)

    async def _take(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        match command:
            case "":
                pass
            case "/as":
                self._become(rest.strip())
            case "/number":
                self._tell(f"You text from {self._number.e164}.")
            case "/words":
                words = self._authored.playbook.words_to_try()
                self._tell("   ".join(words) or "No flow has a start word yet.")
            case "/help":
                for name, about in COMMANDS.items():
                    self._tell(about, f"  {name:<12} ")
            case _ if line.startswith("/"):
                self._tell(f"There is no {command}. /help shows what there is.")
            case _:
                await self._text(line)

    def _become(self, written: str) -> None:
        try:
            self._number = read_number(written, self._country)
        except BadAddress as error:
            self._tell(f"That is no number to text from. {error} For example /as +8613800138000")
        else:
            self._tell(f"You text from {self._number.e164} now.")

    async def _text(self, text: str) -> None:
        """Through the front door, like everybody's."""
        body = msgspec.json.encode({"from": self._number.e164, "text": text})
        try:
            answer = await self._http.post(
                self._url, body, headers={"Content-Type": "application/json"}
            )
        except SendError as error:
            click.echo(f"Not kept: {error}")
            return
        if answer.status >= 300:
            said: Any = answer.body.decode("utf-8", "replace")
            click.echo(f"Not kept: the webhook answered {answer.status} {said}")
