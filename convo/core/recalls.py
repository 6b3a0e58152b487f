"""Taking back what has not left: whose words a person means, and which messages those are."""

from dataclasses import dataclass

from convo.core.numbers import PhoneNumber
from convo.core.voices import Voice

ANY_REST = "*"
"""At the end of a request's key: every key that begins so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A person's word that these conversations shall say no more. All that is given must fit.

    From the moment in which a store has it, no message that was made until then leaves any more.
    """

    #: A flow that speaks, or on top of which another does; a version or how it begins; the key of
    #: a request, or how keys begin. Empty for any.
    flow: str = ""
    version: str = ""
    request: str = ""
    #: None for everybody.
    contact: PhoneNumber | None = None
    #: Who says so.
    by: str
    #: When the store got it, ms since 1970: the store's word.
    at: int = 0

    def means(self, contact: PhoneNumber, voice: Voice) -> bool:
        """Whether it is about what `voice` says to them; words of no conversation are nobody's."""
        if not voice.session or self.contact not in (None, contact):
            return False
        if self.request.endswith(ANY_REST):
            asked = voice.request.startswith(self.request.removesuffix(ANY_REST))
        else:
            asked = self.request in ("", voice.request)
        return asked and self.flow in ("", *voice.flows) and voice.version.startswith(self.version)
