"""A message on its way out: cut into parts, each submitted in its turn."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final
from zlib import crc32

from convo.core.events import Report
from convo.core.numbers import Address, PhoneNumber, SenderName, ShortCode
from convo.core.turns import Outbound
from convo.errors import Invalid, NotSent, RateLimited, SendError, SendUncertain
from convo.ports import Sent
from convo.providers.in_time import still_ours
from convo.providers.smpp.hearing import ALPHANUMERIC
from convo.providers.smpp.options import Options
from convo.providers.smpp.outcomes import OK, Meaning, failure
from convo.providers.smpp.parts import Piece, pieces
from convo.providers.smpp.pdu import (
    GENERIC_NACK,
    SUBMIT_SM,
    USER_MESSAGE_REFERENCE,
    Party,
    Pdu,
    ShortMessage,
    message_id,
    short_message_body,
)
from convo.providers.smpp.receipts import as_in_receipts, canonical
from convo.providers.smpp.session import Late, Session

MOST_PARTS: Final = 255

WHOLE_WITHIN: Final = 25.0
"""Seconds for all parts of a text: less than a send may take (runtime/sender.py)."""

PART_AGAIN: Final = 1.0
"""Seconds until a part is tried again, when those before it have left."""

REFERENCES: Final = 4_096
"""Messages whose references are remembered."""

_INTERNATIONAL, _ISDN = 1, 1

#: The session to send by. Raises a `SendError` where there is none.
Bound = Callable[[], Awaitable[Session]]


class Sending:
    """One channel's way out; it knows no more of connections than how to ask for one."""

    def __init__(self, address: Address, options: Options) -> None:
        self._options = options
        self._origin = _party(address, options.short_code_ton)
        self._statuses: Mapping[int, Meaning] = {
            int(status, 16): meaning for status, meaning in options.statuses.items()
        }
        #: By reference and number: the message of ours that it was sent with.
        self._references: OrderedDict[tuple[int, str], str] = OrderedDict()

    def whose(self, reference: int, number: str) -> str:
        """Which message to this number bears that reference; empty for none."""
        return self._references.get((reference, number.lstrip("+")), "")

    async def send(self, message: Outbound, bound: Bound, leave_by: float) -> Sent:
        """Raises a `SendError`, among them those of `bound`."""
        loop = asyncio.get_running_loop()
        reference = crc32(message.id.encode()) & 0xFFFF
        options = self._options
        cut = pieces(
            message.text, reference, alphabet=options.alphabet, numbering=options.long_texts
        )
        if len(cut) > MOST_PARTS:
            raise Invalid(f"the text is longer than {MOST_PARTS} parts", code="length")
        self._refer(reference, message)
        until = loop.time() + WHOLE_WITHIN
        in_time = partial(still_ours, leave_by, loop.time)
        ids: list[str] = []
        for number, piece in enumerate(cut, start=1):
            last = number == len(cut)
            body = self._body(message, piece, reference, last=last)
            # The text has left when its last part has, so no other's late answer says anything.
            about = message.id if last else ""
            if number == 1:
                ids += await self._submit(body, bound, in_time, about)
            else:
                ids += await self._submit_later_part(body, bound, number, until, about)
        return Sent(provider_ids=tuple(dict.fromkeys(ids)), parts=len(cut))

    def _refer(self, reference: int, message: Outbound) -> None:
        if self._options.reference:
            self._references[reference, message.contact.e164[1:]] = message.id
            while len(self._references) > REFERENCES:
                self._references.popitem(last=False)

    def _body(self, message: Outbound, piece: Piece, reference: int, *, last: bool) -> bytes:
        tlvs = dict(piece.tlvs)
        if self._options.reference:
            tlvs[USER_MESSAGE_REFERENCE] = reference.to_bytes(2, "big")
        return short_message_body(
            ShortMessage(
                service_type=self._options.service_type,
                origin=self._origin,
                to=_party(message.contact),
                esm_class=piece.esm_class,
                registered_delivery=int(self._options.receipts and last),
                data_coding=piece.data_coding,
                text=piece.text,
                tlvs=tlvs,
            )
        )

    async def _submit(
        self, body: bytes, bound: Bound, in_time: Callable[[], None], about: str
    ) -> list[str]:
        """The ids of one part: as the SMSC says it, and as its receipts will."""
        return self._ids(await (await bound()).ask_in_turn(SUBMIT_SM, body, in_time, about))

    def _ids(self, answer: Pdu) -> list[str]:
        """Raises a `SendError` for what was not taken."""
        if answer.status != OK or answer.command == GENERIC_NACK:
            raise failure(answer.status, self._statuses)
        id = message_id(answer.body)
        if not id:
            return []
        return [id, canonical(as_in_receipts(id, self._options.id_format))]

    def told_late(self, late: Late, channel: str) -> Report | None:
        """What became of a message in doubt, by an answer that nobody waited for any more.

        None where it was not taken and could be sent again: that is not for an answer to decide.
        """
        try:
            _, known_as = self._ids(late.answer) or ("", "")
        except Invalid as error:
            return Report(
                channel=channel,
                outbound=late.about,
                provider_id="",
                status="failed",
                code=error.code,
            )
        except SendError:
            return None
        return Report(
            channel=channel, outbound=late.about, provider_id=known_as, status="sent", code=""
        )

    async def _submit_later_part(
        self, body: bytes, bound: Bound, number: int, until: float, about: str
    ) -> list[str]:
        """A part that has surely not left is tried again, for the ones before it have."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await self._submit(body, bound, lambda: None, about)
            except NotSent as error:
                wait = error.retry_after if isinstance(error, RateLimited) else None
                if loop.time() + (wait or PART_AGAIN) > until:
                    raise SendUncertain(
                        f"part {number} was not taken, those before it were"
                    ) from None
            await asyncio.sleep(wait or PART_AGAIN)


def _party(address: Address, short_code_ton: int = 3) -> Party:
    match address:
        case PhoneNumber(e164=number):
            return Party(ton=_INTERNATIONAL, npi=_ISDN, address=number[1:])
        case ShortCode(digits=digits):
            return Party(ton=short_code_ton, address=digits)
        case SenderName(name=name):
            return Party(ton=ALPHANUMERIC, address=name)
