"""A flow ready to run: its steps, and one `transitions` machine that knows every way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from transitions import EventData, Machine

from convo.core.business import MessageClass
from convo.core.saying import Unless
from convo.engine.moves import lines_to_nowhere
from convo.engine.schema import Anytime, Brought, FlowFile, Moved, Written, pieces_of
from convo.engine.trail import BACK
from convo.errors import FlowError, FlowErrors, Place
from convo.language.document import Document
from convo.language.expressions import Expression
from convo.language.spelling import advice
from convo.language.texts import Text
from convo.sentences import sentence
from convo.steps.ask import Ask
from convo.steps.choose import Choose
from convo.steps.end import END
from convo.steps.expect import kept_as
from convo.steps.run import Run
from convo.steps.scene import OPT_OUT_LINK
from convo.steps.step import Branch, Step
from convo.steps.tally import Tally
from convo.understanding.normalise import match_key

ALWAYS_READ = "en"


class Cursor:
    """What the shared machine moves: where one session stands in one turn."""

    __slots__ = ("scope", "state", "tried")

    def __init__(self, state: str, scope: Any) -> None:
        self.state = state
        #: Makes the scope that conditions are worked out in, if there is one.
        self.scope = scope
        #: What was tried and whether it held, for the records.
        self.tried: list[tuple[str, bool]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What a flow does with an event that it hears at every step."""

    #: The name of its `anytime` entry.
    entry: str
    needs: frozenset[str]
    same: tuple[str, ...]

    def unless(self, event: str, known: Mapping[str, Any]) -> Unless:
        """Which events of this name are meant, for a conversation that knows these values."""
        return Unless(event=event, same={name: known.get(name) for name in self.same})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """One version of a flow. Made once, shared by all its sessions, never changed."""

    name: str
    about: str
    called: Text | None
    message_class: MessageClass
    programme: str
    window: str
    languages: tuple[str, ...]
    #: The languages that replies are understood in, whichever the contact is spoken to in.
    reads: tuple[str, ...]
    words: tuple[str, ...]
    events: tuple[str, ...]
    #: Seconds in which the same contact does not start it again; None is no such rule.
    once: float | None
    #: Outcomes after which it starts again all the same.
    retry: tuple[str, ...]
    #: What they are told who text a start word all the same.
    again: Text | None
    busy: str
    #: The kind of every answer, by name.
    answers: Mapping[str, str]
    #: Answer -> option id -> language -> label.
    labels: Mapping[str, Mapping[str, Mapping[str, str]]]
    #: What its events bring: the kind of every value, by name.
    brings: Mapping[str, str]
    #: What an event that starts it must bring.
    needs: frozenset[str]
    #: Event that is heard at every step -> what becomes of it.
    hears: Mapping[str, Hearing]
    anytime: Mapping[str, Anytime]
    #: Labels of the ways that lead to the question before.
    backs: frozenset[str]
    #: Folded anytime word -> the name of its entry.
    anytime_words: Mapping[str, str]
    expires_after: float | None
    reads_contact_zone: bool
    #: Some text or expression names the contact's opt-out link.
    links_out: bool
    #: Step of an older version -> where its people go on, as written.
    moved: Mapping[str, Moved]
    steps: Mapping[str, Step]
    first: str
    #: Step -> its ways out, with every `to` known.
    ways: Mapping[str, Sequence[Branch]]
    machine: Machine = field(repr=False)
    #: The flows that it runs.
    runs: frozenset[str]


def compile_flow(written: Written, business_languages: Sequence[str]) -> Flow:
    """Make a flow of what was written. Raises `FlowErrors` for ways that lead nowhere."""
    file, steps = written.file, written.steps
    ways, problems = _ways(written)
    problems += _anytime_problems(written)
    problems += lines_to_nowhere(written)
    if problems:
        raise FlowErrors(problems)
    answers, labels = _answers(file, steps)
    languages = file.languages or tuple(business_languages)
    return Flow(
        name=file.flow,
        about=file.about,
        called=file.called,
        message_class=file.class_,
        programme=file.programme,
        window=file.window,
        languages=languages,
        reads=read_languages((*languages, *business_languages)),
        words=file.start.words,
        events=file.start.events,
        once=file.start.once.total_seconds() if file.start.once else None,
        retry=file.start.retry,
        again=file.start.again,
        busy=file.busy,
        answers=answers,
        labels=labels,
        brings=_brings(file),
        needs=_needs(file),
        hears=_hears(file),
        anytime=file.anytime,
        backs=frozenset(
            f"anytime:{word}" for word, each in file.anytime.items() if _goes_back(each, file)
        ),
        anytime_words={
            match_key(word): name
            for name, entry in file.anytime.items()
            for word in entry.words_of(name)
        },
        expires_after=file.expires.after.total_seconds() if file.expires else None,
        reads_contact_zone=any(isinstance(s, Ask) and s.zone == "contact" for s in steps.values()),
        links_out=_links_out(written),
        moved=file.moved,
        steps=steps,
        first=next(iter(steps)),
        ways=ways,
        machine=_machine(file, ways),
        runs=frozenset(step.run for step in steps.values() if isinstance(step, Run)),
    )


