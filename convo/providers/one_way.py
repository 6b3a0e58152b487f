"""What providers have in common that only carry away: an app's push, e-mail. Nothing comes in."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from convo.errors import WebhookRejected
from convo.ports import Parsed, RawRequest


class OneWayOptions(BaseModel):
    """What convo.toml may say of such a channel; `hears` tells the settings that it is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hears: ClassVar[bool] = False


class OneWay:
    """A channel that nobody has a reason to call; who does all the same is told so."""

    unsigned = True

    def receive(self, request: RawRequest) -> Parsed:
        raise WebhookRejected(f"Nothing comes in on this channel: {len(request.body)} bytes.")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        raise WebhookRejected(f"No report comes in here: {len(request.body)} bytes on {outbound}.")
