"""What the effects of a turn come to in timers: those that are set, and those that are cleared."""

from collections.abc import Collection, Iterable

from convo.core.effects import ClearTimer, Effect, SetTimer, Silence
from convo.routing.consenting import CONSENT
from convo.steps.attributes import LATER

#: Timers of texts that the gate put off, and of what we have asked back about.
GATE = "gate/"
BACK = "back/"
#: Timers of parts that wait for the rest of their text.
PARTS = "parts/"


def timers_of(
    effects: Iterable[Effect], armed: Collection[str]
) -> tuple[tuple[SetTimer, ...], tuple[str, ...], bool]:
    """Timers to set, names to clear, and whether all that were there before go.

    `armed` are those that a session still waits for; what it set and let go of is not set.
    """
    timers: dict[str, SetTimer] = {}
    cleared: dict[str, None] = {}
    silence = False
    for effect in effects:
        match effect:
            case SetTimer():
                timers[effect.name] = effect
                cleared.pop(effect.name, None)
            case ClearTimer():
                # A walk clears what it had before; what it set since has a new generation.
                if effect.name not in timers:
                    cleared[effect.name] = None
            case Silence():
                silence = True
                timers.clear()
            case _:
                pass
    wanted = tuple(
        timer
        for name, timer in timers.items()
        if name in armed or name.startswith((GATE, BACK, PARTS, CONSENT, LATER))
    )
    return wanted, tuple(cleared), silence
