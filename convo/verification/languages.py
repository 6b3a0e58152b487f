"""Texts that lack one of the flow's languages, or speak one that the flow does not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from convo.engine.schema import Written, pieces_of
from convo.errors import FlowError
from convo.language.document import Path
from convo.language.texts import Text
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.choose import Choose
from convo.verification.finding import at_key, finding


def missing_languages(loaded: Loaded) -> Iterator[FlowError]:
    """A text in one language only is said to everybody and is no mistake."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        spoken = flow.languages
        if written.file.called is not None:
            yield from _of_a_text(written.file.called, written, ("called",), spoken)
        if (again := written.file.start.again) is not None:
            yield from _of_a_text(again, written, ("start", "again"), spoken)
        for below, text in pieces_of(written.file.moved):
            if isinstance(text, Text):
                yield from _of_a_text(text, written, ("moved", *below), spoken)
        for step_name, step in flow.steps.items():
            labels: list[tuple[Path, Mapping[str, str]]] = []
            if isinstance(step, Choose):
                labels = [(("options", id), option.label) for id, option in step.options.items()]
            texts = [(path, piece) for path, piece in pieces_of(step) if isinstance(piece, Text)]
            for below, text in texts:
                yield from _of_a_text(text, written, ("steps", step_name, *below), spoken)
            for below, label in labels:
                for language in spoken if "" not in label else ():
                    if language not in label:
                        place = cast(Path, ("steps", step_name, *below))
                        what = sentence(
                            "This option has no label in {language}.", language=language
                        )
                        yield finding(
                            written,
                            place,
                            what,
                            sentence("Add `{language}: ...`.", language=language),
                        )


def _of_a_text(
    text: Text, written: Written, place: Path, spoken: Sequence[str]
) -> Iterator[FlowError]:
    lacking = text.lacking(spoken) if text.languages else frozenset[str]()
    for language in sorted(lacking):
        what = sentence("This text is not written in {language}.", language=language)
        yield finding(written, place, what, sentence("Add `{language}: ...`.", language=language))
    for language in sorted(text.languages - set(spoken)):
        what = sentence(
            "This text is written in {language}, which the flow does not speak.", language=language
        )
        mend = sentence("Add it to `languages`, or take the text away.")
        there = _where(language, text.written) or ()
        yield at_key(written, (*place, *there), what, mend)


def _where(language: str, raw: object) -> Path | None:
    """The way to the first text in this language, in a text as it stands in the file."""
    inner: Iterable[tuple[str | int, object]] = ()
    if isinstance(raw, dict):
        inner = cast(dict[str, object], raw).items()
    elif isinstance(raw, list):
        inner = enumerate(cast(list[object], raw))
    for key, value in inner:
        if key == language:
            return (key,)
        if (below := _where(language, value)) is not None:
            return (key, *below)
    return None
