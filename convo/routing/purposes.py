"""Why a text of this turn goes out, and in which lane."""

from convo.core.events import Due, Event, Requested
from convo.core.saying import Purpose, Say
from convo.core.turns import Lane


def purpose_of(event: Event) -> Purpose:
    """A text's answer, an errand's and a person's are replies; timers and requests speak first."""
    return "first" if isinstance(event, Due | Requested) else "reply"


def lane_of(say: Say) -> Lane:
    """Replies and services go before what is sent to many."""
    return "bulk" if say.kind == "marketing" and say.purpose == "first" else "reply"
