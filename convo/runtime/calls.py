"""What errands know of the business's own systems: that they can be called, and may not answer."""

from collections.abc import Mapping
from typing import Any, Protocol


class Unanswered(Exception):
    """The other system gave no answer of use; the message holds neither its words nor ours."""


class Calls(Protocol):
    """Whoever posts to the URLs that flows name."""

    async def post(
        self, url: str, arguments: Mapping[str, Any], *, id: str, key: str, within: float
    ) -> Any:
        """The JSON it answers. Raises `Unanswered`."""
        ...
