"""`convo user`: who may use the console, and as what."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from convo.core.people import ROLES, Person, Role, person_name
from convo.errors import ConvoError
from convo.ports.register import Register

T = TypeVar("T")

ROLE = click.Choice([*ROLES])


@click.group(short_help="Who may use the console, and as what.", invoke_without_command=True)
@click.pass_context
def user(ctx: click.Context) -> None:
    """List who may use the console; let somebody in, or out.

    The server may be running meanwhile, and what is said here counts at once. A password is asked
    for; where there is no terminal, it is the first line of what comes in.

    \b
    convo user                          # who there is
    convo user add mei --role agent
    convo user role mei editor
    convo user password mei             # a new one: ends every sign-in of theirs
    convo user remove mei               # so does this
    """
    if ctx.invoked_subcommand is None:
        _show()


@user.command("list", short_help="Who there is.")
def list_() -> None:
    """List names and roles, and what each role may do."""
    _show()


@user.command("add", short_help="Let somebody in.")
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What they may do: see convo user list.")
def add(name: str, role: Role) -> None:
    """Let NAME in, with a password that you type."""
    known = _name(name)

    async def adding(register: Register) -> None:
        if await register.person(known) is not None:
            raise ConvoError(f"{known} is there already. See: convo user role, convo user password")
        await register.admit(await _with_password(known, role))

    _do(adding)
    click.echo(f"{known} may sign in, as {role}.")


@user.command("password", short_help="A new password.")
@click.argument("name")
def password(name: str) -> None:
    """Give NAME a new password. Every sign-in of theirs ends."""

    async def changing(register: Register) -> str:
        person = await _known(register, name)
        await register.admit(await _with_password(person.name, person.role))
        return person.name

    click.echo(f"{_do(changing)} has a new password, and is signed out everywhere.")


@user.command("role", short_help="Another role.")
@click.argument("name")
@click.argument("role", type=ROLE)
def role(name: str, role: Role) -> None:
    """Give NAME another role. It counts from their next page on."""

    async def changing(register: Register) -> str:
        person = await _known(register, name)
        await register.admit(replace(person, role=role))
        return person.name

    click.echo(f"{_do(changing)} is {role} from now on.")


@user.command("remove", short_help="Let somebody in no more.")
@click.argument("name")
def remove(name: str) -> None:
    """Remove NAME. Every sign-in of theirs ends."""

    async def removing(register: Register) -> str:
        person = await _known(register, name)
        await register.dismiss(person.name)
        return person.name

    click.echo(f"{_do(removing)} may sign in no more, and is signed out everywhere.")


def _show() -> None:
    from convo.cli.columns import columns

    async def all_of_them(register: Register) -> list[Person]:
        return [*await register.people()]

    found = _do(all_of_them)
    if not found:
        click.echo("Nobody can sign in. See: convo user add NAME --role admin")
    else:
        for line in columns(("NAME", "ROLE"), [(each.name, each.role) for each in found]):
            click.echo(line)
    click.echo("\nEach role may do what those before it may, and:")
    for name, words in ROLES.items():
        click.echo(f"  {name:<8}{words}")


async def _known(register: Register, name: str) -> Person:
    person = await register.person(_name(name))
    if person is None:
        raise ConvoError(f"{name}: nobody is called so. See: convo user")
    return person


def _name(written: str) -> str:
    name = person_name(written)
    if name is None:
        raise ConvoError(
            f"{written!r} is no name: up to 40 letters, digits, and . _ @ - between them."
        )
    return name


async def _with_password(name: str, role: Role) -> Person:
    from convo.console.passwords import LONGEST, SHORTEST, Passwords, is_long_enough
    from convo.console.sign_ins import with_password

    typed = _typed()
    if not is_long_enough(typed):
        raise ConvoError(
            f"A password has {SHORTEST} to {LONGEST} characters, and not all of them alike. "
            "Nothing was changed."
        )
    return with_password(name, role, await Passwords().hashed(typed))


def _typed() -> str:
    """The password: never an argument, for those are seen by everybody on the machine."""
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    return sys.stdin.readline().rstrip("\r\n")


def _do(what: Callable[[Register], Awaitable[T]]) -> T:
    from convo.wiring.authored import settings_in
    from convo.wiring.brands import open_register

    async def done() -> T:
        register = open_register(settings_in(Path.cwd()))
        try:
            return await what(register)
        finally:
            await register.close()

    return asyncio.run(done())
