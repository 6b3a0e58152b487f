"""Whose words a text is: what it is found by when it must be taken back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The conversation that says something; all of it empty for words outside of every flow."""

    session: str = ""
    #: The flow that the conversation began with and those that run on top of it, the one whose
    #: words these are last; and the version of them all.
    flows: tuple[str, ...] = ()
    version: str = ""
    #: The key under which an own system asked for it, or for the conversation.
    request: str = ""


NOBODY = Voice()
