"""What a form of ours posts: a few fields, read up to a limit."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_BYTES = 16_384
MAX_FIELDS = 20


class BadForm(Exception):
    """Not what a form of ours would post."""


async def posted(request: Request) -> Mapping[str, str]:
    """Its fields; of equal names the last. Raises `BadForm`."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise BadForm
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise BadForm from None
    return dict(fields)
