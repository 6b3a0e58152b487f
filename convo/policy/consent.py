"""What a text does to consent at once, and whether a flow may ask for one."""

from collections.abc import Mapping

from convo.core.business import Business, Programme
from convo.core.consent_acts import ConsentAct
from convo.core.contacts import ConsentState, Origin
from convo.core.events import LawWord
from convo.core.numbers import PhoneNumber
from convo.policy.law_words import ends_all, rejoin_word
from convo.policy.numbering import country_of
from convo.policy.profiles import profile_of


def consent_act(
    law: LawWord | None, text: str, business: Business, origin: Origin
) -> ConsentAct | None:
    """What keeping `text` does to consent; `law` is what `law_word` made of it.

    YES is an act too and not a law word: the store lets it change only a contact that has left
    everything, and whether it did is in the event's `acted`. The proof is the text as it came.
    """
    narrow = business.law.stop_scope == "programme"
    if law == "stop":
        narrow = narrow and not ends_all(text)
        return ConsentAct(act="stop", proof=text, narrow=narrow, origin=origin)
    if law == "start":
        return ConsentAct(act="start", proof=text, narrow=narrow, origin=origin)
    if law is None and rejoin_word(text):
        return ConsentAct(act="start", proof=text, origin=origin)
    return None


def confirm_within(programme: str, business: Business) -> int:
    """Milliseconds that a request to join stays open; a programme may be gone from convo.toml."""
    known = business.programmes.get(programme)
    return Programme(name="", about="").confirm_within if known is None else known.confirm_within


def proof_days(number: PhoneNumber, business: Business) -> int:
    """Days for which the law of the contact's country wants proof of a consent once it is over."""
    return profile_of(country_of(number), business).retention.days


def yes_rule(country: str | None, business: Business) -> str:
    """The rule by which marketing needs a yes from the number itself; "" where none does."""
    wanted = profile_of(country, business).consent.get("marketing")
    return wanted.rule if wanted is not None and wanted.kind == "double" else ""


#: The stricter, the higher: what two numbers of one person come to is the higher of theirs.
_STRICTNESS: Mapping[ConsentState, int] = {"given": 0, "unknown": 1, "asked": 2, "withdrawn": 3}


def strictest(one: ConsentState, other: ConsentState) -> ConsentState:
    """The state of the two by which the less may be sent."""
    return max(one, other, key=_STRICTNESS.__getitem__)


def may_ask(state: ConsentState, just_texted_join_word: bool) -> bool:
    """Whether one more consent question may go out: once, or when they ask for it themselves."""
    if state == "given":
        return False
    return state == "unknown" or just_texted_join_word
