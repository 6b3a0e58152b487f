"""Level 1: what a law word is answered. Its consent was changed when it was kept."""

from convo.core.business import Business
from convo.core.events import Inbound, LawWord
from convo.core.folding import whole_message
from convo.language.phrases import phrase
from convo.policy.law_words import law_word
from convo.policy.numbering import country_of
from convo.routing.consenting import left_by
from convo.routing.desk import Desk
from convo.routing.leaving_programmes import leave_programme

#: Countries whose carriers want HELP to say that texts may cost.
RATES_TOLD = frozenset({"US", "CA"})

#: What Twilio takes for HELP by default, as carriers want it; in no other language.
COMPANIES_HELP = frozenset({"help", "info"})


def answer_law(desk: Desk, event: Inbound, law: LawWord, language: str) -> None:
    """End what a STOP ends, and say what was done: once, and not where the provider says it."""
    business, channel = desk.business, desk.business.channels[event.channel]
    if law == "stop":
        left = left_by(desk.state, event)
        if left:
            leave_programme(desk, left)
        else:
            desk.silence()
        if event.acted and channel.optout_reply == "us":
            desk.outbox.say(_stop_confirmed(business, left, language), event.channel, "law")
    elif law == "start":
        told = "start.confirmed" if event.acted else "start.already"
        if channel.optout_reply == "us" or not event.acted:
            desk.outbox.say(phrase(told, language, business=business.name), event.channel, "law")
    elif channel.optout_reply == "us" or not _answered_there(event):
        told = "help.us" if country_of(event.contact) in RATES_TOLD else "help.anywhere"
        desk.outbox.say(phrase(told, language, business=business.name), event.channel, "law")


def _answered_there(event: Inbound) -> bool:
    """Whether a company that answers law words has answered this HELP: by its default words, or by
    one that only it knows."""
    plain = whole_message(event.text)
    return plain in COMPANIES_HELP or law_word(plain, country_of(event.contact)) != "help"


def _stop_confirmed(business: Business, left: str, language: str) -> str:
    if not left:
        return phrase("stop.confirmed", language, business=business.name)
    programme = business.programmes.get(left)
    about = programme.told(language) if programme else left
    return phrase("stop.programme", language, business=business.name, about=about)
