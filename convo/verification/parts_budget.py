"""Texts that cost more parts than the flow, or convo.toml, allows, and such as may not leave."""

from collections.abc import Iterator
from typing import TypeGuard

from convo.core.parts import beyond_gsm
from convo.errors import FlowError
from convo.policy.leaving import LEAVING_RULES, UNAPPROVED, Leaving, Refused
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.verification.finding import finding
from convo.verification.said import everything_said, leaving_on
from convo.verification.worst_case import NAME_LENGTH, TEXT_LENGTH


def over_budget(loaded: Loaded) -> Iterator[FlowError]:
    """Each text at its longest, signed and with its way out, on the channel where it costs most."""
    business = loaded.playbook.business
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        budget = written.file.parts or business.most_parts
        for worst in everything_said(flow, business):
            leaves = [leaving_on(worst, each, flow, business) for each in business.channels]
            refused = next((each for each in leaves if _is_refused(each)), None)
            if refused is not None:
                mend = sentence("Leave it out: every text gets its channel's signature by itself.")
                yield finding(written, worst.path, LEAVING_RULES[refused.rule], mend)
                continue
            dearest = max(
                (each for each in leaves if not isinstance(each, Refused)),
                key=lambda each: each.parts.count,
                default=None,
            )
            if dearest is None or budget is None or dearest.parts.count <= budget:
                continue
            parts = dearest.parts
            letter = beyond_gsm(dearest.text)
            why = sentence(', which "{letter}" makes it', letter=letter) if letter else ""
            what = sentence(
                "In {language} this text may take {count} parts ({units} units of "
                "{encoding}{why}), signature and all; {budget} are allowed.",
                language=worst.language,
                count=parts.count,
                units=parts.units,
                encoding=parts.encoding,
                why=why,
                budget=budget,
            )
            mend = sentence(
                "Shorten it, or allow more (`parts:`). Values of unknown length count as "
                "{text_length} letters, names as {name_length}.",
                text_length=TEXT_LENGTH,
                name_length=NAME_LENGTH,
            )
            yield finding(written, worst.path, what, mend)


def _is_refused(leaves: Leaving | Refused) -> TypeGuard[Refused]:
    """What no template covers is told by a check of its own."""
    return isinstance(leaves, Refused) and leaves.rule != UNAPPROVED
