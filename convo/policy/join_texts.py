"""What a text that asks somebody to join must say: who, what, how often, and how to end it."""

import re
from collections.abc import Iterator

from convo.core.business import Business
from convo.core.folding import whole_message
from convo.policy.law_words import LAW_WORDS, law_word
from convo.policy.opt_out import promised
from convo.policy.profiles import STRICT, Need, Wording, everywhere, profile, profile_of

#: Everyday words, which a text may hold without telling anybody how to leave.
_EVERYDAY = frozenset({"end", "quit", "cancel", "remove", "t", "r"})
_WORDS = re.compile(r"[^\W\d_]+")
_CJK = re.compile("[\u2e80-\u9fff]")
_LETTERS_LEAST = 3
_BRACKETS = "【】[]():： "


def wanted_of_joining(business: Business) -> dict[Need, Wording]:
    """What a join text must say: the home country's law, and what all the others want."""
    lines = [*profile(STRICT).wording, *profile_of(business.country, business).wording]
    return {line.needs: line for line in lines if line.where == "join"}


def lacking(text: str, about: str, language: str, business: Business) -> Iterator[Need]:
    """What `text`, in this language, does not say of a programme that is about `about`."""
    folded = whole_message(text)
    if not _names(text, business):
        yield "sender"
    if not any(_within(word, folded) for word in telling(about, language)):
        yield "about"
    often = how_often(language)
    if often and not any(_within(word, folded) for word in often):
        yield "frequency"
    if not _tells_how_to_leave(text, folded, business):
        yield "opt_out"


def telling(about: str, language: str) -> tuple[str, ...]:
    """The words of `about` that say what kind of messages come, pairs of signs in Chinese."""
    folded = whole_message(about)
    nothing = frozenset(map(whole_message, (*everywhere()["says_nothing"], *how_often(language))))
    if _CJK.search(folded):
        for word in sorted(nothing, key=len, reverse=True):
            if _CJK.search(word):
                folded = folded.replace(word, " ")
        runs = re.findall("[\u2e80-\u9fff]+", folded)
        return tuple(run[n : n + 2] for run in runs for n in range(len(run) - 1))
    words = _WORDS.findall(folded)
    return tuple(each for each in words if len(each) >= _LETTERS_LEAST and each not in nothing)


def how_often(language: str) -> tuple[str, ...]:
    """Words that say how often; none for a language whose words we do not have."""
    table = everywhere()["how_often"]
    return tuple(map(whole_message, table.get(language.partition("-")[0], ())))


def _names(text: str, business: Business) -> bool:
    names = [business.name, *(channel.signature for channel in business.channels.values())]
    shown = [name.strip(_BRACKETS).casefold() for name in names]
    signed = [channel for channel in business.channels.values() if channel.signature.strip()]
    # A signature goes before every text, so that the author need not write it.
    everywhere_signed = bool(signed) and len(signed) == len(business.channels)
    return everywhere_signed or any(name and name in text.casefold() for name in shown)


def _tells_how_to_leave(text: str, folded: str, business: Business) -> bool:
    def stops(word: str) -> bool:
        return law_word(word, business.country) == "stop"

    words = (
        whole_message(word)
        for row in LAW_WORDS
        if row.means == "stop" and (not row.countries or business.country in row.countries)
        for word in row.words
    )
    return promised(text, stops) or any(
        word not in _EVERYDAY and _within(word, folded) for word in words
    )


def _within(word: str, folded: str) -> bool:
    if _CJK.search(word) or (not word.isascii() and not word[0].isalpha()):
        return word in folded
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded) is not None
