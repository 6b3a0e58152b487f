"""What own systems post, understood: a flow to start, or a conversation given back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from convo.core.business import Business
from convo.core.events import HandedBack, Requested
from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress
from convo.language.spelling import advice, did_you_mean
from convo.policy.numbering import read_number, textable
from convo.ports import Arrival
from convo.routing.playbook import Playbook
from convo.routing.posted_values import Concerned, concerned, read_values

KEY_AT_MOST = 200
"""Characters of an idempotency key."""

_REQUEST = ("event", "flow", "to", "channel", "answers", "key")
_HANDBACK = ("to", "key")


class Nonsense(Exception):
    """What was posted cannot be meant; every complaint is one sentence for who posted it."""

    def __init__(self, complaints: Sequence[str], *, unfit: bool = False) -> None:
        super().__init__(*complaints)
        self.complaints = tuple(complaints)
        #: All is understood; only what the event must bring is missing or of the wrong kind.
        self.unfit = unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What to keep, and the channel that it counts for; empty when it is of none."""

    channel: str = ""
    arrival: Arrival


def read_request(body: bytes, playbook: Playbook) -> Posted:
    """A flow or an event for one number. Raises `Nonsense`."""
    fields = fields_of(body)
    complaints = unknown_in(fields, _REQUEST)
    business = playbook.business
    flows = _flows(fields, playbook, complaints)
    contact = contact_of(fields, business, complaints)
    channel = _channel(fields, business, complaints)
    key = key_of(fields, complaints)
    if not key and "key" not in fields:
        complaints.append(
            'key: it is missing. Name this one happening, like "order-1001-paid": '
            "posted twice under one key it is done once."
        )
    given: Any = fields.get("answers")
    if given is None:
        given = {}
    answers: Mapping[str, Any] = {}
    unfit: Sequence[str] = ()
    if not isinstance(given, dict):
        complaints.append('answers: it must be an object, like {"service": "Haircut"}.')
    elif flows:
        asked_for = f'"{fields.get("event") or fields.get("flow")}"'
        read = read_values(cast(dict[str, Any], given), flows, business, of=asked_for)
        complaints += read.complaints
        answers, unfit = read.values, read.unfit
    if complaints or contact is None:
        raise Nonsense([*complaints, *unfit])
    if unfit:
        raise Nonsense(unfit, unfit=True)
    event = Requested(
        contact=contact,
        channel=channel,
        flow=fields.get("flow", ""),
        event=fields.get("event", ""),
        answers=answers,
        key=key,
    )
    return Posted(channel=channel, arrival=Arrival(event=event, dedupe=f"request:{key}", raw=body))


def read_handback(body: bytes, playbook: Playbook) -> Posted:
    """The newest conversation that a person has with one number. Raises `Nonsense`."""
    fields = fields_of(body)
    complaints = unknown_in(fields, _HANDBACK)
    contact = contact_of(fields, playbook.business, complaints)
    key = key_of(fields, complaints)
    if complaints or contact is None:
        raise Nonsense(complaints)
    event = HandedBack(contact=contact, session="")
    dedupe = f"handback:{key}" if key else ""
    return Posted(arrival=Arrival(event=event, dedupe=dedupe, raw=body))


def fields_of(body: bytes) -> dict[str, Any]:
    """The object that the body is. Raises `Nonsense`."""
    try:
        fields = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise Nonsense(["The body is no JSON."]) from None
    if not isinstance(fields, dict):
        raise Nonsense(['The body must be an object, like {"to": "+8613800138000"}.'])
    return cast(dict[str, Any], fields)


def unknown_in(fields: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """A complaint for every field that is not known."""
    return [
        f"{name}: nothing here is called so. {advice(name, known)}"
        for name in fields
        if name not in known
    ]


def word_of(fields: Mapping[str, Any], name: str, complaints: list[str]) -> str | None:
    """A text of the body; None when it is not there or is no text."""
    value = fields.get(name)
    if name in fields and not (isinstance(value, str) and value):
        complaints.append(f"{name}: it must be a text that is not empty.")
        return None
    return value


def _flows(
    fields: Mapping[str, Any], playbook: Playbook, complaints: list[str]
) -> Sequence[Concerned]:
    """The flows that it is for."""
    if ("event" in fields) == ("flow" in fields):
        complaints.append(
            'event: name one event, like "visit.made", or one "flow": not both and not neither.'
        )
        return ()
    flows, events = playbook.flows, {*playbook.events, *playbook.heard}
    if name := word_of(fields, "flow", complaints):
        if name not in flows:
            complaints.append(f'flow: there is no flow "{name}". {advice(name, flows)}')
        return concerned(playbook, flow=name)
    if name := word_of(fields, "event", complaints):
        if name not in events:
            near = did_you_mean(name, flows) if did_you_mean(name, events) is None else None
            mend = f'Did you mean "flow": "{near}"?' if near else advice(name, events)
            complaints.append(f'event: no flow listens to "{name}". {mend}'.rstrip())
        return concerned(playbook, event=name)
    return ()


def contact_of(
    fields: Mapping[str, Any], business: Business, complaints: list[str], name: str = "to"
) -> PhoneNumber | None:
    """The number in this place; None when it cannot be texted."""
    if name not in fields:
        complaints.append(f"{name}: it is missing. Write the number with + and its country code.")
        return None
    written = word_of(fields, name, complaints)
    if written is None:
        return None
    try:
        number = read_number(written, business.country)
        textable(number)
    except BadAddress as error:
        complaints.append(f"{name}: {error}")
        return None
    if any(channel.address == number for channel in business.channels.values()):
        complaints.append(f"{name}: this is a number of your own; you would text yourself.")
        return None
    return number


def _channel(fields: Mapping[str, Any], business: Business, complaints: list[str]) -> str:
    channels = business.channels
    if "channel" not in fields:
        spoken = [name for name, channel in channels.items() if channel.hears] or [*channels]
        if len(spoken) > 1:
            complaints.append(f"channel: there are several. One of: {', '.join(spoken)}.")
        return spoken[0]
    name = word_of(fields, "channel", complaints) or ""
    if name and name not in channels:
        complaints.append(f'channel: there is no channel "{name}". {advice(name, channels)}')
    return name


def key_of(fields: Mapping[str, Any], complaints: list[str]) -> str:
    """The idempotency key; empty when it is not there."""
    key = word_of(fields, "key", complaints) or ""
    if len(key) > KEY_AT_MOST or not key.isprintable():
        complaints.append(f"key: it has at most {KEY_AT_MOST} characters, all of them printable.")
    return key
