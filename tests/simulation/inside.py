"""What happened in the store, in the order in which it happened there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from convo.core.events import Inbound, Report
from convo.ports import Acceptance, Arrival, Claim
from tests.simulation.trace import Trace


@dataclass(slots=True, kw_only=True)
class Inside:
    """Told by the store's side at the very moment; no process takes part in it."""

    trace: Trace
    #: By number: the texts that were new, in the order in which they were kept.
    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    #: Who has said STOP, and not START since.
    stopped: set[str] = field(default_factory=set[str])
    #: Messages that were handed out although their contact had said STOP.
    claimed_behind_stop: list[str] = field(default_factory=list[str])

    def arrived(self, arrivals: Sequence[Arrival], answers: Sequence[Acceptance]) -> None:
        for arrival, answer in zip(arrivals, answers, strict=True):
            match arrival.event:
                case Inbound(contact=contact, text=text):
                    self.trace.note("kept", answer, contact.e164[-4:], text)
                    if answer == "accepted":
                        self._heard(contact.e164, text)
                case Report(outbound=outbound, status=status):
                    self.trace.note("kept", answer, "report", outbound[:6], status)
                case event:
                    contact = event.contact
                    kind = type(event).__name__.lower()
                    whose = "" if contact is None else contact.e164[-4:]
                    self.trace.note("kept", answer, whose, kind)

    def _heard(self, contact: str, text: str) -> None:
        self.texts[contact].append(text)
        if text == "STOP":
            self.stopped.add(contact)
        elif text == "START":
            self.stopped.discard(contact)

    def claimed(self, owner: str, claims: Sequence[Claim]) -> None:
        for claim in claims:
            message = claim.message
            contact = message.contact.e164
            self.trace.note("claimed", owner, message.id[:6], contact[-4:], message.purpose)
            if contact in self.stopped and message.purpose != "law":
                self.claimed_behind_stop.append(f"{message.id[:6]} of {contact}")
