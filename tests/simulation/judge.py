"""The oracle: what was kept and what was sent, held against what was said and by whom."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from convo.core import codec
from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.ports import Kept
from tests.chaos.carriers import Carrier
from tests.chaos.oracle import Verdict
from tests.chaos.town import Witness
from tests.simulation import shop
from tests.simulation.inside import Inside
from tests.simulation.shop import Told

NUDGE = "Are you still there?"

MUCH, MINUTE = 12, 60_000
"""Who was told so much within a minute (ms) may find the loop guard silent."""


class Evidence(Protocol):
    """A look into the store at the end, which nothing disturbs."""

    async def left_over(self) -> Mapping[str, int]:
        """What is not done, by kind; timers are not counted."""
        ...

    async def records(self) -> Sequence[Recorded]:
        """All there are, oldest first."""
        ...

    async def held(self) -> Mapping[str, str]:
        """Messages that are held: their ids and classes."""
        ...

    async def kept(self, contact: PhoneNumber) -> Kept:
        """What is kept of the contact."""
        ...


@dataclass(slots=True, kw_only=True)
class _Turn:
    """A turn as the store tells of it."""

    event: str
    #: By the store's clock, which jumps.
    at: int
    #: None when it was no text's.
    text: str | None = None
    #: Whether it was passed over, since its contact had said STOP.
    ignored: bool = False
    #: Ids of the messages that it queued.
    said: list[str] = field(default_factory=list[str])
    #: How many of these the loop guard counts: all but answers to the law.
    counted: int = 0
    #: How many more the loop guard would not let it say.
    silenced: int = 0


@dataclass(slots=True, kw_only=True)
class _Account:
    """All that the store tells of one contact."""

    turns: list[_Turn] = field(default_factory=list[_Turn])
    #: Messages that were dropped, and why.
    dropped: dict[str, str] = field(default_factory=dict[str, str])
    parked: int = 0


async def judged(
    evidence: Evidence, inside: Inside, witness: Witness, sales: Mapping[str, int], carrier: Carrier
) -> Verdict:
    """Judge a run that has come to rest. `sales`: how many each number was sent."""
    found = Verdict()
    told = _told(await evidence.records())
    held = await evidence.held()
    for table, count in (await evidence.left_over()).items():
        found.findings["left over"].append(f"{count} in {table}")
    for id in inside.claimed_behind_stop:
        found.findings["handed out behind a STOP"].append(id)
    for number in sorted(witness.texts.keys() | told.keys() | sales.keys()):
        case = _Case(
            number=number,
            told=told[number],
            kept=inside.texts[number],
            said=[text for _, text in witness.texts.get(number, ())],
            sales=sales.get(number, 0),
            found=found,
        )
        case.every_text_once()
        case.turns_lead_where_they_should()
        case.silent_only_towards_who_was_told_much()
        case.stands(await evidence.kept(PhoneNumber(number)))
        case.each_message_once(witness, held, carrier)
    return found


def _told(records: Sequence[Recorded]) -> dict[str, _Account]:
    told: dict[str, _Account] = defaultdict(_Account)
    for each in records:
        contact = told[each.contact]
        turn = _Turn(event=each.event, at=each.at)
        for record in each.records:
            match record.kind:
                case "inbound":
                    turn.text = record.facts["text"]
                case "ignored":
                    turn.ignored = True
                case "said":
                    turn.said.append(record.facts["id"])
                    turn.counted += record.facts["purpose"] != "law"
                case "refused" if record.facts["rule"] == "loop-minute":
                    turn.silenced += 1
                case "unsent" if not record.facts["again"]:
                    contact.dropped[record.facts["message"]] = record.facts["why"]
                case "parked":
                    contact.parked += 1
                case _:
                    pass
        if each.event:
            contact.turns.append(turn)
    told.pop("", None)
    return told


@dataclass(kw_only=True)
class _Case:
    """One number's case."""

    number: str
    told: _Account
    #: Its texts in the order in which they were kept, and in which they were said.
    kept: Sequence[str]
    said: Sequence[str]
    sales: int
    found: Verdict

    def _find(self, kind: str, what: object) -> None:
        self.found.findings[kind].append(f"{self.number[-4:]} {what}")

    @property
    def _stops(self) -> bool:
        return "STOP" in self.kept

    def every_text_once(self) -> None:
        """Kept once each, and one turn each, in the order in which they were kept."""
        said, kept = Counter(self.said), Counter(self.kept)
        for text in (said - kept).elements():
            self._find("acknowledged and lost", text)
        for text in (kept - said).elements():
            self._find("kept twice", text)
        turned = [turn.text for turn in self.told.turns if turn.text is not None]
        for text in (kept - Counter(turned)).elements():
            self._find("kept, and no turn", text)
        for text in (Counter(turned) - kept).elements():
            self._find("a turn counted twice", text)
        if turned != list(self.kept) and Counter(turned) == kept:
            self._find("turns out of order", f"{turned} for {self.kept}")
        for event, count in Counter(turn.event for turn in self.told.turns).items():
            if count > 1:
                self._find("a turn counted twice", event)
        if self.told.parked:
            self._find("parked", self.told.parked)

    def turns_lead_where_they_should(self) -> None:
        """Each text's turn queues the replies that it should, unless a STOP was faster."""
        for place, (turn, before, told) in enumerate(self._folded):
            text, later = self.kept[place], self.kept[place + 1 :]
            # Consent is what it is when the turn is taken, and that may be a little later.
            if turn.ignored and not before.stopped and "STOP" not in later:
                self._find("passed over without a STOP", text)
            if not turn.ignored and before.stopped and not {"STOP", "START"} & {text, *later}:
                self._find("answered behind a STOP", text)
            wanted = () if turn.ignored else told.replies
            had = len(turn.said) + turn.silenced
            if had != len(wanted) and not (turn.said == [] and "STOP" in later):
                self._find("the wrong number of replies", f"{text} {len(turn.said)}")

    def silent_only_towards_who_was_told_much(self) -> None:
        """The loop guard was silent only where there had been many replies within a minute."""
        for place, turn in enumerate(self.told.turns):
            lately = [
                each.counted
                for each in self.told.turns[: place + 1]
                if abs(turn.at - each.at) <= MINUTE
            ]
            if turn.silenced and sum(lately) < MUCH:
                self._find("silent too soon", f"after {sum(lately)} within a minute")

    @property
    def _folded(self) -> list[tuple[_Turn, Told, Told]]:
        """Each text's turn, with what was before it and what it leads to."""
        folded: list[tuple[_Turn, Told, Told]] = []
        told = Told()
        turns = [turn for turn in self.told.turns if turn.text is not None]
        for turn, text in zip(turns, self.kept, strict=False):
            before = told
            told = before if turn.ignored else shop.after(before, text)
            folded.append((turn, before, told))
        return folded

    def stands(self, kept: Kept) -> None:
        """What is kept of the contact is what its texts lead to, told in the order kept."""
        folded = self._folded
        last = folded[-1][2] if folded else Told()
        state = codec.decode(PhoneNumber(self.number), kept.record, kept.consents)
        stopped = "" in state.consents and state.consents[""].state == "withdrawn"
        if stopped != last.stopped:
            self._find("consent is wrong", f"stopped: {stopped}, after {self.kept}")
        heard = [
            each.frame.answers.get("heard") for each in state.sessions if each.frame.flow == "roll"
        ]
        wanted = [] if last.heard is None else [last.heard]
        if heard != wanted:
            self._find("in the wrong place", f"{heard} for {wanted}")

    def each_message_once(
        self, witness: Witness, held: Mapping[str, str], carrier: Carrier
    ) -> None:
        """Every message that was queued was sent once, in its order, or it is known why not."""
        posted = [each for each in witness.posted if each.text.to == self.number]
        taken = Counter(each.text.outbound for each in posted if each.taken)
        bodies = {each.text.outbound: each.text.body for each in posted}
        queued = [id for turn in self.told.turns for id in turn.said]
        alike = Counter(bodies.values())
        for id in queued:
            name = f"{id[:6]} {bodies.get(id, '')!r}"
            if taken[id] > 1:
                self._find("sent twice", name)
            elif id in held:
                self.found.held += 1
                self.found.held_but_sent += taken[id]
                if carrier.askable and alike[bodies[id]] == 1:
                    self._find("held, although it could be asked", name)
            elif not taken[id] and not (id in self.told.dropped and self._stops):
                self._find("never sent", f"{name} {self.told.dropped.get(id, '')}")
        for id in taken.keys() - set(queued):
            self._find("sent, and no turn has said it", id[:6])
        order = list(dict.fromkeys(each.text.outbound for each in posted if each.taken))
        places = {id: place for place, id in enumerate(queued)}
        row = [places.get(id, -1) for id in order]
        if row != sorted(row):
            self._find("sent out of order", row)
        if not self._stops:
            self._all_that_was_asked_for(queued, bodies)

    def _all_that_was_asked_for(self, queued: Sequence[str], bodies: Mapping[str, str]) -> None:
        """Nothing is missing, by the words of what was queued and posted."""
        told = [each for _, _, each in self._folded]
        wanted = Counter(reply for each in told for reply in each.replies)
        wanted.update(dict.fromkeys(shop.SALE, self.sales))
        wanted["find"] = sum(each.errand for each in told)
        had = Counter(_begins(bodies[id], wanted) for id in queued if id in bodies)
        had.pop(NUDGE, None)
        unknown = sum(id not in bodies for id in queued)
        silenced = sum(turn.silenced for turn in self.told.turns)
        missing = +wanted - had
        if missing.total() > unknown + silenced or had - wanted:
            self._find("the wrong messages", f"missing {dict(missing)}, more {dict(had - wanted)}")


def _begins(body: str, wanted: Counter[str]) -> str:
    if "shelf" in body:
        return "find"
    return max((begin for begin in wanted if body.startswith(begin)), key=len, default=body)
