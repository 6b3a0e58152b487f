"""Texts that lack one of the flow's languages, or speak one that the flow does not."""

from collections.abc import Iterator, Mapping
from typing import cast

from convo.engine.schema import pieces_of
from convo.errors import FlowError
from convo.language.document import Path
from convo.language.texts import Text
from convo.routing.loading import Loaded
from convo.steps.choose import Choose
from convo.verification.finding import finding


def missing_languages(loaded: Loaded) -> Iterator[FlowError]:
    """A text in one language only is said to everybody and is no mistake."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        spoken = flow.languages
        for step_name, step in flow.steps.items():
            labels: list[tuple[Path, Mapping[str, str]]] = []
            if isinstance(step, Choose):
                labels = [(("options", id), option.label) for id, option in step.options.items()]
            texts = [(path, piece) for path, piece in pieces_of(step) if isinstance(piece, Text)]
            for below, text in texts:
                place = ("steps", step_name, *below)
                lacking = text.lacking(spoken) if text.languages else frozenset[str]()
                for language in sorted(lacking):
                    yield finding(written, place, f"This text is not written in {language}.")
                for language in sorted(text.languages - set(spoken)):
                    what = f"This text is written in {language}, which the flow does not speak."
                    mend = "Add it to `languages`, or take the text away."
                    yield finding(written, place, what, mend)
            for below, label in labels:
                for language in spoken if "" not in label else ():
                    if language not in label:
                        place = cast(Path, ("steps", step_name, *below))
                        yield finding(written, place, f"This option has no label in {language}.")
