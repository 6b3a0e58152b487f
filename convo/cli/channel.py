"""`convo channel`: connect a provider, by a new channel in convo.toml."""

import json
import re
import secrets
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin

import click
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from convo.cli.by_hand import BY_HAND
from convo.cli.connecting import connect
from convo.errors import SettingsError
from convo.ports import Provider
from convo.ports.lines import keeps_a_line
from convo.ports.pulling import pulls
from convo.ports.webhook_settings import webhook_settings

NAME = re.compile(r"[A-Za-z0-9_-]+")
TOKEN_BYTES = 24
OWNER_ONLY = 0o600
PLACEHOLDER = "a-placeholder-for-a-secret-0123456789"
"""What stands for a secret that is not there yet, while the rest is checked."""

SOMEWHERE = "https://YOUR-ADDRESS"


@click.group(short_help="Connect a provider: a new channel in convo.toml.")
def channel() -> None:
    """Connect a provider: a new channel in convo.toml."""


channel.add_command(connect)


@channel.command("add", short_help="Add a channel to convo.toml.")
@click.argument("name")
@click.option("--provider", required=True, help="Who carries it: telnyx, twilio, ...")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting of it; what is needed and not given is asked for.",
)
def add(name: str, provider: str, given: tuple[str, ...]) -> None:
    """Add the channel NAME to convo.toml, and say where its provider calls you.

    The file keeps all that is in it. Secrets are never written there: it says which variables of
    .env they belong into. A provider that signs nothing gets a secret in its URL, made here.

    \b
    convo channel add main --provider telnyx
    convo channel add main --provider kannel --set address=12345 \\
        --set sendsms_url=http://kannel:13013/cgi-bin/sendsms --set username=convo
    """
    from convo.language.spelling import advice
    from convo.providers.approved import TemplateOptions
    from convo.settings.reading import FILE
    from convo.wiring import PROVIDERS

    file = Path.cwd() / FILE
    text, written = _read(file)
    if not NAME.fullmatch(name):
        raise SettingsError([f'"{name}" names no channel: letters, digits, "-" and "_".'])
    if provider not in PROVIDERS:
        raise SettingsError([f"there is no provider {provider}. {advice(provider, PROVIDERS)}"])
    if name in written.get("channels", {}):
        raise SettingsError(
            [
                f"{FILE}: there is a channel {name} already. Change it there, or give the new one "
                f"another name: convo channel add {_free(provider, written)} --provider {provider}"
            ]
        )
    options = PROVIDERS[provider].options
    table = {"provider": provider, **_given(given, options)}
    _ask(table, options, name)
    table = {key: value for key, value in table.items() if value != ""}
    _name_secrets(table, options, name)
    adapter = _adapter(table, name, provider, written)
    called = _is_called(adapter, options)
    if called and adapter.unsigned and "path_token" not in table:
        table["path_token"] = f"env:{_variable(name, 'path_token')}"
        _keep_token(file.parent / ".env", _variable(name, "path_token"))
    with file.open("a", encoding="utf-8") as settings:
        settings.write(_as_toml(name, table, ends_well=not text or text.endswith("\n")))
    _tell(table, options, name, file.parent)
    if called:
        _tell_where(table, name, written, file.parent)
        if webhook_settings(adapter) is not None:
            click.echo(f"Convo can do that for you: convo channel connect {name}")
    if issubclass(options, TemplateOptions):
        click.echo(f"It sends approved texts only. These are yours: convo templates {name}")
    click.echo("Then look whether all is well: convo doctor")


def _free(provider: str, written: Mapping[str, Any]) -> str:
    """A name that no channel has."""
    names = chain((provider,), (f"{provider}{number}" for number in count(2)))
    return next(name for name in names if name not in written["channels"])


