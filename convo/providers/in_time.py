"""The last look before a message leaves: whether it is still ours to send."""

from collections.abc import Callable

from convo.errors import LeaseOver


def still_ours(leave_by: float, now: Callable[[], float]) -> None:
    """To be called right before the first byte leaves, connections open: what lies between this
    and the write is what a second owner may send again. Raises `LeaseOver`."""
    if now() > leave_by:
        raise LeaseOver("our lease has run out before it could leave", code="lease")
