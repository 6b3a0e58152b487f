"""Finding the keyword handlers and actions: every file of one folder, read in the open."""

import importlib
import inspect
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import cast

from convo.authoring import Action, Keyword
from convo.errors import FlowError, FlowErrors, Place
from convo.sentences import sentence

Handlers = Sequence[Keyword | Action]


def scan(folder: Path) -> Handlers:
    """Every `Keyword` and `Action` at the top of a file in `folder`, in the order of the files.

    A file whose name begins with `_` is left to the others to import. A folder that is not there
    holds nothing. Raises `FlowErrors`: a file that cannot be imported, or two that claim one name.
    """
    problems: list[FlowError] = []
    owners: dict[str, Keyword | Action] = {}
    found: dict[int, Keyword | Action] = {}
    for file in sorted(folder.glob("[!_]*.py")):
        try:
            module = _imported(file, folder)
        except (Exception, SystemExit) as error:
            problems.append(_cannot_import(file, folder, error))
            continue
        for handler in vars(module).values():
            if not isinstance(handler, Keyword | Action) or id(handler) in found:
                continue
            found[id(handler)] = handler
            if not inspect.iscoroutinefunction(_function(handler)):
                problems.append(_cannot_wait(handler))
            for claim in _claims(handler):
                if owners.setdefault(claim, handler) is not handler:
                    problems.append(_claimed_twice(claim, handler, owners[claim]))
    if problems:
        raise FlowErrors(problems)
    return tuple(found.values())


def _imported(file: Path, folder: Path) -> ModuleType:
    """The file as a module of a package called like its folder, so that they find each other."""
    package = folder.name
    if package not in sys.modules or folder.as_posix() not in _paths(sys.modules[package]):
        _make_package(package, folder)
    return importlib.import_module(f"{package}.{file.stem}")


def _make_package(name: str, folder: Path) -> None:
    for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[loaded]
    module = ModuleType(name)
    module.__path__ = [folder.as_posix()]
    sys.modules[name] = module
    importlib.invalidate_caches()


def _paths(module: ModuleType) -> Iterable[str]:
    return tuple(getattr(module, "__path__", ()))


def _claims(handler: Keyword | Action) -> Sequence[str]:
    """What nobody else may have: an action's name, or a keyword's words as they are matched."""
    match handler:
        case Action(name=name):
            return (sentence("The action {name}", name=name),)
        case Keyword(words=words):
            return tuple(
                sentence('The word "{word}"', word=word)
                for word in dict.fromkeys(map(_folded, words))
            )


def _folded(word: str) -> str:
    return word.strip().casefold()


def _cannot_import(file: Path, folder: Path, error: BaseException) -> FlowError:
    """The error at the author's own line that led to it."""
    line, column, why = 1, 1, f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename == str(file):
        line, column, why = error.lineno or 1, error.offset or 1, error.msg
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).parent == folder:
                file, line = Path(frame.filename), frame.lineno or 1
    return FlowError(
        sentence("this file cannot be imported: {why}.", why=why),
        place=Place(file=_shown(file), line=line, column=column),
        mend=sentence("Nothing is served until it can be, for its words would go unanswered."),
    )


def _claimed_twice(claim: str, second: Keyword | Action, first: Keyword | Action) -> FlowError:
    owner = place_of(first)
    return FlowError(
        sentence(
            "{claim} is claimed here, and at {file}:{line} too.",
            claim=claim,
            file=owner.file,
            line=owner.line,
        ),
        place=place_of(second),
        mend=sentence("One of the two must give it up."),
    )


def _cannot_wait(handler: Keyword | Action) -> FlowError:
    name = _function(handler).__name__
    return FlowError(
        sentence(
            '"{name}" is a plain function, and would hold everybody up while it runs.', name=name
        ),
        place=place_of(handler),
        mend=sentence("Write `async def {name}`.", name=name),
    )


def _function(handler: Keyword | Action) -> FunctionType:
    function = handler.answer if isinstance(handler, Keyword) else handler.act
    return cast(FunctionType, inspect.unwrap(function))


def place_of(handler: Keyword | Action) -> Place:
    """Where the handler's function was written."""
    code = _function(handler).__code__
    return Place(file=_shown(Path(code.co_filename)), line=code.co_firstlineno, column=1)


def _shown(file: Path) -> str:
    """As the author knows it: the folder and the file, like keyword_handlers/hours.py."""
    return (Path(file.parent.name) / file.name).as_posix()
