"""The page's own wire between the business and its phones: the adapter `console`, both ways."""

from collections.abc import Callable
from contextlib import suppress

import httpx

from convo.console.network import Brought, Network, Verdict
from convo.console.phones import Arriving
from convo.core.events import DeliveryStatus
from convo.core.turns import Outbound
from convo.errors import Invalid, SendUncertain, Unavailable

#: Where a report on a message (a channel, our id) is posted to.
Reported = Callable[[str, str], str]


class PhoneWire:
    """Webhooks go through the front door, as everybody's do; messages come from the sender."""

    def __init__(self, door: httpx.AsyncClient, webhook: str, reported: Reported) -> None:
        self._door = door
        self._webhook = webhook
        self._reported = reported

    async def bring(self, brought: Brought) -> str:
        """A text from a phone; what was wrong, or nothing."""
        told = {"from": brought.number, "text": brought.text, "id": brought.id}
        told |= {"media": " ".join(brought.media)}
        answer = await self._door.post(self._webhook, json=told)
        return "" if answer.is_success else f"{answer.status_code} {answer.text}"

    async def deliver(self, message: Outbound, network: Network) -> None:
        """A message of ours goes to its phone. Raises `SendError` as the network's mood has it."""

        async def report(status: DeliveryStatus, code: str) -> None:
            url = self._reported(message.goes_by, message.id)
            # While the server stops, nobody hears it any more.
            with suppress(httpx.TransportError):
                await self._door.post(url, json={"status": status, "code": code})

        arriving = Arriving(
            id=message.id,
            number=message.contact.e164,
            channel=message.goes_by,
            text=message.text,
            media=message.media,
        )
        _raise_for(await network.take(arriving, report))


def _raise_for(verdict: Verdict) -> None:
    match verdict:
        case "refused":
            raise Invalid("The phone network takes nothing for this phone.", code="refused")
        case "away":
            raise Unavailable("The phone network cannot be reached.", code="away")
        case "silence":
            raise SendUncertain("The phone network did not answer.")
        case "taken":
            pass