def _links_out(written: Written) -> bool:
    pieces = (
        piece for form in (written.file, *written.steps.values()) for piece in pieces_of(form)
    )
    return any(
        use.name == f"contact.{OPT_OUT_LINK}"
        for _, piece in pieces
        if isinstance(piece, Text | Expression)
        for use in piece.uses
    )


def _brings(file: FlowFile) -> dict[str, str]:
    return {
        name: kept_as(value.optional if isinstance(value, Brought) else value)
        for name, value in file.event.items()
    }


def _needs(file: FlowFile) -> frozenset[str]:
    return frozenset(n for n, value in file.event.items() if not isinstance(value, Brought))


def _hears(file: FlowFile) -> dict[str, Hearing]:
    return {
        event: Hearing(
            entry=name,
            needs=frozenset(
                (*(_needs(file) if entry.brings is None else entry.brings), *entry.same)
            ),
            same=entry.same,
        )
        for name, entry in file.anytime.items()
        for event in entry.events
    }


def read_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """The flow's own and the business's, and English, which people fall back to everywhere.

    Not all that there are tables for: "once" is 11 in Spanish, and "si" is no yes in French.
    """
    spoken = (language.partition("-")[0] for language in languages)
    return tuple(dict.fromkeys((*spoken, ALWAYS_READ)))


def _ways(written: Written) -> tuple[dict[str, Sequence[Branch]], list[FlowError]]:
    """Every step's branches with their targets filled in, and the targets that are none."""
    file, steps, document = written.file, written.steps, written.document
    names = [*steps, END]
    following = dict(zip(steps, [*list(steps)[1:], None], strict=True))
    ways: dict[str, Sequence[Branch]] = {}
    problems: list[FlowError] = []
    #: (step, target) of branches that lead nowhere but are written somewhere else.
    derived: list[tuple[str, str]] = []
    told: set[str] = {entry.go for entry in file.anytime.values()}
    told |= {file.expires.go} if file.expires else set()
    for name, step in steps.items():
        found: list[Branch] = []
        for branch in _with_flow_ways(step.branches(), step, file):
            to = branch.to or following[name]
            path = ("steps", name, *branch.path)
            if to is None:
                what = sentence('Nothing follows step "{name}", the last of the file.', name=name)
                mend = sentence("Give it a `go`, such as `go: end`.")
                problems.append(
                    FlowError(what, place=document.key_place(("steps", name)), mend=mend)
                )
            elif to in names:
                found.append(
                    Branch(label=branch.label, to=to, condition=branch.condition, path=branch.path)
                )
            elif _is_written(document, path):
                told.add(to)
                problems.append(_no_step(to, document.place(path), names))
            else:
                derived.append((name, to))
        ways[name] = tuple(found)
    problems += [
        _no_step(to, document.key_place(("steps", name)), names)
        for name, to in derived
        if to not in told
    ]
    return ways, problems


def _is_written(document: Document, path: Sequence[str | int]) -> bool:
    """Whether an author wrote something there; what a kind fills in by itself is not."""
    here: Any = document.data
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(here, str)


def _no_step(to: str, place: Place, names: Sequence[str]) -> FlowError:
    return FlowError(
        sentence('There is no step "{to}".', to=to), place=place, mend=advice(to, names)
    )


