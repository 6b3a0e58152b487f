"""From a deliver_sm to what it brings: a text, a part of one, a receipt or nothing. Pure."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from convo.core.events import Inbound, OptedOutElsewhere, Report
from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress
from convo.ports import Arrival
from convo.providers.smpp.alphabets import text_of
from convo.providers.smpp.options import Options
from convo.providers.smpp.parts import read_part
from convo.providers.smpp.pdu import (
    SAR_NUMBER,
    SAR_REFERENCE,
    SAR_TOTAL,
    USER_MESSAGE_REFERENCE,
    Party,
    ShortMessage,
)
from convo.providers.smpp.receipts import (
    RECEIPT_KINDS,
    STATUSES,
    Receipt,
    canonical,
    is_plain_receipt,
    kind_of,
    read_receipt,
)
from convo.providers.wire import SHORT_CODE_DIGITS, sender

ALPHANUMERIC = 5
NATIONAL = 2

_TELLING = (USER_MESSAGE_REFERENCE, SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER)

#: The message of ours that bears this reference and went to this number; empty for none.
WhoseReference = Callable[[int, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a deliver_sm brings, or why it brings nothing. A text has its key by the caller."""

    event: Inbound | None = None
    reported: Sequence[Arrival] = ()
    ignored: str = ""
    #: It is no message at all.
    nonsense: bool = False
    raw: bytes = field(default=b"", repr=False)


def heard(
    said: ShortMessage,
    raw: bytes,
    *,
    channel: str,
    country: str,
    options: Options,
    whose: WhoseReference,
) -> Heard:
    """Nothing is refused that is a message at all."""
    part, octets = read_part(said)
    text = text_of(octets, said.data_coding, options.alphabet)
    kind = kind_of(said)
    plain = options.plain_receipts and text is not None and is_plain_receipt(text)
    if kind in RECEIPT_KINDS or plain:
        receipt = read_receipt(said, text or "")
        return _reported(said, receipt, raw, channel, country, options, whose)
    if kind:
        return Heard(ignored="it is a phone's acknowledgement")
    if text is None:
        return Heard(ignored="it is no text but bytes")
    try:
        contact = number_of(said.origin, country)
    except BadAddress as reason:
        return Heard(ignored=str(reason))
    return Heard(event=Inbound(channel=channel, contact=contact, text=text, part=part), raw=raw)


def number_of(party: Party, country: str) -> PhoneNumber:
    """Who that is: SMSCs write numbers without +, and not all say that they are international.

    Raises `BadAddress`.
    """
    digits = party.address.strip()
    international = (
        digits.isascii()
        and digits.isdigit()
        and len(digits) > SHORT_CODE_DIGITS
        and party.ton != NATIONAL
        and not digits.startswith("0")
    )
    if party.ton == ALPHANUMERIC:
        raise BadAddress("it is from a sender name, which cannot be answered")
    return sender(f"+{digits}" if international else digits, country)


def fingerprint(said: ShortMessage) -> str:
    """What a text and its repetition have in common, and no other text but one of the same words
    from the same phone."""
    told = (
        *(said.origin.address, said.to.address, said.data_coding, said.esm_class),
        *(said.content, *(said.tlvs.get(tag) for tag in _TELLING)),
    )
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def _reported(
    said: ShortMessage,
    receipt: Receipt,
    raw: bytes,
    channel: str,
    country: str,
    options: Options,
    whose: WhoseReference,
) -> Heard:
    status = STATUSES.get(receipt.word)
    if status is None:
        return Heard(ignored=f"status {receipt.word[:20]!r}")
    outbound = "" if receipt.reference is None else whose(receipt.reference, said.origin.address)
    if not receipt.id and not outbound:
        return Heard(ignored="a receipt without an id")
    id = canonical(receipt.id)
    event = Report(
        channel=channel, outbound=outbound, provider_id=id, status=status, code=receipt.error
    )
    key = f"{channel}:{id or outbound}:{receipt.word}:{receipt.error}"
    arrivals = [Arrival(event=event, dedupe=f"report:{key}", raw=raw)]
    if receipt.error in options.opted_out:
        try:
            contact = number_of(said.origin, country)
        except BadAddress:
            return Heard(reported=arrivals)
        source = f"smpp {receipt.error}"
        gone = OptedOutElsewhere(contact=contact, channel=channel, source=source)
        arrivals.append(Arrival(event=gone, dedupe=f"gone:{key}"))
    return Heard(reported=arrivals)
