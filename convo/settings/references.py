"""Where secrets come from: `env:NAME`, `file:PATH`, and the file .env beside convo.toml."""

import re
from collections.abc import Mapping
from pathlib import Path

from convo.language.spelling import did_you_mean

DOTENV = ".env"
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_QUOTED_AT_LEAST = 2


class Unresolved(Exception):
    """A reference that leads nowhere; the text says which and how to mend it."""


def environment(folder: Path, process: Mapping[str, str]) -> Mapping[str, str]:
    """The process's variables over those of .env: what is exported wins."""
    try:
        text = (folder / DOTENV).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return process
    return {**dotenv(text), **process}


def dotenv(text: str) -> dict[str, str]:
    """The variables of a .env file: NAME=value, quoted or plain, `#` begins a comment."""
    variables: dict[str, str] = {}
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is None:
            continue
        name, value = found.groups()
        if len(value) >= _QUOTED_AT_LEAST and value[0] in "'\"" and value.endswith(value[0]):
            value = value[1:-1]
        else:
            value = value.partition(" #")[0].rstrip()
        variables[name] = value
    return variables


def resolved(text: str, variables: Mapping[str, str], folder: Path) -> str:
    """What a value stands for; itself when it is no reference. Raises `Unresolved`."""
    kind, colon, rest = text.partition(":")
    if not colon or kind not in _SOURCES:
        return text
    return _SOURCES[kind](rest, variables, folder)


def _from_environment(name: str, variables: Mapping[str, str], _folder: Path) -> str:
    value = variables.get(name)
    if value:
        return value
    near = did_you_mean(name, variables)
    meant = f' Did you mean "env:{near}"?' if near else ""
    state = "is empty" if value is not None else "is not set"
    raise Unresolved(
        f"the environment variable {name} {state}. Export it, or write {name}=... into the "
        f"file {DOTENV} beside convo.toml.{meant}"
    )


def _from_file(path: str, _variables: Mapping[str, str], folder: Path) -> str:
    try:
        text = (folder / path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Unresolved(
            f"the file {path} cannot be read ({reason}). Write the secret into it, alone, "
            "readable by you only."
        ) from None
    if not text:
        raise Unresolved(f"the file {path} is empty. Write the secret into it.")
    return text


_SOURCES = {"env": _from_environment, "file": _from_file}
