"""A text that we had to ask back about: which question it was for, or which word was meant.

The text is kept. The answer delivers it; without one it changes nothing, stays visible in the
records, and the contact is told once.
"""

from collections.abc import Sequence

from convo.core.contacts import AskedBack, Named
from convo.core.effects import ClearTimer, SetTimer
from convo.core.events import Due
from convo.core.saying import Purpose
from convo.engine.flow import read_languages
from convo.engine.walk import Walk
from convo.language.phrases import phrase
from convo.policy.clipping import clipped
from convo.routing.desk import Desk
from convo.routing.names import names_of, telling_words
from convo.routing.timers import BACK
from convo.understanding.normalise import match_key
from convo.understanding.options import OptionWords, option_list, renumbered, understand_listed
from convo.understanding.yes_no import understand_yes_no

ANSWER_WITHIN = 30 * 60_000
"""How long a question of ours back waits, in milliseconds: the dialog is still in their head."""

QUOTE_AT_MOST = 60
"""Characters of their reply that we quote."""


# --- asking back ----------------------------------------------------------------------------------


def ask_which(desk: Desk, walks: Sequence[Walk], text: str, event: str, channel: str) -> None:
    """One short question: which of these open questions is `text` the answer to?"""
    names = names_of(walks)
    # Numbers that no open question shows: the one that is texted next is ours.
    first = max(walk.highest_number() for walk in desk.asking(channel)) + 1
    choices = tuple(
        Named(session=walk.id, number=number, label=name)
        for number, (walk, name) in enumerate(zip(walks, names, strict=True), start=first)
    )
    desk.record("routed", level=3, understood=True, which=[walk.id for walk in walks])
    _ask(
        desk,
        AskedBack(event=event, at=desk.event.at, channel=channel, text=text, choices=choices),
        phrase(
            "which.question",
            desk.language,
            list="\n".join(f"{each.number} {each.label}" for each in choices),
        ),
    )


def ask_whether(desk: Desk, word: str, text: str, event: str, channel: str) -> None:
    """Was this start word meant? A yes starts what it starts."""
    said = word.upper() if word.isascii() else word
    back = AskedBack(event=event, at=desk.event.at, channel=channel, text=text, word=word)
    _ask(desk, back, phrase("near_word.asked", desk.language, word=said))


def _ask(desk: Desk, back: AskedBack, told: str) -> None:
    forget(desk, back.channel)
    desk.asked_back.append(back)
    if back.choices:
        desk.around.effects.append(
            SetTimer(name=f"{BACK}{back.event}", generation=0, due=back.at + ANSWER_WITHIN)
        )
    desk.around.put[back.channel] = ("", "reply")  # now no other question is in hand
    desk.outbox.say(told, back.channel, "reply")


# --- the answer -----------------------------------------------------------------------------------


def asked_back_on(desk: Desk, channel: str) -> AskedBack | None:
    """What we have asked back about on this channel and have no answer to."""
    back = next((each for each in desk.asked_back if each.channel == channel), None)
    return back if back is None or desk.event.at - back.at <= ANSWER_WITHIN else None


def chosen(desk: Desk, back: AskedBack, text: str) -> str | None:
    """The session, ended or not, that `text` says the kept reply was for."""
    languages = read_languages(desk.business.languages)
    labels = {each.label for each in back.choices}
    words = tuple(
        OptionWords(
            id=each.session,
            number=each.number,
            labels=(each.label,),
            words=telling_words(each.label, labels - {each.label}, languages),
        )
        for each in back.choices
    )
    listed = renumbered(
        option_list(words, languages),
        [each.session for each in back.choices],
        [each.number for each in back.choices],
    )
    return understand_listed(text, listed)


def meant(back: AskedBack, desk: Desk, text: str) -> bool:
    """Whether `text` is the yes to a start word that we asked about."""
    return (
        bool(back.word) and understand_yes_no(text, read_languages(desk.business.languages)) is True
    )


def forget(desk: Desk, channel: str) -> None:
    """It is answered, or will not be."""
    for back in [each for each in desk.asked_back if each.channel == channel]:
        desk.asked_back.remove(back)
        if back.choices:
            desk.around.effects.append(ClearTimer(name=f"{BACK}{back.event}"))


def left_unplaced(
    desk: Desk, back: AskedBack, why: str, purpose: Purpose, instead: str = ""
) -> None:
    """The reply reaches no question: it stays visible, and the contact is told once.

    Who wrote the very same `instead` is asked about that, and needs not be told.
    """
    desk.record("unplaced", event=back.event, channel=back.channel, text=back.text, why=why)
    if instead and match_key(back.text) == match_key(instead):
        return
    quote = clipped(" ".join(back.text.split()), QUOTE_AT_MOST)
    desk.outbox.say(phrase("which.unplaced", desk.language, reply=quote), back.channel, purpose)


def give_up(desk: Desk, event: Due) -> None:
    """The time for the answer is over."""
    about = event.name.removeprefix(BACK)
    back = next((each for each in desk.asked_back if each.event == about), None)
    if back is None:
        desk.record("stale", timer=event.name)
        return
    desk.asked_back.remove(back)
    left_unplaced(desk, back, "nobody said which question it was for", "first")
