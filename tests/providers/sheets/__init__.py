"""Sample sheets: what the contract of all providers must know of the wire of one.

A sheet for each provider stands in a file of its name, as `SHEET`. The contract
(tests/providers/test_every_provider.py) walks the table of providers and asks for each.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from convo.core.business import Channel
from convo.core.events import DeliveryStatus
from convo.errors import SendError
from convo.fakes import Answer, Fake, Now, Said, Taken, Webhook
from convo.ports import HttpAnswer, RawRequest
from convo.ports.doubts import Found
from tests.fakes.outbound import CONTACT, OURS, channel


@dataclass(frozen=True, kw_only=True)
class Hears:
    """What comes in, and how."""

    #: Exactly what the company wants to hear, once it is kept.
    answer: HttpAnswer
    #: Senders as its wire has them, and who that is.
    senders: Mapping[str, str]
    #: Senders that cannot be answered; passed over.
    nobodies: tuple[str, ...] = ("384387", "SALON")
    #: Its words for how far a message is, and ours. Empty: it sends no reports.
    statuses: Mapping[str, DeliveryStatus]
    #: Whether the word for a failure is its code as well.
    words_are_codes: bool = False
    #: Any request made anew as the company would sign it; None where it signs nothing.
    signed: Callable[[Any, Webhook], Webhook] | None = None
    #: Whether the proof is of what is said, and not only of who says it.
    covers: bool = True
    #: A request with its proof taken away.
    shorn: Callable[[RawRequest], RawRequest] = lambda request: replace(request, headers={})
    #: The same request with a signature of long ago; None where no time is signed.
    stale: Callable[[Any, Webhook], Webhook] | None = None
    #: Several texts in one request, the middle one broken. None: one request, one event.
    several: Callable[[Any, tuple[Said, ...]], Webhook] | None = None
    #: A text that the company says is a STOP. None: it never says.
    stop: Callable[[Any], Webhook] | None = None
    #: The status and code of a report that says they are opted out there. None: no code does.
    opted_out: tuple[str, str] | None = None
    #: A part of a text, as (text, part, of). None: the company joins them.
    part: Callable[[Any, str, int, int], Webhook] | None = None
    #: Whether the company's id tells a text from all others, and needs nothing beside it.
    id_alone: bool = True
    #: Whether a text has an id of the company's.
    named: bool = True
    media: bool = False
    longest: int = 1600
    #: Whether a text without words is one.
    empty: bool = True


@dataclass(frozen=True, kw_only=True)
class Sends:
    """What goes out by HTTP, and what is answered."""

    #: Refusals by their kind, as the company gives them.
    refusals: tuple[tuple[Answer, type[SendError]], ...]
    #: Too fast; the headers come from the contract.
    limited: Callable[[dict[str, str]], Answer]
    #: Whether the answer holds an id.
    tells_id: bool = True
    #: Whether the message carries the URL of its reports.
    callback: bool = True
    media: bool = False
    longest: int = 1600
    #: What the company has as a message's sender.
    origin: str = OURS
    #: What a look-up tells of a message that is not there.
    missing: Found = "not_sent"
    #: Whether a look-up tells the company's id as well.
    found_by_id: bool = True


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What the company lists, by which lost webhooks are found."""

    #: Has it list a text that came then (seconds since 1970). None: its list has no texts.
    text: Callable[[Any, Said, int], None] | None = None
    #: Has it list a message sent then, with its word for how far that is, and a code.
    report: Callable[[Any, Taken, str, str, int], None] | None = None
    #: The words that its list and its reports both have. Empty: all of `Hears.statuses`.
    words: tuple[str, ...] = ()
    #: What the channel's table in convo.toml must say for it.
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    #: Whether an entry that is nonsense spoils all of the list; else it is passed over.
    whole: bool = False
    #: Entries of one page.
    page_size: int


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One provider. `hears` is None where nothing comes in, `sends` where nothing goes by HTTP."""

    #: The provider, where this sheet is one of several of it (`MORE` of its file).
    provider: str = ""
    #: A new pretended company, by the clock it is given.
    fake: Callable[[Now], Fake] | None = None
    #: Its channel's table in convo.toml, where no pretended company says it.
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    hears: Hears | None = None
    sends: Sends | None = None
    lists: Lists | None = None
    #: Somebody that it can reach.
    contact: str = CONTACT
    #: A channel with these options.
    channel: Callable[[str, Any], Channel] = lambda name, _: channel(name)
    #: Whether texts come by a connection of the provider's own, and none by HTTP.
    by_line: bool = False
    #: Settings in which no secret may be shown again.
    secrets: tuple[str, ...] = field(default=())


def sheets_of(provider: str) -> Mapping[str, Sheet]:
    """The provider's sheet, and more of them where it speaks in several ways (`MORE` of its file).

    Fails when it has none.
    """
    file = Path(__file__).parent / f"{provider}.py"
    assert file.is_file(), (
        f"{provider} has no sample sheet: write tests/providers/sheets/{file.name}"
    )
    module = importlib.import_module(f"tests.providers.sheets.{provider}")
    return {provider: module.SHEET, **getattr(module, "MORE", {})}
