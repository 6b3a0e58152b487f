"""What a channel of templates must have approved, and which of its templates each text is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from convo.core.approved import Gaps, Template, covering
from convo.core.business import Business, Channel, MessageClass
from convo.engine.flow import Flow
from convo.language.document import Path
from convo.language.every_way import every_way, marked, values_in, with_values
from convo.language.phrases import phrases
from convo.policy.leaving import Refused, signed
from convo.routing.leaving import what_leaves_to
from convo.routing.playbook import Playbook
from convo.steps.ask import Ask
from convo.steps.choose import Choose
from convo.steps.question import Question
from convo.verification.said import everything_said

_UNCLEAR, _SEVERAL, _HALF = "unclear.", "many.", "missing."
_LATE, _AGAIN = ("late.on", "late.today"), "late.again"
_OURS = "{business}"

#: Phrases that no text is made of: they stand on pages, or within other texts.
NO_TEXTS = (
    *("yes", "no", "none", "opt_out.", "opt_in_page.", "opt_out_page."),
    *("privacy.comma", "privacy.kinds.", _AGAIN),
)
BY_THE_PROVIDER = ("stop.", "start.")
"""Said by a company that confirms a STOP itself."""

_GAP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A text that may leave on the channel, as it is to be approved."""

    #: Where it is written in the flow's file, or the name of a phrase of ours.
    path: Path
    language: str
    #: The body, without a signature, its values marked.
    text: str = field(repr=False)
    #: The template that it is; None when none covers it.
    template: Template | None

    def wording(self, gaps: Gaps) -> str:
        """The text as it is registered with a company that writes gaps so."""
        numbers = {name: n for n, name in enumerate(values_in(self.text), start=1)}
        return with_values(self.text, lambda name: gaps.written(name, numbers[name]))


def needed_by(flow: Flow, channel: Channel, business: Business) -> Iterator[Needed]:
    """Every text that a flow can say, down each branch."""
    for each in everything_said(flow, business, every_way):
        yield from _needed(
            each.text, each.path, each.language, flow.message_class, channel, business
        )


def needed_by_us(channel: Channel, playbook: Playbook) -> Iterator[Needed]:
    """What the system says by itself, as far as questions of these flows make it."""
    business = playbook.business
    for language in business.languages:
        written = phrases(language)
        for name in written:
            if not name.startswith(NO_TEXTS) and _is_said(name, channel, playbook):
                for whole in _whole(name, written):
                    named = whole.replace(_OURS, business.name)
                    text = _GAP.sub(lambda gap: marked(gap[1]), named)
                    yield from _needed(text, (name,), language, "service", channel, business)


def _whole(name: str, written: Mapping[str, str]) -> Iterator[str]:
    """A phrase, and with what follows it in one text where the flow can be begun by a word."""
    yield written[name]
    if name in _LATE:
        again = written[_AGAIN]
        yield written[name] + (" " if again.isascii() else "") + again


def _is_said(phrase: str, channel: Channel, playbook: Playbook) -> bool:
    steps = [step for flow in playbook.flows.values() for step in flow.steps.values()]
    if phrase.startswith(BY_THE_PROVIDER):
        return channel.optout_reply == "us"
    if phrase.startswith(_UNCLEAR):
        return any(isinstance(step, Question) and step.unclear_phrase() == phrase for step in steps)
    if phrase.startswith(_SEVERAL):
        return any(isinstance(step, Choose) and step.many is not None for step in steps)
    if phrase.startswith(_HALF):
        return any(isinstance(step, Ask) and step.expect.kind == "datetime" for step in steps)
    return True


def _needed(
    text: str,
    path: Path,
    language: str,
    kind: MessageClass,
    channel: Channel,
    business: Business,
) -> Iterator[Needed]:
    leaves = what_leaves_to(
        text,
        kind=kind,
        channel=replace(channel, templates=None),
        business=business,
        country=business.country,
        language=language,
    )
    if isinstance(leaves, Refused):
        return  # another check tells why
    body, _ = signed(leaves.text, channel)
    samples = {name: f"字{n}" for n, name in enumerate(values_in(body))}
    found = covering(with_values(body, samples.__getitem__), channel.templates or ())
    yield Needed(path=path, language=language, text=body, template=found[0] if found else None)
