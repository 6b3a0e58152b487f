"""Names that were nearly right: what somebody probably meant, as advice in plain words."""

import difflib
from collections.abc import Iterable, Sequence

from convo.sentences import sentence

CLOSE_ENOUGH = 0.6
FEW_ENOUGH_TO_LIST = 12


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to this one, or None when nothing is near."""
    spelled = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), spelled, n=1, cutoff=CLOSE_ENOUGH)
    return spelled[near[0]] if near else None


def either(names: Sequence[str]) -> str:
    """Names of which one is wanted, such as "date or datetime"."""
    *others, last = names
    if not others:
        return last
    return sentence("{others} or {last}", others=either(others), last=last)


def advice(word: str, known: Iterable[str]) -> str:
    """One sentence for an error: the nearest word, else the words there are; empty if none."""
    names = list(dict.fromkeys(known))
    near = did_you_mean(word, names)
    if near is not None:
        return sentence('Did you mean "{near}"?', near=near)
    if not names:
        return ""
    listed = ", ".join(names[:FEW_ENOUGH_TO_LIST])
    if len(names) > FEW_ENOUGH_TO_LIST:
        return sentence("One of: {names}, ...", names=listed)
    return sentence("One of: {names}.", names=listed)
