"""From what was authored to a playbook, or to every mistake in it at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from convo.authoring import Action, Keyword
from convo.core.business import Business
from convo.engine.flow import Flow, compile_flow
from convo.engine.schema import Written, read_flow
from convo.errors import FlowError, FlowErrors, Place
from convo.language.spelling import advice
from convo.policy.law_words import is_law_word
from convo.routing.keywords import StartWords, Target
from convo.routing.playbook import Playbook
from convo.routing.versions import reached, version_of
from convo.sentences import sentence
from convo.understanding.normalise import match_key


@dataclass(frozen=True, slots=True, kw_only=True)
class AnytimeWords:
    """Words of the whole project, understood at every step, and the flow that they start."""

    name: str
    words: tuple[str, ...]
    flow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The playbook with the files that it was made from, for checks."""

    playbook: Playbook
    written: Mapping[str, Written]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What could be made of the files: the flows that can be read, and all mistakes so far."""

    loaded: Loaded
    problems: Sequence[FlowError]
    #: Whether every file became a flow, so that nothing is hidden from the checks.
    whole: bool


def load(
    sources: Mapping[str, str],
    handlers: Sequence[Keyword | Action],
    business: Business,
    anytime: Sequence[AnytimeWords] = (),
) -> Loaded:
    """Read flow files (path -> text) and handlers. Raises `FlowErrors` with all mistakes."""
    draft = drafted(sources, handlers, business, anytime)
    if draft.problems:
        raise FlowErrors(draft.problems)
    return draft.loaded


def drafted(
    sources: Mapping[str, str],
    handlers: Sequence[Keyword | Action],
    business: Business,
    anytime: Sequence[AnytimeWords] = (),
) -> Draft:
    """Read flow files (path -> text) and handlers as far as they can be read."""
    problems: list[FlowError] = []
    written: dict[str, Written] = {}
    flows: dict[str, Flow] = {}
    for path, source in sources.items():
        try:
            read = read_flow(source, path)
            problems += _named_as_its_file(read, path, written)
            written[read.file.flow] = read
            flows[read.file.flow] = compile_flow(read, business.languages)
        except FlowErrors as errors:
            problems += errors.problems
    # A flow that cannot be read is there all the same.
    problems += _unknown_flows(flows, written, anytime, {*written, *map(_stem, sources)})
    words = list(_start_words(flows, handlers))
    problems += _two_owners(words, anytime, flows, written)
    problems += _started_twice(flows, written)
    versions = {name: version_of(name, written, flows) for name in flows}
    playbook = Playbook(
        business=business,
        flows=flows,
        newest={name: version.hash for name, version in versions.items()},
        versions={
            version.hash: {each: flows[each] for each in reached(name, flows)}
            for name, version in versions.items()
        },
        kept={version.hash: version for version in versions.values()},
        keywords={each.words[0]: each for each in handlers if isinstance(each, Keyword)},
        actions={action.name: action for action in handlers if isinstance(action, Action)},
        start_words=StartWords(words),
        anytime={match_key(word): entry.flow for entry in anytime for word in entry.words},
        events={event: name for name, flow in flows.items() for event in flow.events},
        heard=_heard(flows),
    )
    made = {name: written[name] for name in flows}
    return Draft(
        loaded=Loaded(playbook=playbook, written=made),
        problems=problems,
        whole=len(flows) == len(sources),
    )


def _start_words(
    flows: Mapping[str, Flow], handlers: Iterable[Keyword | Action]
) -> Iterator[tuple[str, Target]]:
    for flow in flows.values():
        for word in flow.words:
            yield word, Target(kind="flow", name=flow.name)
    for handler in handlers:
        if isinstance(handler, Keyword):
            for word in handler.words:
                yield word, Target(kind="keyword", name=handler.words[0])


def _heard(flows: Mapping[str, Flow]) -> dict[str, tuple[str, ...]]:
    events = dict.fromkeys(event for flow in flows.values() for event in flow.hears)
    return {
        event: tuple(name for name, flow in flows.items() if event in flow.hears)
        for event in events
    }


def _started_twice(
    flows: Mapping[str, Flow], written: Mapping[str, Written]
) -> Iterator[FlowError]:
    """An event starts one flow; others may hear it while they are open."""
    owners: dict[str, str] = {}
    for name, flow in flows.items():
        for event in flow.events:
            if owners.setdefault(event, name) != name:
                yield FlowError(
                    sentence(
                        'Event "{event}" starts flow {owner} too.',
                        event=event,
                        owner=owners[event],
                    ),
                    place=written[name].document.place(("start", "events")),
                    mend=sentence("Take it away from one of them, or let one `run` the other."),
                )


def _named_as_its_file(
    read: Written, path: str, others: Mapping[str, Written]
) -> Iterator[FlowError]:
    name = read.file.flow
    stem = _stem(path)
    if name != stem:
        yield FlowError(
            sentence('The flow is called "{name}", its file "{stem}".', name=name, stem=stem),
            place=read.document.place(("flow",)),
            mend=sentence("Give both the same name."),
        )
    if name in others:
        yield FlowError(
            sentence('There are two flows "{name}".', name=name),
            place=read.document.place(("flow",)),
            mend=sentence("The other is {file}.", file=others[name].document.file),
        )


def _called(target: Target) -> str:
    if target.kind == "flow":
        return sentence("flow {name}", name=target.name)
    return sentence("keyword {name}", name=target.name)


def _stem(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def _unknown_flows(
    flows: Mapping[str, Flow],
    written: Mapping[str, Written],
    anytime: Sequence[AnytimeWords],
    known: Collection[str],
) -> Iterator[FlowError]:
    for name, flow in flows.items():
        for step_name, step in flow.steps.items():
            runs = getattr(step, "run", None)
            if isinstance(runs, str) and runs not in known:
                yield FlowError(
                    sentence('There is no flow "{runs}".', runs=runs),
                    place=written[name].document.place(("steps", step_name, "run")),
                    mend=advice(runs, flows),
                )
    for entry in anytime:
        if entry.flow not in known:
            yield FlowError(
                sentence(
                    '[anytime] {name} starts flow "{flow}", and there is no such flow.',
                    name=entry.name,
                    flow=entry.flow,
                ),
                place=Place(file="convo.toml", line=1, column=1),
                mend=advice(entry.flow, flows),
            )


def _two_owners(
    words: Sequence[tuple[str, Target]],
    anytime: Sequence[AnytimeWords],
    flows: Mapping[str, Flow],
    written: Mapping[str, Written],
) -> Iterator[FlowError]:
    """A word that leads to two things, or that is the law's."""

    def place_of(target: Target) -> Place:
        if target.kind == "flow":
            return written[target.name].document.place(("start", "words"))
        return Place(file=f'keyword_handlers/ ("{target.name}")', line=1, column=1)

    owners: dict[str, Target] = {}
    for word, target in words:
        key = match_key(word)
        if is_law_word(word):
            yield FlowError(
                sentence('"{word}" is a word of the law and starts nothing.', word=word),
                place=place_of(target),
                mend=sentence(
                    "Choose another word; STOP, START, HELP and their kin are answered always."
                ),
            )
        first = owners.setdefault(key, target)
        if first != target:
            yield FlowError(
                sentence(
                    '"{word}" starts both {first} and {second}.',
                    word=word,
                    first=_called(first),
                    second=_called(target),
                ),
                place=place_of(target),
                mend=sentence("Take it away from one of them."),
            )
    project = {match_key(word): entry for entry in anytime for word in entry.words}
    for name, flow in flows.items():
        for step, entry in flow.anytime.items():
            for word in entry.words_of(step):
                if match_key(word) in project:
                    yield FlowError(
                        sentence('"{word}" is an anytime word of convo.toml too.', word=word),
                        place=written[name].document.place(("anytime", step)),
                        mend=sentence("Take it away from one of them."),
                    )
