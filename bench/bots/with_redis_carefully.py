"""The same, by an author who has read the provider's page: signature checked, repeats dropped."""

import os
from typing import Any

import aiohttp
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from bench.bots.conversation import turn
from bench.phones import PUBLIC, TOKEN

PROVIDER = os.environ["PROVIDER"]
A_WEEK = 7 * 86_400
validator: Any = RequestValidator(TOKEN)
database: Any = Redis.from_url(os.environ["REDIS"], decode_responses=True)
session: aiohttp.ClientSession | None = None


async def inbound(request: Request) -> Response:
    global session  # noqa: PLW0603 - as one writes it in an afternoon
    if session is None:
        session = aiohttp.ClientSession(auth=aiohttp.BasicAuth("AC0", "secret"))
    form = await request.form()
    if not validator.validate(PUBLIC, form, request.headers["X-Twilio-Signature"]):
        return Response(status_code=403)
    number, text = str(form["From"]), str(form["Body"])
    if await database.set(f"seen:{form['MessageSid']}", 1, nx=True, ex=A_WEEK):
        step, service = await database.hmget(number, "step", "service")
        step, service, reply = turn(step or "", service or "", text)
        await database.hset(number, mapping={"step": step, "service": service})
        form_out = {"To": number, "From": "+12025550100", "Body": reply}
        async with session.post(PROVIDER, data=form_out) as sent:
            sent.raise_for_status()
            await sent.read()
    return Response("<Response/>", media_type="text/xml")


app = Starlette(routes=[Route("/in/main", inbound, methods=["POST"])])
