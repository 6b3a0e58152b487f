"""starlette + aiohttp and no more: hear, send the same words, answer.

It remembers nobody, so it is no bot. It is the least that a text costs whoever hears by the one and
sends by the other, which no bot of theirs can go below.
"""

import os

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.bots.conversation import MENU

PROVIDER = os.environ["PROVIDER"]
session: aiohttp.ClientSession | None = None


async def inbound(request: Request) -> Response:
    global session  # noqa: PLW0603 - as one writes it in an afternoon
    if session is None:
        session = aiohttp.ClientSession(auth=aiohttp.BasicAuth("AC0", "secret"))
    form = await request.form()
    form_out = {"To": str(form["From"]), "From": "+12025550100", "Body": MENU}
    async with session.post(PROVIDER, data=form_out) as sent:
        sent.raise_for_status()
        await sent.read()
    return Response("<Response/>", media_type="text/xml")


app = Starlette(routes=[Route("/in/main", inbound, methods=["POST"])])
