"""What can go wrong, before it does: one check a file, all of them in one table."""

from collections.abc import Collection, Iterator, Mapping

from convo.errors import FlowError, FlowErrors
from convo.routing.loading import Loaded
from convo.verification.circles import endless_circles
from convo.verification.double_opt_in import unconfirmed_consent
from convo.verification.emoji import too_many_emoji
from convo.verification.empties import empty_values
from convo.verification.filters import unfit_filters
from convo.verification.finding import Check
from convo.verification.joining import untold_joining
from convo.verification.languages import missing_languages
from convo.verification.many import unfit_choices
from convo.verification.names import unknown_names
from convo.verification.one_time_codes import codes_in_other_classes
from convo.verification.parts_budget import over_budget
from convo.verification.promotion import promotion_in_service
from convo.verification.reach import unreachable_steps
from convo.verification.references import unknown_references
from convo.verification.shares import unlike_shares
from convo.verification.silence import endless_silence
from convo.verification.templates import unapproved_texts
from convo.verification.words import unusable_words

TEMPLATES = "templates"
"""The check that whoever is about to register texts must do without."""

#: Name -> check, in the order in which they are made.
CHECKS: Mapping[str, Check] = {
    "names": unknown_names,
    "references": unknown_references,
    "consent": unconfirmed_consent,
    "joining": untold_joining,
    "empty": empty_values,
    "filters": unfit_filters,
    "languages": missing_languages,
    "words": unusable_words,
    "many": unfit_choices,
    "silence": endless_silence,
    "reach": unreachable_steps,
    "circles": endless_circles,
    "shares": unlike_shares,
    "parts": over_budget,
    "emoji": too_many_emoji,
    TEMPLATES: unapproved_texts,
    "promotion": promotion_in_service,
    "codes": codes_in_other_classes,
}


#: What cannot be judged while handlers are missing.
NEED_HANDLERS = frozenset({"references"})


def verify(loaded: Loaded) -> None:
    """Make every check. Raises `FlowErrors` with all that they found."""
    problems = list(faults(loaded))
    if problems:
        raise FlowErrors(problems)


def faults(loaded: Loaded, *, but: Collection[str] = ()) -> Iterator[FlowError]:
    """What every check finds, but for those that are named."""
    for name, check in CHECKS.items():
        if name not in but:
            yield from check(loaded)
