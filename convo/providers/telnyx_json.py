"""What is read of Telnyx's JSON: events, messages and refusals. None of it is shown by a repr."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Party:
    phone_number: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Media:
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Problem:
    code: str = ""
    source: Mapping[str, Any] | None = None

    @property
    def of_ours(self) -> bool:
        """Whether it is about what the text comes from, and not where it goes."""
        return (self.source or {}).get("pointer") == "/from"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""
    text: str | None = None
    origin: Party = msgspec.field(name="from", default_factory=Party)
    to: list[Party] = msgspec.field(default_factory=list[Party])
    cc: list[Any] | None = None
    media: list[Media] | None = None
    errors: list[Problem] | None = None
    parts: int | None = None

    def __repr__(self) -> str:
        return f"Message({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event:
    event_type: str
    payload: Message


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Envelope:
    data: Event


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Created:
    data: Message


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Refusal:
    errors: list[Problem] = field(default_factory=list[Problem])


envelope = msgspec.json.Decoder(_Envelope).decode
created = msgspec.json.Decoder(_Created).decode
refused = msgspec.json.Decoder(_Refusal).decode
