"""The command line: every command by name, loaded when it is called, so that --help is quick."""

import contextlib
import importlib
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, cast

import click

from convo import __version__
from convo.errors import AlreadyRunning, ConvoError, FlowErrors, SettingsError

#: Every command: the module and the name of its click command.
COMMANDS: Mapping[str, str] = {
    "init": "convo.cli.init:init",
    "run": "convo.cli.run:run",
    "dev": "convo.cli.dev:dev",
    "chat": "convo.cli.chat:chat",
    "request": "convo.cli.request:request",
    "answers": "convo.cli.answers:answers",
    "preview": "convo.cli.preview:preview",
    "notes": "convo.cli.notes:notes",
    "outcomes": "convo.cli.outcomes:outcomes",
    "unanswered": "convo.cli.unanswered:unanswered",
    "contact": "convo.cli.contact:contact",
    "consent": "convo.cli.consent:consent",
    "consents": "convo.cli.consents:consents",
    "test": "convo.cli.test:test",
    "check": "convo.cli.check:check",
    "graph": "convo.cli.graph:graph",
    "templates": "convo.cli.channel_templates:templates",
    "plan": "convo.cli.plan:plan",
    "ps": "convo.cli.ps:ps",
    "queues": "convo.cli.queues:queues",
    "partitions": "convo.cli.partitions:partitions",
    "recall": "convo.cli.recall:recall",
    "held": "convo.cli.held:held",
    "parked": "convo.cli.parked:parked",
    "web": "convo.cli.web:web",
    "worker": "convo.cli.worker:worker",
    "user": "convo.cli.user:user",
    "channel": "convo.cli.channel:channel",
    "doctor": "convo.cli.doctor:doctor",
}

#: What `convo --help` says of each without loading it.
ABOUT: Mapping[str, str] = {
    "init": "Make a new business from a template.",
    "run": "Serve your customers; in a terminal, be one of them.",
    "dev": "Try it out in the browser, and change flows meanwhile.",
    "chat": "Talk to a flow in the terminal.",
    "request": "Start a flow, as your own system would.",
    "answers": "What people answered to a flow, as a table.",
    "preview": "What a flow would say to real contacts.",
    "notes": "What flows have noted for staff, newest first.",
    "outcomes": "Who acknowledged a flow, and who did not.",
    "unanswered": "What people wrote that waits for a person.",
    "contact": "What is known of one number; merge two.",
    "consent": "Every act of a number's consent, as proof.",
    "consents": "Bring in consents that were given elsewhere.",
    "test": "Hold the conversations of flows/tests.",
    "check": "Find the mistakes in settings, flows and handlers.",
    "graph": "A flow as a picture: SVG, Mermaid or DOT.",
    "templates": "The texts that a provider must approve.",
    "plan": "Who waits in older versions, and what becomes of them.",
    "ps": "Which processes are at work, and what each has.",
    "queues": "What waits where, and what holds it up.",
    "partitions": "Into how many parts contacts are divided; change it.",
    "recall": "Take back what has not left.",
    "held": "What may or may not have left; decide it.",
    "parked": "Events whose turn failed; run them again.",
    "web": "Only take what comes in; workers answer it.",
    "worker": "Hold the conversations that web processes keep.",
    "user": "Who may use the console, and as what.",
    "channel": "Connect a provider: a new channel in convo.toml.",
    "doctor": "Look whether everything is ready to serve.",
}

# Exit codes beside 0. 2 is click's own for a wrong call; 75 is sysexits.h's "try again later".
FOUND_MISTAKES = 1
CANNOT_START = 2
TAKEN = 75


class Loaded(MutableMapping[str, click.Command]):
    """The commands for click to look up: one is imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        module, _, command = COMMANDS[name].partition(":")
        return cast(click.Command, vars(importlib.import_module(module))[command])

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __setitem__(self, name: str, command: click.Command) -> None:
        raise TypeError(f"{name}: commands are listed in COMMANDS")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name}: commands are listed in COMMANDS")


class Commands(click.Group):
    """A group that knows its commands by name, and says errors in plain words."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from convo.language.spelling import advice

            ctx.fail(f"There is no command {name}. {advice(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, ABOUT[name]) for name in COMMANDS])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FlowErrors as error:
            from convo.cli.problems import show

            show(error.problems)
            ctx.exit(FOUND_MISTAKES)
        except SettingsError as error:
            for problem in error.problems:
                click.secho(problem, fg="red", err=True)
            ctx.exit(CANNOT_START)
        except AlreadyRunning as error:
            click.secho(str(error), fg="red", err=True)
            ctx.exit(TAKEN)
        except ConvoError as error:
            click.secho(str(error), fg="red", err=True)
            ctx.exit(FOUND_MISTAKES)


@click.group(
    cls=Commands,
    commands=Loaded(),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with `convo init shop`, then `cd shop` and `convo run`.",
)
@click.option(
    "-C",
    "folder",
    type=click.Path(exists=True, file_okay=False),
    default=".",
    help="The folder of the business, where convo.toml is.",
)
@click.version_option(__version__, prog_name="convo")
@click.pass_context
def main(ctx: click.Context, folder: str) -> None:
    """Two-way SMS conversations: write a flow, chat with it, serve it."""
    ctx.with_resource(contextlib.chdir(folder))