def _read(file: Path) -> tuple[str, Mapping[str, Any]]:
    try:
        text = file.read_text("utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise SettingsError(
            [f"{file.name}: it cannot be read ({error.strerror}). Make a business: convo init DIR"]
        ) from None
    except ValueError as error:
        raise SettingsError([f"{file.name}: {error}. `convo check` says more."]) from None


def _given(pairs: Iterable[str], options: type[BaseModel]) -> dict[str, Any]:
    """Settings as they were typed; an empty one is left out, and not asked for."""
    from convo.settings.complaints import unknown
    from convo.settings.sections import ChannelSection

    own = (field.alias or key for key, field in options.model_fields.items())
    known = {*own, *ChannelSection.model_fields}
    table: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not NAME.fullmatch(key):
            raise SettingsError([f"--set {pair}: write it like --set key=value."])
        if key not in known:
            raise SettingsError([f"--set {key}: {unknown(key, known)}"])
        table[key] = _meant(value, options.model_fields.get(key))
    return table


def _meant(value: str, field: FieldInfo | None) -> Any:
    """`true`, lists, and numbers where the setting is one; all else is a text."""
    try:
        read: Any = json.loads(value)
    except ValueError:
        return value
    kind: Any = None if field is None else field.annotation
    return read if type(read) in (bool, list) or kind in (int, float) else value


def _ask(table: dict[str, Any], options: type[BaseModel], name: str) -> None:
    """What the provider cannot do without, one by one."""
    from convo.providers.approved import TemplateOptions
    from convo.settings.complaints import model_in

    needed = {n: f for n, f in options.model_fields.items() if f.is_required() and n not in table}
    if tables := [each for each, field in needed.items() if model_in(field.annotation)]:
        raise SettingsError(
            [
                f"channels.{name}: {table['provider']} needs the table {tables[0]}, which is not "
                "asked for here. Write it into convo.toml: docs/reference/convo-toml.md"
            ]
        )
    if issubclass(options, TemplateOptions):
        if "signature" not in table:
            table["signature"] = click.prompt("The signature that was approved, like 【美发沙龙】")
    elif "address" not in table and getattr(options, "hears", True):
        asked = "What you send from, like +12025550100 (leave empty where the provider picks it)"
        if address := click.prompt(asked, default="", show_default=False):
            table["address"] = address
    for each, field in needed.items():
        if not _is_secret(field):
            _prompt(table, each, field)
    while more := [each for each in _wanted(table, options) if each not in table]:
        for each in more:
            field = options.model_fields[each]
            if _is_secret(field):
                table[each] = f"env:{_variable(name, each)}"
            else:
                _prompt(table, each, field)


def _prompt(table: dict[str, Any], name: str, field: FieldInfo) -> None:
    click.echo(f"{name}: {field.description}")
    choices = click.Choice(get_args(field.annotation)) if _is_choice(field) else None
    default = None if field.is_required() else field.default
    table[name] = click.prompt(f"  {name}", type=choices, default=default)


def _wanted(table: Mapping[str, Any], options: type[BaseModel]) -> Sequence[str]:
    """What this table needs besides, where the provider says that it depends."""
    return cast(Any, options).wants(table) if hasattr(options, "wants") else ()


