"""What a company's API says of an account's settings, and what of it is a webhook by POST."""

from collections.abc import Mapping
from typing import Any

from convo.ports.webhook_settings import WebhookSetting
from convo.providers.http import HttpClient
from convo.providers.refusals import granted
from convo.providers.wire import object_of


async def settings_at(
    http: HttpClient, url: str, headers: Mapping[str, str], company: str
) -> Mapping[str, Any]:
    """The JSON that stands there; without fields where it is no object. Raises a `SendError`."""
    return object_of(granted(await http.get(url, headers=headers), company).json())


def by_post(of: str, stands: str, method: str, *, ours: bool) -> WebhookSetting:
    """What is called by `method`; it fits where it is ours and that is POST."""
    posted = method == "POST"
    told = f"{stands} by {method}" if stands and not posted else stands
    return WebhookSetting(of=of, stands=told, fits=ours and posted)
