"""The phone prompt of `convo run`: a customer's phone in the terminal, on the real webhook."""

import asyncio
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

from convo.core.numbers import PhoneNumber
from convo.core.parts import parts_of
from convo.core.turns import Outbound
from convo.errors import BadAddress, SendError
from convo.policy.numbering import read_number
from convo.providers.http import HttpClient
from convo.wiring.authored import Authored

TRIED = 6
"""Words that are offered at the start."""

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
        token = settings.connections[channel].path_token
        self._url = f"{settings.local_url}/in/{channel}/{token}"
        self._number = first_number(self._country)
        self._http = HttpClient()
        self._session = PromptSession[str](
            history=InMemoryHistory(), input=keys, output=screen, erase_when_done=False
        )

    async def talk(self) -> None:
        """Read lines until Ctrl-D, Ctrl-C or /quit."""
        with patch_stdout(raw=True):
            for line in self.welcome():
                click.echo(line)
            with suppress(EOFError, KeyboardInterrupt):
                while (line := await self._session.prompt_async(ANSI(self._prompt()))) != "/quit":
                    await self._take(line.strip())
            click.echo("Bye. Conversations wait for you: everything is kept.")

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
        count = f"{parts.count} part" if parts.count == 1 else f"{parts.count} parts"
        click.echo(click.style(f"  {whose}{count}, {parts.encoding}", dim=True), color=True)

    def welcome(self) -> Sequence[str]:
        """What to try, and where to go next."""
        settings, playbook = self._authored.settings, self._authored.playbook
        begun = click.style(settings.business.name, bold=True)
        words = "   ".join(click.style(word, fg="green") for word in self._words()[:TRIED])
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

    def _words(self) -> Sequence[str]:
        """One word of each flow and keyword first, then the others."""
        playbook = self._authored.playbook
        owners = [flow.words for flow in playbook.flows.values()]
        owners += [keyword.words for keyword in playbook.keywords.values()]
        firsts = [words[0] for words in owners if words]
        return [*firsts, *(word for words in owners for word in words[1:])]

    async def _take(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        match command:
            case "":
                pass
            case "/as":
                self._become(rest.strip())
            case "/number":
                click.echo(f"You text from {self._number.e164}.")
            case "/words":
                click.echo("   ".join(self._words()) or "There is none.")
            case "/help":
                for name, about in COMMANDS.items():
                    click.echo(f"  {name:<12} {about}")
            case _ if line.startswith("/"):
                click.echo(f"There is no {command}. /help shows what there is.")
            case _:
                await self._text(line)

    def _become(self, written: str) -> None:
        try:
            self._number = read_number(written, self._country)
        except BadAddress as error:
            click.echo(f"That is no number to text from. {error} For example /as +8613800138000")
        else:
            click.echo(f"You text from {self._number.e164} now.")

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


def first_number(country: str) -> PhoneNumber:
    """An example mobile number of the country, as its numbering plan has it."""
    import phonenumbers

    kind = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(country, kind)
    if example is None:
        return PhoneNumber("+12025550123")
    return PhoneNumber(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
