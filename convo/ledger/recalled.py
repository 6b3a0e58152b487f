"""What a recall means: the contacts whose conversations it ends, and how far its messages are."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from convo.core.contacts import ContactState
from convo.core.overview import Tracked
from convo.core.recalls import Recall
from convo.core.voices import Voice

WHY = "recalled"
"""What stores give as the reason of a message that was taken back."""


STAYED = frozenset({"cancelled", "failed"})
"""Delivery statuses of what did not leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Messages that a recall means, by how far they are."""

    #: Taken back: they have not left and will not.
    recalled: int
    #: Claimed and not settled: they may leave this very moment.
    on_their_way: int
    #: Nobody knows whether they left; they will not go out again.
    held: int
    #: These have left, by their delivery status.
    left: Mapping[str, int]


def concerns(state: ContactState, recall: Recall) -> bool:
    """Whether the contact has conversations, or what is to become one, that the recall means."""
    voices = [
        Voice(
            session=each.id,
            flows=tuple(frame.flow for frame in each.frames),
            version=each.frame.version,
            request=each.request,
        )
        for each in state.sessions
    ]
    voices += [each.say.voice for each in state.postponed]
    voices += [
        Voice(session=each.of, flows=(each.flow,), version=each.version, request=each.request)
        for each in state.beside
    ]
    # In which version they will begin is not known here: their turn looks again.
    voices += [
        Voice(session=each.event, flows=(each.flow,), version=recall.version, request=each.request)
        for each in state.asked
    ]
    return any(recall.means(state.number, voice) for voice in voices)


def tally(messages: Iterable[Tracked], recall: Recall) -> Tally:
    """Count those that are meant."""
    meant = [each for each in messages if recall.means(each.message.contact, each.message.voice)]
    stages = Counter(each.stage for each in meant)
    done = [each for each in meant if each.stage == "done"]
    return Tally(
        recalled=sum(each.status == "cancelled" and each.code == WHY for each in done),
        on_their_way=stages["sending"],
        held=stages["held"],
        left=dict(Counter(each.status for each in done if each.status not in STAYED)),
    )
