"""Questions where several options may be chosen, in a way that nobody can choose them."""

from collections.abc import Iterator

from convo.engine.flow import Flow
from convo.engine.schema import Written
from convo.errors import FlowError
from convo.language.document import Path
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.choose import Choose
from convo.steps.many import Many
from convo.steps.tally import Tally
from convo.verification.finding import at_key, finding


def unfit_choices(loaded: Loaded) -> Iterator[FlowError]:
    """Limits that no list can keep, options that lead two ways at once, and answers of one kind
    that are kept as another."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        for step_name, step in flow.steps.items():
            path: Path = ("steps", step_name)
            if isinstance(step, Choose):
                yield from _kept(step, flow, written, path)
                if step.many is not None:
                    yield from _limits(step.many, len(step.options), written, path)
                    yield from _ways(step, written, path)
            if isinstance(step, Tally) and step.tally.vote is not None:
                voted = step.tally.vote.source.strip()
                if flow.answers.get(voted) == "options":
                    what = sentence(
                        '"{voted}" holds several options, and a vote is for one.', voted=voted
                    )
                    mend = sentence(
                        "Let people vote for one option, or split by a `branch` before it."
                    )
                    yield finding(written, (*path, "tally", "vote"), what, mend)


def _limits(many: Many, options: int, written: Written, path: Path) -> Iterator[FlowError]:
    if options == 1:
        what = sentence("There is one option, and several cannot be chosen of it.")
        yield at_key(
            written, (*path, "options"), what, sentence("Add another, or ask by `confirm`.")
        )
    for limit, number in (("least", many.least), ("most", many.most)):
        if number is not None and number > max(options, 1):
            what = sentence(
                "`{limit}` is {number}, and there are {options} options.",
                limit=limit,
                number=number,
                options=options,
            )
            mend = (
                sentence("Leave it out: then all may be chosen.")
                if limit == "most"
                else sentence("Lower it.")
            )
            yield finding(written, (*path, "many", limit), what, mend)


def _ways(step: Choose, written: Written, path: Path) -> Iterator[FlowError]:
    for id, option in step.options.items():
        if option.go is not None:
            what = sentence("Where several may be chosen, an option leads nowhere by itself.")
            case = f"{{if: \"'{id}' in {step.save or 'ANSWER'}\", go: {option.go}}}"
            mend = sentence("Let a `branch` behind it decide: `- {case}`.", case=case)
            yield finding(written, (*path, "options", id, "go"), what, mend)


def _kept(step: Choose, flow: Flow, written: Written, path: Path) -> Iterator[FlowError]:
    kind = flow.answers.get(step.save or "", step.answer_kind)
    if kind != step.answer_kind and "options" in (kind, step.answer_kind):
        what = (
            sentence(
                '"{save}" is kept as {kind}, and here one option is chosen.',
                save=step.save,
                kind=kind,
            )
            if step.many is None
            else sentence(
                '"{save}" is kept as {kind}, and here several options are chosen.',
                save=step.save,
                kind=kind,
            )
        )
        mend = sentence(
            "Keep it under a name of its own, or declare `{save}: {answer_kind}`.",
            save=step.save,
            answer_kind=step.answer_kind,
        )
        yield finding(written, (*path, "save"), what, mend)
