"""`convo init`: a new business from a template, ready to talk in the terminal at once."""

import re
import secrets
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

TEMPLATES = ("booking", "survey", "blank")

#: What differs by language: where such a business usually is, and what to try first.
PLACES: Mapping[str, tuple[str, str]] = {
    "en": ("Europe/London", "GB"),
    "zh": ("Asia/Shanghai", "CN"),
}
FIRST_WORDS: Mapping[tuple[str, str], str] = {
    ("booking", "en"): "book",
    ("booking", "zh"): "预约",
    ("survey", "en"): "join",
    ("survey", "zh"): "调查",
    ("blank", "en"): "hello",
    ("blank", "zh"): "你好",
}
HINTS: Mapping[str, str] = {"en": 'Text \\"{}\\" to begin.', "zh": "请发送“{}”开始。"}
PROGRAMME = '\n[programmes.survey]\nabout = "{}"\ndouble_opt_in = true\n'
PROGRAMMES: Mapping[tuple[str, str], str] = {
    ("survey", "en"): PROGRAMME.format("About two survey texts a month"),
    ("survey", "zh"): PROGRAMME.format("每月约两条调查短信"),
}
#: What would end a text in TOML or YAML, or begin an expression.
REFUSED_IN_NAMES = frozenset('"\\{}\n\r\t#')

ENV = "# Secrets of this machine; not in git.\nCONSOLE_PATH_TOKEN={token}\n"
OWNER_ONLY = 0o600


@click.command(short_help="Make a new business from a template.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--lang", type=click.Choice(tuple(PLACES)), default="en", help="Its language.")
@click.option(
    "--template", type=click.Choice(TEMPLATES), default="booking", help="What it begins with."
)
@click.option("--name", help="Its name; the folder's when left out.")
@click.option("--zone", help="Its time zone, like Europe/London.")
@click.option("--country", help="Its country, like GB.")
def init(
    directory: Path,
    lang: str,
    template: str,
    name: str | None,
    zone: str | None,
    country: str | None,
) -> None:
    """Make a new business in DIRECTORY. Files that are there already are left alone.

    \b
    convo init shop
    convo init 美发店 --lang zh --template survey
    """
    usual_zone, usual_country = PLACES[lang]
    first_word = FIRST_WORDS[template, lang]
    blanks = {
        "NAME": name or _name(directory.resolve().name),
        "ZONE": zone or usual_zone,
        "COUNTRY": (country or usual_country).upper(),
        "HINT": HINTS[lang].format(first_word),
        "MORE": PROGRAMMES.get((template, lang), ""),
    }
    _check_place(blanks)
    made = write(directory, dict(template_files(template, lang)), blanks)
    _write_env(directory, made)
    for path, new in made.items():
        click.echo(f"  {'made' if new else 'kept'}  {directory / path}")
    click.echo("\nNext:\n")
    click.secho(f"  cd {directory}", bold=True)
    click.secho("  convo run", bold=True)
    click.echo(f'\nand text "{first_word}". Then change flows/ and look again.')


def template_files(template: str, lang: str) -> Iterator[tuple[str, str]]:
    """Every file of a template: its path in the new folder, and its text."""
    root = files("convo.cli") / "templates"
    for folder in (root / "every", root / "every" / lang, root / template / lang):
        for path, file in _walk(folder, top=folder.name == "every"):
            yield re.sub(r"\bdot\.", ".", path), file.read_text("utf-8")


def _walk(folder: Traversable, *, top: bool, under: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_file():
            yield under + entry.name, entry
        elif not top and entry.name != "__pycache__":
            yield from _walk(entry, top=False, under=f"{under}{entry.name}/")


def write(directory: Path, texts: Mapping[str, str], blanks: Mapping[str, str]) -> dict[str, bool]:
    """Fill the blanks in and write what is not there yet; says of each path whether it is new."""
    made: dict[str, bool] = {}
    for path, text in texts.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        filled = re.sub(r"@(NAME|ZONE|COUNTRY|HINT|MORE)@", lambda blank: blanks[blank[1]], text)
        try:
            with file.open("x", encoding="utf-8") as new:
                new.write(filled)
        except FileExistsError:
            made[path] = False
        else:
            made[path] = True
    return made


def _write_env(directory: Path, made: dict[str, bool]) -> None:
    file = directory / ".env"
    if file.exists():
        made[".env"] = False
        return
    file.touch(mode=OWNER_ONLY)
    file.write_text(ENV.format(token=secrets.token_urlsafe(24)), "utf-8")
    made[".env"] = True


def _name(folder: str) -> str:
    """A folder's name as a business would write it."""
    words = folder.replace("-", " ").replace("_", " ").strip() or "My business"
    return words.title() if words.islower() else words


def _check_place(blanks: Mapping[str, str]) -> None:
    from convo.settings import meanings

    if REFUSED_IN_NAMES & set(blanks["NAME"]):
        raise click.BadParameter('leave out " \\ { } # and new lines.', param_hint="--name")
    for option, check in (("ZONE", meanings.zone), ("COUNTRY", meanings.country)):
        try:
            check(blanks[option])
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"--{option.lower()}") from None
