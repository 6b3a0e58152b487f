"""What forms and addresses of ours bring: a few fields, and counts, read up to a limit."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_BYTES = 16_384
MAX_FIELDS = 20
MAX_DIGITS = 9


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


def count_in(written: str) -> int:
    """A count as an address has it; 0 for anything else."""
    return int(written) if written.isdecimal() and len(written) <= MAX_DIGITS else 0
