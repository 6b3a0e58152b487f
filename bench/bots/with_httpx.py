"""starlette + httpx: receive, decide, commit, send, answer."""

import os

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.bots.conversation import answer, opened

PROVIDER = os.environ["PROVIDER"]
database = opened(os.environ["DATABASE"])
client = httpx.AsyncClient(
    timeout=30, limits=httpx.Limits(max_connections=100, max_keepalive_connections=100)
)


async def inbound(request: Request) -> Response:
    form = await request.form()
    number, text = str(form["From"]), str(form["Body"])
    reply = answer(database, number, text)
    sent = await client.post(
        PROVIDER,
        data={"To": number, "From": "+12025550100", "Body": reply},
        auth=("AC0", "secret"),
    )
    sent.raise_for_status()
    return Response("<Response/>", media_type="text/xml")


app = Starlette(routes=[Route("/in/main", inbound, methods=["POST"])])
