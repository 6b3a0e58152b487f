"""A text on its way out of a turn: which way out it names, in which language, for which country."""

import re
from collections.abc import Sequence

from convo.core.business import Business, Channel, MessageClass
from convo.core.languages import base_of, script_of
from convo.core.numbers import PhoneNumber
from convo.language.phrases import phrase
from convo.language.texts import spoken
from convo.policy.law_words import law_word
from convo.policy.leaving import Leaving, Refused, leaving
from convo.policy.numbering import country_of
from convo.policy.opt_out import Stops, names_a_word
from convo.understanding.telling import language_of

#: What the system itself ends marketing with, the shortest first; the last is understood anywhere.
_PHRASES = ("opt_out.short", "opt_out.anywhere")

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile("[A-Za-z]")
# A web address says nothing of the language that it stands in.
_SITE = re.compile(r"(?:https?://|(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})[!-~]*")
# A Chinese character says about as much as three letters: a name in a text is not its language.
_LETTERS_OF_HAN = 3


def what_leaves(
    text: str,
    *,
    media: Sequence[str] = (),
    kind: MessageClass,
    channel: str,
    business: Business,
    contact: PhoneNumber,
    language: str | None,
) -> Leaving | Refused:
    """`text` as the contact gets it; `language` is what they are spoken to in, if it is known."""
    return what_leaves_to(
        text,
        media=media,
        kind=kind,
        channel=business.channels[channel],
        business=business,
        country=country_of(contact),
        language=language,
    )


def what_leaves_to(
    text: str,
    *,
    media: Sequence[str] = (),
    kind: MessageClass,
    channel: Channel,
    business: Business,
    country: str | None,
    language: str | None,
) -> Leaving | Refused:
    """As `what_leaves`, to anybody in `country`.

    Who gets no MMS can follow the links of its pictures: they stand behind the text.
    """
    shown = country in channel.mms
    if media and not shown:
        text = "\n".join((text, *media))

    def stops(word: str) -> bool:
        return law_word(word, country) == "stop"

    way_out = ""
    if kind == "marketing":
        said_in = _written_in(text, language, business) or language or business.languages[0]
        way_out = _way_out(said_in, channel, business, stops)
    return leaving(
        text,
        media=tuple(media) if shown else (),
        channel=channel,
        others=[each for each in business.channels.values() if each is not channel],
        kind=kind,
        phrase=way_out,
        stops=stops,
    )


def _read_alike(one: str, other: str) -> bool:
    return base_of(one) == base_of(other) and script_of(one) == script_of(other)


def _way_out(language: str, channel: Channel, business: Business, stops: Stops) -> str:
    """The channel's own words, the business's, or ours: the first that do what they promise."""
    own: list[str] = []
    for texts in (channel.opt_out, business.opt_out):
        known = spoken(texts, language)
        own += [texts[each] for each in (known, "") if each is not None and each in texts]
    found = [*own, *(phrase(name, language) for name in _PHRASES)]
    return next(each for each in found if each is found[-1] or names_a_word(each, stops))


def _written_in(text: str, known: str | None, business: Business) -> str:
    """The language that `text` is in: by its letters and words, else the one that is known."""
    words = _SITE.sub("", text)
    han, latin = len(_HAN.findall(words)), len(_LATIN.findall(words))
    chinese = known is not None and base_of(known) in ("zh", "ja", "ko")
    if han and not chinese and han * _LETTERS_OF_HAN < latin:
        # A name among Latin letters.
        words = _HAN.sub("", words)
    told = language_of(words, business.languages, known)
    if known is not None and (told is None or _read_alike(told, known)):
        return known
    return told or business.languages[0]
