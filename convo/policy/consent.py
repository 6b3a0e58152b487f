"""What a text does to consent at once, and whether a flow may ask for one."""

from convo.core.consent_acts import ConsentAct
from convo.core.contacts import ConsentState
from convo.core.events import LawWord
from convo.policy.law_words import rejoin_word


def consent_act(law: LawWord | None, text: str) -> ConsentAct | None:
    """What keeping `text` does to consent; `law` is what `law_word` made of it.

    YES is an act too and not a law word: the store lets it change only a withdrawn contact, and
    whether it did is in the event's `acted`. The proof is the text as it came.
    """
    if law == "stop":
        return ConsentAct(act="stop", proof=text)
    if law == "start" or (law is None and rejoin_word(text)):
        return ConsentAct(act="start", proof=text)
    return None


def may_ask(state: ConsentState, just_texted_join_word: bool) -> bool:
    """Whether one more consent question may go out: once, or when they ask for it themselves."""
    if state == "given":
        return False
    return state == "unknown" or just_texted_join_word