def _is_choice(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is Literal


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr


def _name_secrets(table: dict[str, Any], options: type[BaseModel], name: str) -> None:
    """Secrets are referred to; one that was typed in full is refused before it stands anywhere."""
    for each, field in options.model_fields.items():
        if not _is_secret(field):
            continue
        if each not in table and field.is_required():
            table[each] = f"env:{_variable(name, each)}"
        if each in table and not str(table[each]).startswith(("env:", "file:")):
            raise SettingsError(
                [
                    f"--set {each}: it is a secret, and those do not belong into convo.toml. Write "
                    f"{each}=env:{_variable(name, each)}, and the secret into .env."
                ]
            )


def _variable(name: str, setting: str) -> str:
    return f"{name}_{setting}".upper().replace("-", "_")


def _adapter(
    table: Mapping[str, Any], name: str, provider: str, written: Mapping[str, Any]
) -> Provider:
    """What the channel will be. Raises `SettingsError` for all that is wrong."""
    from convo.providers.http import HttpClient
    from convo.runtime.clock import now
    from convo.settings import complaints
    from convo.settings.channels import channel_of
    from convo.settings.sections import ChannelSection
    from convo.wiring import PROVIDERS

    brand, country = PROVIDERS[provider], written.get("business", {}).get("country", "US")
    filled = {key: _filled(value) for key, value in table.items()}
    common = {key: value for key, value in filled.items() if key in ChannelSection.model_fields}
    own = {key: value for key, value in filled.items() if key not in common}
    found: list[complaints.Complaint] = []
    made: list[BaseModel] = []
    for model, part in ((ChannelSection, common), (brand.options, own)):
        try:
            made.append(model.model_validate(part))
        except ValidationError as error:
            found += complaints.of_model(model, error, {}, ("channels", name))
    if found:
        raise SettingsError([each.said_of("convo.toml") for each in found])
    section, options = cast(tuple[ChannelSection, BaseModel], tuple(made))
    known = channel_of(name, section, options, country=country, shared=())
    return brand.connect(known, options, HttpClient(), country=country, clock=now)


def _is_called(adapter: Provider, options: type[BaseModel]) -> bool:
    """Whether its texts come in by webhooks."""
    return getattr(options, "hears", True) and not keeps_a_line(adapter) and not pulls(adapter)


def _filled(value: Any) -> Any:
    return PLACEHOLDER if str(value).startswith(("env:", "file:")) else value


def _keep_token(file: Path, variable: str) -> None:
    """A fresh secret for the URL, unless there is one of that name."""
    from convo.settings.references import dotenv

    text = file.read_text("utf-8") if file.exists() else ""
    if dotenv(text).get(variable):
        return
    file.touch(mode=OWNER_ONLY)
    with file.open("a", encoding="utf-8") as secret:
        secret.write("" if not text or text.endswith("\n") else "\n")
        secret.write(f"{variable}={secrets.token_urlsafe(TOKEN_BYTES)}\n")


def _as_toml(name: str, table: Mapping[str, Any], *, ends_well: bool) -> str:
    # JSON's texts, numbers and lists are TOML's too, but for one letter that nobody types.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
    start = "\n" if ends_well else "\n\n"
    return f"{start}[channels.{name}]\n" + "\n".join(lines).replace("\x7f", "\\u007f") + "\n"


def _tell(table: Mapping[str, Any], options: type[BaseModel], name: str, folder: Path) -> None:
    """What is there now, and which secrets are still to come."""
    from convo.settings.references import environment

    variables = environment(folder, {})
    click.echo(f"\nconvo.toml has [channels.{name}] now.")
    missing = [
        (str(table[each]).removeprefix("env:"), field.description)
        for each, field in options.model_fields.items()
        if str(table.get(each, "")).startswith("env:")
    ]
    if missing := [(variable, what) for variable, what in missing if not variables.get(variable)]:
        click.echo("Put what is secret into .env, or into the environment of convo run:")
        for variable, what in missing:
            click.echo(f"  {variable}=...    {what}")


def _tell_where(
    table: Mapping[str, Any], name: str, written: Mapping[str, Any], folder: Path
) -> None:
    """Where texts come in, and what to do at the company."""
    from convo.settings.references import environment

    provider, variables = table["provider"], environment(folder, {})
    where = written.get("server", {}).get("public_url", "").rstrip("/")
    token = variables.get(str(table.get("path_token", "")).removeprefix("env:"), "")
    end = f"/{token}" if token else ""
    click.echo(f"Tell {provider} that texts come in by POST at:")
    click.secho(f"  {where or SOMEWHERE}/in/{name}{end}", bold=True)
    if not where:
        click.echo("and write your address into convo.toml: [server] public_url")
    if provider in BY_HAND:
        click.echo(BY_HAND[provider])
