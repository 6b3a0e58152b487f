"""Whose words a text is: what it is found by when it must be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


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


def voice_row(voice: Voice) -> tuple[Any, ...]:
    """What stores keep of it; nothing of nobody's."""
    if voice == NOBODY:
        return ()
    return (voice.session, voice.flows, voice.version, voice.request)


def voice_in(kept: Sequence[Any]) -> Voice:
    """The voice of a `voice_row`, as JSON or msgpack gives it back."""
    if not kept:
        return NOBODY
    session, flows, version, request = kept
    return Voice(session=session, flows=tuple(flows), version=version, request=request)
