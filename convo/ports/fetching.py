"""What a provider may have to fetch before it can read a webhook: optional."""

from typing import Protocol

from convo.ports import RawRequest


class Fetches(Protocol):
    """A provider whose webhooks are proven by something that stands elsewhere."""

    async def fetch(self, request: RawRequest) -> None:
        """Get what it takes to read `request`, and answer what must be answered elsewhere.

        Raises `BadSignature` for what is surely not the provider's, and a `SendError` when it
        cannot be had now: the provider is then asked to come again.
        """
        ...
