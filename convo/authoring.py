"""What an author of keyword handlers and actions uses; nothing here imports the rest of Convo.

from convo import Call, Reply, action, keyword

@keyword("order", "订单")
async def order_status(call: Call) -> Reply:
    return Reply(en=f"Order {call.rest} is on its way.", zh=f"订单 {call.rest} 已发出。")

@action("calendar.book")
async def book(call: Call) -> dict[str, str]:
    return {"visit": await calendar.put(call.key, call.given["at"])}
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The contact, to read. `number` is E.164: keep it out of logs."""

    number: str = field(repr=False)
    language: str
    fields: Mapping[str, Any] = field(repr=False)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a handler or action is called with.

    It may be called twice for one and the same `key` (a crash between the call and its
    keeping): make the second a repetition of the first, never a second effect.
    """

    key: str
    contact: Person
    #: Milliseconds since 1970, UTC.
    now: int
    #: `with:` of the step, with native values.
    given: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    #: For a keyword: the whole text, and what followed the keyword.
    text: str = field(default="", repr=False)
    rest: str = field(default="", repr=False)


class Reply:
    """A keyword handler's answer: one text, or one for each language."""

    def __init__(self, text: str = "", /, **languages: str) -> None:
        if bool(text) == bool(languages):
            raise ValueError("A Reply is one text, or texts by language: Reply(en=..., zh=...).")
        self.texts: Mapping[str, str] = languages or {"": text}


class Failed(Exception):
    """An action says that it could not be done: the step's `failed` way is taken."""


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """Words and the handler that answers them."""

    words: tuple[str, ...]
    answer: Handler
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A name that flows `do`, and what does it."""

    name: str
    act: Handler
    about: str


def keyword(*words: str) -> Callable[[Handler], Keyword]:
    """The decorated async function answers these words, whole or followed by more."""
    if not words:
        raise ValueError('A keyword needs a word: @keyword("order").')

    def declare(answer: Handler) -> Keyword:
        return Keyword(words=words, answer=answer, about=(answer.__doc__ or "").strip())

    return declare


def action(name: str) -> Callable[[Handler], Action]:
    """The decorated async function is what flows call by `do: name`."""

    def declare(act: Handler) -> Action:
        return Action(name=name, act=act, about=(act.__doc__ or "").strip())

    return declare
