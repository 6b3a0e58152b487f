"""Names in texts and expressions that nothing gives a value, and answers that are misspelt."""

from collections.abc import Iterator, Mapping

from convo.core.business import Business
from convo.engine.flow import Flow
from convo.engine.schema import Written, pieces_of
from convo.errors import FlowError
from convo.language.allowed import Use
from convo.language.authored import Authored
from convo.language.document import Path
from convo.language.durations import Moment
from convo.language.expressions import Expression
from convo.language.spelling import advice
from convo.language.texts import Text
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.ask import Ask
from convo.steps.choose import Choose
from convo.steps.consent import OPT_IN_LINK, Consent
from convo.steps.outside import Errand
from convo.steps.run import Run
from convo.steps.scene import OPT_OUT_LINK
from convo.steps.set import CONTACT, SETTABLE, Set
from convo.steps.step import Step
from convo.steps.verify import PIN, Verify
from convo.verification.finding import finding

#: Known everywhere.
_ALWAYS = frozenset({"now", "contact"})
EVENT = "event"
#: What nobody could follow where nothing says how the server is reached.
_LINKS = frozenset((f"contact.{OPT_OUT_LINK}", OPT_IN_LINK))
#: What every contact has beside the fields that convo.toml declares.
OF_EVERY_CONTACT = ("tags", OPT_OUT_LINK, *SETTABLE)


def unknown_names(loaded: Loaded) -> Iterator[FlowError]:
    """Every name that is used, and every name that something is saved under."""
    fields = loaded.playbook.business.contact_fields
    business = loaded.playbook.business
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        given = _given(flow, written)
        if flow.called is not None:
            yield from _used(flow.called, written, ("called",), given, business)
        for below, piece in pieces_of(written.file.start):
            yield from _used(piece, written, ("start", *below), frozenset(), business)
        for below, piece in pieces_of(written.file.moved):
            yield from _used(piece, written, ("moved", *below), given, business)
            yield from _brought(piece, written, ("moved", *below), flow.brings)
        for step_name, step in flow.steps.items():
            path: Path = ("steps", step_name)
            yield from _saved(step, written, path, flow, fields)
            for below, piece in pieces_of(step):
                known = given | _here(step, below)
                yield from _used(piece, written, (*path, *below), known, business)
                yield from _brought(piece, written, (*path, *below), flow.brings)


def _given(flow: Flow, written: Written) -> frozenset[str]:
    """Answers that something gives a value: declared, saved, set, or brought by a `run`."""
    names = set(flow.answers) | set(written.file.answers)
    for step in flow.steps.values():
        match step:
            case Errand(save=str(name)) | Run(save=str(name)):
                names.add(name)
            case Set():
                names |= {name for name in step.set if not name.startswith(CONTACT)}
            case _:
                pass
    return frozenset(names)


def _here(step: Step, below: Path) -> frozenset[str]:
    """Names that are known in this one place."""
    if isinstance(step, Ask) and below[:1] == ("must",):
        return frozenset({"answer"})
    if isinstance(step, Choose) and below == ("choose",):
        return frozenset({"options"})
    if isinstance(step, Consent) and step.asks and below == ("confirm",):
        return frozenset({OPT_IN_LINK})
    if isinstance(step, Verify) and below == ("verify",):
        return frozenset({PIN})
    return frozenset()


def _saved(
    step: Step, written: Written, path: Path, flow: Flow, fields: Mapping[str, str]
) -> Iterator[FlowError]:
    declared = written.file.answers
    saves = getattr(step, "save", None)
    if declared and isinstance(saves, str) and saves not in declared:
        what = sentence('"{saves}" is not among the flow\'s answers.', saves=saves)
        yield finding(written, (*path, "save"), what, advice(saves, declared))
    if not isinstance(step, Set):
        return
    for name in step.set:
        place = (*path, "set", name)
        if name.startswith(CONTACT):
            field = name.removeprefix(CONTACT)
            if field not in fields and field not in SETTABLE:
                what = sentence('convo.toml declares no contact field "{field}".', field=field)
                mend = advice(field, fields) if fields else sentence("Add it under [contact].")
                yield finding(written, place, what, mend)
        elif declared and name not in declared:
            what = sentence(
                '"{name}" is not among the answers of flow {flow_name}.',
                name=name,
                flow_name=flow.name,
            )
            yield finding(written, place, what, advice(name, declared))


def _used(
    piece: Authored,
    written: Written,
    path: Path,
    known: frozenset[str],
    business: Business,
) -> Iterator[FlowError]:
    fields = business.contact_fields
    for use in _uses(piece):
        place = written.document.place_within((*path, *use.path), use.line, use.column)
        head, _, part = use.name.partition(".")
        if head == "contact" and part and part not in fields and part not in OF_EVERY_CONTACT:
            mend = (
                advice(part, fields)
                if fields
                else sentence("Declare it in convo.toml under [contact].")
            )
            yield FlowError(
                sentence('A contact has no field "{part}".', part=part), place=place, mend=mend
            )
        elif use.name in _LINKS and not business.public_url:
            what = sentence("Nobody could follow this link: nothing says where the server is.")
            yield FlowError(
                what, place=place, mend=sentence("Set server.public_url in convo.toml.")
            )
        elif use.name == OPT_IN_LINK and use.name not in known:
            what = sentence("A link that says yes stands in a question of consent only.")
            mend = sentence(
                "Write it into the `confirm` of a step with `consent: {{ask: PROGRAMME}}`."
            )
            yield FlowError(what, place=place, mend=mend)
        elif head not in known | _ALWAYS | {EVENT}:
            what = sentence('Nothing gives "{name}" a value.', name=use.name)
            yield FlowError(what, place=place, mend=advice(head, known | _ALWAYS))
    if isinstance(piece, Text | Expression):
        for function in sorted(piece.functions):
            place = written.document.place(path)
            yield FlowError(
                sentence('There is no function "{function}".', function=function), place=place
            )


def _brought(
    piece: Authored, written: Written, path: Path, brings: Mapping[str, str]
) -> Iterator[FlowError]:
    """Values of the event, which the flow declares under `event`."""
    for use in _uses(piece):
        head, _, part = use.name.partition(".")
        if head != EVENT or part in brings:
            continue
        place = written.document.place_within((*path, *use.path), use.line, use.column)
        if not part:
            what, mend = (
                sentence("An event is no value; its parts are."),
                sentence("Write it like event.order."),
            )
        else:
            what = sentence('No event of this flow brings "{part}".', part=part)
            mend = advice(part, brings) or sentence(
                "Declare it in the flow: `event: {{{part}: text}}`.", part=part
            )
        yield FlowError(what, place=place, mend=mend)


def _uses(piece: Authored) -> tuple[Use, ...]:
    match piece:
        case Text() | Expression():
            return piece.uses
        case Moment(anchor=Expression() as anchor):
            return anchor.uses
        case _:
            return ()
