"""The web side put together: what is posted on the short way, the rest through Starlette."""

from collections.abc import Mapping, Sequence

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from convo.core.links import SignedIds
from convo.runtime.metrics import Metrics
from convo.web.api import POSTS, REDEEM, Api
from convo.web.health import Health, routes
from convo.web.webhooks import Accept, Door, Webhooks

_OWN = frozenset((*POSTS, REDEEM))


def build_app(
    doors: Mapping[str, Door],
    accept: Accept,
    *,
    ids: SignedIds,
    health: Health,
    metrics: Metrics,
    api: Api | None = None,
    pages: Sequence[Route] = (),
) -> ASGIApp:
    """The ASGI app: `doors` by channel name, `accept` keeps what comes in by them.

    Without `api` own systems find nothing here; `pages` are for those who follow links of ours.
    """
    webhooks = Webhooks(doors, ids, accept, metrics)
    rest = Starlette(routes=[*routes(health, metrics), *pages])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(("/in/", "/dlr/")):
            await webhooks(scope, receive, send)
        elif api is not None and scope["type"] == "http" and scope["path"] in _OWN:
            await api(scope, receive, send)
        else:
            await rest(scope, receive, send)

    return app
