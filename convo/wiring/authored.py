"""What was authored, read from the business's folder: settings, handlers, flows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from convo.authoring import Action, Keyword
from convo.errors import FlowError, FlowErrors, SettingsError
from convo.routing.loading import Loaded, drafted
from convo.routing.playbook import Playbook
from convo.scanning import scan
from convo.sentences import sentence
from convo.settings import Settings, read
from convo.verification import NEED_HANDLERS, faults
from convo.wiring.brands import OFFERED
from convo.wiring.crossing import unheard_complaints

FLOW_FILES = ("*.yaml", "*.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authored:
    """A business that can be talked to: everything that conversations go by."""

    settings: Settings
    playbook: Playbook
    handlers: Sequence[Keyword | Action]
    #: The same with its files, for what tells of them.
    loaded: Loaded


def settings_in(folder: Path) -> Settings:
    """The settings of the business in `folder`. Raises `SettingsError`."""
    return read(folder, OFFERED)


def authored(settings: Settings, *, but: Collection[str] = ()) -> Authored:
    """Handlers and flows, checked against each other, but for the checks that are named.

    Raises `FlowErrors`, `SettingsError`.
    """
    sources = flow_sources(settings)
    handlers, problems, unjudged = _scanned(settings.handlers)
    draft = drafted(sources, handlers, settings.business, settings.anytime)
    problems += [*draft.problems, *faults(draft.loaded, but={*unjudged, *but})]
    if draft.whole:
        problems += unheard_complaints(settings, draft.loaded)
    if problems:
        raise FlowErrors(problems, more=bool(unjudged) or not draft.whole)
    return Authored(
        settings=settings,
        playbook=draft.loaded.playbook,
        handlers=handlers,
        loaded=draft.loaded,
    )


def _scanned(folder: Path) -> tuple[Sequence[Keyword | Action], list[FlowError], Collection[str]]:
    """The handlers; else what is wrong with them, and the checks that must do without."""
    try:
        return scan(folder), [], ()
    except FlowErrors as errors:
        return (), list(errors.problems), NEED_HANDLERS


def flow_sources(settings: Settings) -> Mapping[str, str]:
    """Every flow file by its path as the author knows it, like flows/booking.yaml."""
    sources: dict[str, str] = {}
    problems: list[str] = []
    for pattern in FLOW_FILES:
        for file in sorted(settings.flows.glob(pattern)):
            name = file.relative_to(settings.file.parent).as_posix()
            try:
                sources[name] = file.read_text("utf-8")
            except OSError as error:
                why = error.strerror
                problems.append(sentence("{name}: it cannot be read ({why}).", name=name, why=why))
            except UnicodeDecodeError as error:
                problems.append(
                    sentence(
                        "{name}: it is not UTF-8 (byte {start}). Save it as UTF-8.",
                        name=name,
                        start=error.start,
                    )
                )
    if problems:
        raise SettingsError(problems)
    return sources