def _with_flow_ways(branches: Sequence[Branch], step: Step, file: FlowFile) -> Sequence[Branch]:
    """A step's own ways, those that the flow gives to every question, and what begins later."""
    later = [
        Branch(label=f"later:{n}", to=entry.go, path=("later", n, "go"))
        for n, entry in enumerate(step.later)
    ]
    if not step.asks:
        return (*branches, *later)
    expires = file.expires
    more: list[Branch] = []
    if expires is not None:
        more.append(Branch(label="expires", to=expires.go))
    if not any(branch.label == "give_up" for branch in branches):
        more.append(Branch(label="give_up", to=expires.go if expires else END))
    return (*branches, *more, *later)


def _anytime_problems(written: Written) -> list[FlowError]:
    document, names = written.document, [*written.steps, END, BACK]
    targets = [(("anytime", name), entry.go) for name, entry in written.file.anytime.items()]
    if written.file.expires is not None:
        targets.append((("expires", "go"), written.file.expires.go))
    problems = [
        _no_step(to, document.place(path), names) for path, to in targets if to not in names
    ]
    return [*problems, *_event_problems(written)]


def _goes_back(entry: Anytime, file: FlowFile) -> bool:
    """A step that is called `back` is a step like any other."""
    return entry.go == BACK and BACK not in file.steps


def _event_problems(written: Written) -> Iterator[FlowError]:
    """Values that no event brings, and an event that is heard twice."""
    document, brings = written.document, written.file.event
    owners: dict[str, str] = {}
    for name, entry in written.file.anytime.items():
        here = ("anytime", name)
        for value in dict.fromkeys((*(entry.brings or ()), *entry.same)):
            if value not in brings:
                what = sentence('`event` of this flow has no value "{value}".', value=value)
                mend = advice(value, brings) or sentence(
                    "Declare it: `event: {{{value}: text}}`.", value=value
                )
                yield FlowError(what, place=document.place(here), mend=mend)
        for event in entry.events:
            if owners.setdefault(event, name) != name:
                what = sentence(
                    '"{event}" is heard by "{owner}" and by "{name}".',
                    event=event,
                    owner=owners[event],
                    name=name,
                )
                mend = sentence("One event leads to one step; a `branch` there may part the ways.")
                yield FlowError(what, place=document.place(here), mend=mend)


def _answers(
    file: FlowFile, steps: Mapping[str, Step]
) -> tuple[dict[str, str], dict[str, dict[str, dict[str, str]]]]:
    """The kinds of all answers, declared or plain from where they are saved, and the labels."""
    kinds = {name: kept_as(kind) for name, kind in file.answers.items()}
    labels: dict[str, dict[str, dict[str, str]]] = {}
    shown_as: list[tuple[str, str]] = []
    for step in steps.values():
        match step:
            case Choose(save=str(name)):
                kinds.setdefault(name, step.answer_kind)
                known = labels.setdefault(name, {})
                known.update({id: dict(texts) for id, texts in step.labels.items()})
            case Tally(save=str(name)):
                kinds.setdefault(name, "tally")
                voted = step.tally.vote.source.strip() if step.tally.vote is not None else ""
                shown_as.append((name, voted))
            case Ask(save=str(name)):
                kinds.setdefault(name, step.expect.answer_kind)
            case _:
                pass
    # A standing is told in the words of the options that were voted for.
    for name, voted in shown_as:
        labels.setdefault(name, {}).update(labels.get(voted, {}))
    return kinds, labels


def _machine(file: FlowFile, ways: Mapping[str, Sequence[Branch]]) -> Machine:
    """One machine for all sessions: it holds no session, and is given a cursor to move.

    Its callbacks are functions, never strings: `transitions` would import an unknown name as a
    dotted path, which would let a flow file run code.
    """
    machine = Machine(
        model=None,
        states=[*ways, END],
        initial=next(iter(ways)),
        auto_transitions=False,
        send_event=True,
    )
    for name, branches in ways.items():
        for branch in branches:
            conditions = [] if branch.condition is None else [_holds(branch)]
            machine.add_transition(branch.label, name, branch.to, conditions=conditions)
    for word, entry in file.anytime.items():
        # Before any question, `go: back` has nothing before it but the beginning.
        to = next(iter(ways)) if _goes_back(entry, file) else entry.go
        machine.add_transition(f"anytime:{word}", list(ways), to)
    return machine


def _holds(branch: Branch) -> Any:
    condition = branch.condition
    assert condition is not None

    def holds(event: EventData) -> bool:
        cursor = cast(Cursor, event.model)
        held = condition.holds(cursor.scope())
        cursor.tried.append((condition.source, held))
        return held

    return holds
