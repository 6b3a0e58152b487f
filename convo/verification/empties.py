"""Texts that would show a value which some way to them leaves empty."""

from collections.abc import Iterator, Mapping

from convo.engine.flow import Flow
from convo.engine.schema import Written, pieces_of
from convo.errors import FlowError
from convo.language.document import Path
from convo.language.showing import shown_bare
from convo.language.texts import Text
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.ask import Ask
from convo.steps.branch import Branch
from convo.steps.run import Run
from convo.steps.scene import OPT_OUT_LINK
from convo.steps.set import Set
from convo.steps.step import Step

#: Ways out of a step that bring no answer.
_NO_ANSWER = ("give_up", "silent", "expires", "failed", "anytime")
#: Whatever is known of the contact may be empty, but for these.
_CONTACT = "contact."
_ALWAYS = frozenset(("contact.tags", f"contact.{OPT_OUT_LINK}"))
_EVENT = "event."


def empty_values(loaded: Loaded) -> Iterator[FlowError]:
    """Every name that a text shows bare has a value on every way that leads to it."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        begins_with = _begins_with(flow, loaded)
        ways: dict[str, Mapping[str, tuple[str, ...]]] = {}
        if flow.again is not None:
            path: Path = ("start", "again")
            for use in _bare(flow.again, flow):
                if use.startswith(_CONTACT):
                    yield _told(written, path, flow.again, use, ("start",))
        yield from _in_moves(written, flow)
        for step_name, step in flow.steps.items():
            for below, piece in pieces_of(step):
                if not isinstance(piece, Text):
                    continue
                for use in _bare(piece, flow):
                    if use in _given_here(step, below):
                        continue
                    if use not in ways:
                        ways[use] = _ways_without(use, flow, begins_with)
                    if step_name in ways[use]:
                        path = ("steps", step_name, *below)
                        yield _told(written, path, piece, use, ways[use][step_name])


def _in_moves(written: Written, flow: Flow) -> Iterator[FlowError]:
    """Nobody knows what an older version has asked for, and what of it is kept."""
    for below, piece in pieces_of(flow.moved):
        if isinstance(piece, Text):
            for use in _bare(piece, flow):
                yield _told(written, ("moved", *below), piece, use, ("moved", str(below[0])))


def _bare(text: Text, flow: Flow) -> Iterator[str]:
    """Names of what may be empty: answers, the contact's fields, what events bring."""
    found: dict[str, None] = {}
    for source in dict.fromkeys(
        each for language in flow.languages for each in text.sources(language)
    ):
        for use in shown_bare(source):
            kept = use.name in flow.answers or use.name in _set_names(flow)
            if use.name not in _ALWAYS and (kept or use.name.startswith((_CONTACT, _EVENT))):
                found[use.name] = None
    yield from found


def _set_names(flow: Flow) -> frozenset[str]:
    return frozenset(name for step in flow.steps.values() for name in _gained(step, "next"))


def _begins_with(flow: Flow, loaded: Loaded) -> frozenset[str]:
    """What every beginning of the flow gives a value: its events, or the flows that run it."""
    playbook = loaded.playbook
    named = {
        *playbook.anytime.values(),
        *(said for each in playbook.business.channels.values() for said in each.fallback.values()),
    }
    if flow.words or flow.name in named:
        return frozenset()
    beginnings: list[frozenset[str]] = []
    if flow.events:
        kept = flow.needs & flow.answers.keys()
        beginnings.append(frozenset((*kept, *(f"{_EVENT}{name}" for name in flow.needs))))
    for other in playbook.flows.values():
        for step in other.steps.values():
            if isinstance(step, Run) and step.run == flow.name:
                beginnings.append(frozenset(step.with_))
    first, *others = beginnings or [frozenset[str]()]
    return first.intersection(*others)


def _given_here(step: Step, below: Path) -> frozenset[str]:
    """What a text of the step itself may show already."""
    if isinstance(step, Set) or (isinstance(step, Ask) and below[:1] == ("must",)):
        return _gained(step, "next")
    return frozenset()


def _gained(step: Step, label: str) -> frozenset[str]:
    """Names that have a value once the step was left this way."""
    if label.partition(":")[0] in _NO_ANSWER:
        return frozenset()
    if isinstance(step, Set):
        return frozenset(step.set)
    if isinstance(step, Branch):
        # Who asks for a value knows what to do without it.
        return frozenset(
            name for case in step.branches() if case.condition for name in case.condition.variables
        )
    saves = getattr(step, "save", None)
    return frozenset({saves}) if isinstance(saves, str) else frozenset()


def _ways_without(
    name: str, flow: Flow, begins_with: frozenset[str]
) -> Mapping[str, tuple[str, ...]]:
    """Steps that can be come to while the name has no value yet, each with its shortest way."""
    if name in begins_with:
        return {}
    found: dict[str, tuple[str, ...]] = {flow.first: (flow.first,)}
    for word, entry in flow.anytime.items():
        brought = {
            f"{_EVENT}{value}"
            for hearing in flow.hears.values()
            if hearing.entry == word
            for value in hearing.needs
        }
        if name not in brought:
            found.setdefault(entry.go, (flow.first, word, entry.go))
    waiting = [*found]
    for step in waiting:
        if step not in flow.steps:
            continue
        for way in flow.ways[step]:
            if way.to is None or way.to in found or name in _gained(flow.steps[step], way.label):
                continue
            found[way.to] = (*found[step], way.to)
            waiting.append(way.to)
    return found


def _told(written: Written, path: Path, text: Text, name: str, way: tuple[str, ...]) -> FlowError:
    use = next((each for each in text.uses if each.name == name), None)
    place = (
        written.document.place(path)
        if use is None
        else written.document.place_within((*path, *use.path), use.line, use.column)
    )
    led = " > ".join(way)
    return FlowError(
        sentence(
            '"{name}" may be empty here, and then nothing would be said. It is on the way {led}.',
            name=name,
            led=led,
        ),
        place=place,
        mend=sentence(
            "Write {{{{ {name} | default('...') }}}}, or put the words around it into {{% "
            "if {name} %}}...{{% endif %}}.",
            name=name,
        ),
    )
