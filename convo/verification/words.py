"""Words that can never be understood as meant: the law's, and those of two options."""

from collections.abc import Iterator

from convo.engine.schema import Written
from convo.errors import FlowError
from convo.policy.law_words import is_law_word
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.ask import Ask
from convo.steps.choose import Choose
from convo.understanding.normalise import match_key
from convo.verification.finding import at_key, finding

_LAW = sentence("STOP, START, HELP and their kin always win, in every country's own set.")


def unusable_words(loaded: Loaded) -> Iterator[FlowError]:
    """Options and anytime words."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        for entry, anytime in flow.anytime.items():
            for word in anytime.words_of(entry):
                if is_law_word(word):
                    what = sentence(
                        '"{word}" is a word of the law and is never understood as this.', word=word
                    )
                    yield at_key(written, ("anytime", entry), what, _LAW)
        for step_name, step in flow.steps.items():
            if isinstance(step, Choose):
                yield from _options(step, step_name, written)
            if isinstance(step, Ask):
                for n, word in enumerate(step.expect.option or ()):
                    if is_law_word(word):
                        path = ("steps", step_name, "expect", n)
                        what = sentence(
                            '"{word}" is a word of the law and is never an answer.', word=word
                        )
                        yield finding(written, path, what, _LAW)


def _options(step: Choose, step_name: str, written: Written) -> Iterator[FlowError]:
    owners: dict[str, str] = {}
    for id, option in step.options.items():
        path = ("steps", step_name, "options", id)
        for word in dict.fromkeys([*option.label.values(), *option.words]):
            if is_law_word(word):
                what = sentence('"{word}" is a word of the law and is never an answer.', word=word)
                yield at_key(written, path, what, _LAW)
            owner = owners.setdefault(match_key(word), id)
            if owner != id:
                what = sentence(
                    '"{word}" means both option {owner} and option {id}.',
                    word=word,
                    owner=owner,
                    id=id,
                )
                yield at_key(written, path, what, sentence("Give one of them another word."))
