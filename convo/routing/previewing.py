"""What a flow would say to a contact if it began now: the very turn, taken and not kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convo.core.contacts import ContactState
from convo.core.events import Requested
from convo.core.turns import FromInbox
from convo.routing.playbook import Playbook
from convo.routing.router import take_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be sent to one contact; nothing, with the reason, when nothing would."""

    contact: str = field(repr=False)
    texts: tuple[str, ...] = field(repr=False)
    #: Why a text would not leave, or not now: the rules of the gate and what was ignored.
    why: tuple[str, ...]


def previewed(
    state: ContactState,
    playbook: Playbook,
    *,
    flow: str,
    channel: str,
    values: Mapping[str, Any],
    at: int,
) -> Preview:
    """The texts of this flow's beginning, as the gate would let them out at `at`."""
    event = Requested(
        id="preview", at=at, contact=state.number, channel=channel, flow=flow, answers=values
    )
    turn = take_turn(state, event, FromInbox(entry=0), 0, playbook).turn
    why = [
        str(record.facts.get("rule") or record.facts.get("why"))
        for record in turn.records
        if record.kind in ("refused", "postponed", "ignored", "held")
    ]
    return Preview(
        contact=state.number.e164,
        texts=tuple(message.text for message in turn.outbound),
        why=tuple(why),
    )
