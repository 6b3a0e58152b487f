"""What companies post to us item by item: each is read alone, a broken one spoils no other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from convo.core.events import DeliveryStatus, Inbound, Report
from convo.errors import BadAddress, WebhookRejected
from convo.ports import Arrival, HttpAnswer, Parsed, RawRequest
from convo.providers.wire import sender, text_of

#: An event, and what tells it from all others.
Told = tuple[Inbound | Report, str]


class Passed(Exception):
    """Why an item is passed over; it holds no number and nothing that was said."""


def items_of(body: bytes | str, company: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a JSON list, or the one that stands alone; what is none of them is empty.

    Raises `WebhookRejected`.
    """
    try:
        read: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError):
        raise WebhookRejected(f"{company}'s webhook is no JSON.") from None
    if not isinstance(read, list | dict):
        raise WebhookRejected(f"{company}'s webhook is no object and no list of them.")
    listed = cast("list[object]", read) if isinstance(read, list) else [cast("object", read)]
    return [cast("Mapping[str, Any]", each) if isinstance(each, dict) else {} for each in listed]


def parsed(
    items: Iterable[Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], Told],
    request: RawRequest,
    answer: HttpAnswer,
) -> Parsed:
    """The request, each of its items as `read` tells it, which raises `Passed` or `BadAddress`."""
    arrivals: list[Arrival] = []
    ignored: list[str] = []
    for item in items:
        try:
            event, once = read(item)
        except (BadAddress, Passed) as reason:
            ignored.append(str(reason))
        else:
            arrivals.append(Arrival(event=event, dedupe=once, raw=request.brought))
    return Parsed(arrivals=tuple(arrivals), answer=answer, ignored=tuple(ignored))


def reply_of(
    channel: str,
    item: Mapping[str, Any],
    *,
    id: str,
    origin: str,
    text: str,
    extension: str = "",
    ours: str = "",
) -> Told:
    """The reply that stands in these fields of an item, written to `extension` and meant for
    `ours`. Raises `Passed` and `BadAddress`."""
    told = text_of(item, id)
    if not told:
        raise Passed(f"a reply has no {id}")
    check_extension(extension, ours)
    event = Inbound(
        channel=channel,
        contact=sender(text_of(item, origin), "CN"),
        text=text_of(item, text),
        provider_id=told,
    )
    return event, f"in:{channel}:{told}"


def report_of(
    channel: str,
    status: DeliveryStatus | None,
    *,
    ours: str,
    theirs: str,
    code: str,
    named: str = "",
) -> Told:
    """A report on the message that has this id of ours, of theirs, or both; `code` is why it
    failed. It is told from others by `named`, else by our id. Raises `Passed`."""
    if not (ours or theirs) or status is None:
        raise Passed("a report names no message, or no outcome")
    why = "" if status == "delivered" else code
    event = Report(channel=channel, outbound=ours, provider_id=theirs, status=status, code=why)
    return event, f"report:{channel}:{named or ours or theirs}:{status}:{why}"


def check_extension(told: str, ours: str) -> None:
    """Some companies write the whole number in front of it. Raises `Passed`."""
    if not told.endswith(ours):
        raise Passed("a reply is to another extension")
