"""A text that the gate put off, as the contact's record keeps it and as it comes back."""

from convo.core.contacts import Postponed
from convo.core.effects import Say


def put_off(id: str, say: Say, session: str, generation: int) -> Postponed:
    """What is kept of `say`; `session` and `generation` are those of the question that it is of."""
    return Postponed(
        id=id,
        text=say.text,
        channel=say.channel,
        kind=say.kind,
        purpose=say.purpose,
        programme=say.programme,
        not_after=say.not_after,
        session=session,
        generation=generation,
        unless=say.unless,
        window=say.window,
        voice=say.voice,
        touch=say.touch,
        media=say.media,
    )


def as_said(later: Postponed) -> Say:
    """The text as it was to be said."""
    return Say(
        text=later.text,
        channel=later.channel,
        kind=later.kind,
        purpose=later.purpose,
        programme=later.programme,
        not_after=later.not_after,
        unless=later.unless,
        window=later.window,
        voice=later.voice,
        touch=later.touch,
        media=later.media,
    )
