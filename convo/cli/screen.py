"""What `convo chat` shows: bubbles for people, plain lines or JSON for programs."""

import json
import shutil
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import click

from convo.cli.telling import beside, bubble, standing
from convo.core.failures import failure_in
from convo.core.numbers import PhoneNumber
from convo.language.chats import said_lines
from convo.rehearsal.conversing import Exchange

Manner = Literal["bubbles", "lines", "json"]


class Screen:
    """Shows in one manner what happens; `close` ends what is shown."""

    def __init__(self, manner: Manner, *, types_answers: bool) -> None:
        self.manner: Manner = manner
        #: Whether something went wrong so far.
        self.failed = False
        # What actions answer was typed already, where they are pretended.
        self._types_answers = types_answers
        self._told: list[Mapping[str, Any]] = []

    @property
    def for_people(self) -> bool:
        return self.manner == "bubbles"

    def close(self) -> None:
        """What is shown at the end, when all is told."""
        if self.manner == "json":
            click.echo(json.dumps(self._told, ensure_ascii=False, indent=2))

    def tell(self, exchange: Exchange, phone: PhoneNumber) -> None:
        """What came of one thing that happened, for whom `phone` belongs to."""
        self.failed = self.failed or bool(exchange.parked)
        match self.manner:
            case "json":
                self._told.append(as_data(exchange))
            case "lines":
                for line in exchange.lines:
                    click.echo(line)
                for line in said_lines([each.text for each in exchange.said]):
                    click.echo(line)
                self._parked(exchange)
            case _:
                self._bubbles(exchange, phone)

    def _bubbles(self, exchange: Exchange, phone: PhoneNumber) -> None:
        width = shutil.get_terminal_size().columns
        for errand in () if self._types_answers else exchange.errands:
            click.secho(f"  {errand}", fg="yellow", dim=True)
        *before, last = exchange.said or (None,)
        for said in before:
            for line in bubble(said, width, said.to == phone) if said else ():
                click.echo(line)
        stands = standing(exchange.where, exchange.ended)
        if last is None:
            words = f"nothing is said · {stands}" if stands else "nothing is said"
            click.secho(f"    {words}", dim=True)
        else:
            lines = list(bubble(last, width, last.to == phone))
            lines[-1] += click.style(f" · {stands}" if stands else "", dim=True)
            for line in lines:
                click.echo(line)
        self._parked(exchange)

    def answer(self, words: str, label: str = "", **style: Any) -> None:
        """What a command is answered; beside the JSON, where that is wanted."""
        for line in self._lines_of(words, label):
            click.secho(line, err=self.manner == "json", **style)

    def _lines_of(self, words: str, label: str) -> Iterable[str]:
        """For people as wide as their terminal is; a script reads whole lines."""
        if not self.for_people:
            return (label + words,)
        return beside(label, words, shutil.get_terminal_size().columns)

    def note(self, words: str) -> None:
        """For people; a script reads the lines."""
        if self.for_people:
            click.secho(f"  {words}", dim=True)

    def _parked(self, exchange: Exchange) -> None:
        for account in exchange.parked:
            self.complain(failure_in(account).told)

    def complain(self, words: str) -> None:
        """Say what went wrong."""
        self.failed = True
        for line in self._lines_of(words, "  "):
            click.secho(line, fg="red", err=not self.for_people)


def as_data(exchange: Exchange) -> Mapping[str, Any]:
    """An exchange for a program."""
    return {
        "lines": exchange.lines,
        "said": [
            {
                "text": each.text,
                "parts": each.parts.count,
                "encoding": each.parts.encoding,
                "channel": each.channel,
                "to": each.to.e164,
            }
            for each in exchange.said
        ],
        "where": [{"flow": flow, "step": step} for flow, step in exchange.where],
        "ended": [{"flow": flow, "outcome": outcome} for flow, outcome in exchange.ended],
        "errands": exchange.errands,
        "failures": exchange.parked,
    }
