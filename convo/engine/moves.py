"""The lines under `moved` of a flow file: where each leads, and those that lead nowhere."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from convo.engine.schema import Moved, Written
from convo.errors import FlowError
from convo.language.spelling import advice
from convo.sentences import sentence
from convo.steps.end import END

RESTART = "restart"
STAY = "stay"
#: What may stand in place of a step; a step that is called so is a step like any other.
WORDS = (RESTART, STAY, END)


def followed(line: Moved, moved: Mapping[str, Moved], steps: Collection[str]) -> Moved:
    """Where a line leads in the end.

    `{a: b, b: c}` is how a file tells of a step that was renamed twice: who waits at `a`, two
    versions behind, goes to `c` at once.
    """
    way = [line, *(moved[name] for name in _older_names(line, moved, steps))]
    last = way[-1]
    again = last.end is None and any(each.again for each in way)
    return last.model_copy(update={"again": True}) if again else last


def _older_names(line: Moved, moved: Mapping[str, Moved], steps: Collection[str]) -> Sequence[str]:
    """The lines that a line leads over, each once."""
    passed: list[str] = []
    go = line.go
    while go is not None and go in moved and go not in (*steps, *WORDS, *passed):
        passed.append(go)
        go = moved[go].go
    return passed


def lines_to_nowhere(written: Written) -> Iterator[FlowError]:
    """Every line that names no step of the file, or goes round."""
    moved, steps = written.file.moved, written.steps
    for name, line in moved.items():
        place = written.document.place(("moved", name, "go"))
        if name in _older_names(line, moved, steps):
            what = sentence('Who waits at "{name}" would be sent round for ever.', name=name)
            yield FlowError(
                what, place=place, mend=sentence("Let one of these name a step of this file.")
            )
        elif line.go is not None and line.go not in (*moved, *steps, *WORDS):
            what = sentence('There is no step "{go}".', go=line.go)
            yield FlowError(what, place=place, mend=advice(line.go, [*steps, *WORDS]))
