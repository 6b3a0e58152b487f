"""starlette + aiohttp: receive, decide, commit, send, answer."""

import os

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.bots.conversation import answer, opened

PROVIDER = os.environ["PROVIDER"]
database = opened(os.environ["DATABASE"])
session: aiohttp.ClientSession | None = None


async def inbound(request: Request) -> Response:
    global session  # noqa: PLW0603 - as one writes it in an afternoon
    if session is None:
        session = aiohttp.ClientSession(auth=aiohttp.BasicAuth("AC0", "secret"))
    form = await request.form()
    number, text = str(form["From"]), str(form["Body"])
    reply = answer(database, number, text)
    form_out = {"To": number, "From": "+12025550100", "Body": reply}
    async with session.post(PROVIDER, data=form_out) as sent:
        sent.raise_for_status()
        await sent.read()
    return Response("<Response/>", media_type="text/xml")


app = Starlette(routes=[Route("/in/main", inbound, methods=["POST"])])
