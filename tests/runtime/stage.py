"""A small stage for the loops: time that runs when somebody sleeps, a flow that counts texts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from convo.authoring import Action, Keyword
from convo.core.business import Business, Channel
from convo.core.codec import encode
from convo.core.contacts import ContactState
from convo.core.effects import Errand
from convo.core.events import Answered, Event, Inbound
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound, Source, Turn, outbound_id
from convo.ports import Arrival, Claim, HttpAnswer, Parsed, Provider, RawRequest, Sent, Store
from convo.ports.doubts import LookedUp
from convo.runtime.allowance import Allowance
from convo.runtime.errands import Errands, Handlers
from convo.runtime.hands import Hands
from convo.runtime.holder import Holder
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.runtime.mind import Mind
from convo.runtime.own_limits import OwnLimits
from convo.runtime.owner import Owner
from convo.runtime.patience import Patience
from convo.runtime.process import Running
from convo.runtime.resolver import Resolver
from convo.runtime.results import Results
from convo.runtime.sender import Sender
from convo.runtime.shelf import Shelf
from convo.runtime.suspects import Suspects
from convo.runtime.tenure import Tenure
from convo.runtime.valve import Valve
from convo.stores.sqlite.store import SqliteStore

START = 1_700_000_000_000
OURS = PhoneNumber("+12025550100")
ANNA = PhoneNumber("+12025550111")
BERT = PhoneNumber("+12025550122")


class Time:
    """Stands still but for whoever sleeps: the clock is then set to the time they wake up."""

    def __init__(self) -> None:
        self.now = START
        self.slept: list[float] = []
        #: Until this is set, who sleeps sleeps on.
        self.held: asyncio.Event | None = None

    def clock(self) -> int:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.held is not None:
            await self.held.wait()
        self.now += int(seconds * 1_000)
        await asyncio.sleep(0)


class LoopTime(Time):
    """The running loop's own, from START on."""

    def clock(self) -> int:
        return START + round(asyncio.get_running_loop().time() * 1e6) // 1_000

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(seconds)


class Counting(Metrics):
    """Numbers that a test can read."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[tuple[str, ...]] = Counter()
        self.levels: dict[tuple[str, ...], float] = {}

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        super().count(name, *labels, by=by)
        self.seen[name.removeprefix("convo_").removesuffix("_total"), *labels] += int(by)

    def level(self, name: str, value: float, *labels: str) -> None:
        super().level(name, value, *labels)
        self.levels[name.removeprefix("convo_"), *labels] = value

    @property
    def turns(self) -> int:
        return self.seen["turns", "done"] + self.parked

    @property
    def parked(self) -> int:
        return self.seen["turns", "parked"]


class FakeProvider:
    """Does what the script says, one entry a send; after its end everything is accepted."""

    unsigned = False

    def __init__(self, *script: Exception | Sent | Callable[[], Any]) -> None:
        self.script = list(script)
        self.texts: list[str] = []
        self.callbacks: list[str] = []
        self.closed = False
        self.leave_by = 0.0
        self.gate: asyncio.Event | None = None

    async def send(self, message: Outbound, callback: str, leave_by: float) -> Sent:
        self.texts.append(message.text)
        self.leave_by = leave_by
        self.callbacks.append(callback)
        if self.gate is not None:
            await self.gate.wait()
        told = self.script.pop(0) if self.script else Sent(provider_ids=(f"P{len(self.texts)}",))
        if isinstance(told, Exception):
            raise told
        return told if isinstance(told, Sent) else told()

    def receive(self, request: RawRequest) -> Parsed:
        return Parsed(arrivals=(), answer=HttpAnswer())

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return Parsed(arrivals=(), answer=HttpAnswer())

    async def close(self) -> None:
        self.closed = True


class Remembering(FakeProvider):
    """Can be asked; `memory` is what it answers, one entry a look."""

    looks_up = True

    def __init__(self, *script: Any, memory: Sequence[LookedUp | Exception]) -> None:
        super().__init__(*script)
        self.memory = list(memory)
        self.asked: list[tuple[str, int]] = []

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        self.asked.append((message.id, since))
        told = self.memory.pop(0)
        if isinstance(told, Exception):
            raise told
        return told


class Idempotent(FakeProvider):
    idempotent = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenTurn:
    turn: Turn
    state: ContactState


def say(contact: PhoneNumber, text: str, id: str, *, now: int = START, **more: Any) -> Outbound:
    facts: dict[str, Any] = {
        "id": id,
        "contact": contact,
        "channel": "main",
        "text": text,
        "kind": "service",
        "purpose": "reply",
        "lane": "reply",
        "parts": 1,
        "due": now,
    }
    return Outbound(**(facts | more))


def count(
    state: ContactState, event: Event, source: Source, order: int, _playbook: Any
) -> TakenTurn:
    """Answers each text with its number; `boom` fails, `run x` asks for the errand x."""
    assert order > 0
    texts: list[str] = []
    errands: tuple[Errand, ...] = ()
    fields: dict[str, Any] = dict(state.fields)
    match event:
        case Inbound(text="boom"):
            raise ZeroDivisionError("boom +12025550111")
        case Inbound(text="unwritable"):
            texts = ["\ud800"]
        case Inbound(text="two"):
            texts = ["one", "two"]
        case Inbound(text=text) if text.startswith("run "):
            errand = Errand(
                id=f"{event.id}:e",
                kind="action",
                channel=event.channel,
                name=text[4:],
                arguments={"x": 1},
                key="K",
                within=10_000,
            )
            errands = (errand,)
        case Inbound(text=text):
            fields["n"] = fields.get("n", 0) + 1
            texts = [f"{fields['n']}: {text}"]
        case Answered(value=value, failure=failure):
            texts = [f"answer {value} {failure}".strip()]
        case _:
            fields["other"] = type(event).__name__
    new = replace(state, fields=fields)
    turn = Turn(
        source=source,
        contact=event.contact,
        at=event.at,
        record=encode(new),
        outbound=tuple(
            say(event.contact, text, outbound_id(event.contact, event.id, k), now=event.at)
            for k, text in enumerate(texts)
        ),
        errands=errands,
    )
    return TakenTurn(turn=turn, state=new)


def apologise(state: ContactState, event: Event, _playbook: Any) -> Outbound:
    return say(event.contact, "Sorry.", outbound_id(event.contact, event.id, 0), now=event.at)


MIND: Mind[Any] = Mind(
    revealed=lambda message, _: message,
    take_turn=count,
    missing_versions=lambda _state, _playbook: frozenset(),
    with_version=lambda playbook, _source: playbook,
    sources=lambda _playbook: {},
    apology=apologise,
)


def business(**more: Any) -> Business:
    main = Channel(name="main", provider="fake", address=OURS)
    return Business(
        name="Test",
        zone="UTC",
        country="US",
        languages=("en",),
        channels={"main": replace(main, **more)},
    )


def text(contact: PhoneNumber, words: str, key: str = "") -> Arrival:
    return Arrival(event=Inbound(channel="main", contact=contact, text=words), dedupe=key)


def parsed(*arrivals: Arrival) -> Parsed:
    return Parsed(arrivals=arrivals, answer=HttpAnswer())


def claim(
    message: Outbound | None = None, attempt: str = "a1", at: int = START, **more: Any
) -> Claim:
    return Claim(message=message or say(ANNA, "hello", "m1", **more), attempt=attempt, at=at)


class NoOwnSystems:
    def __init__(self) -> None:
        #: URL, what was posted, its id and its key.
        self.posts: list[tuple[str, Mapping[str, Any], str, str]] = []

    async def post(
        self, url: str, arguments: Mapping[str, Any], *, id: str, key: str, **_more: Any
    ) -> Any:
        self.posts.append((url, arguments, id, key))
        return {"posted": url, "with": dict(arguments)}


@dataclass
class Stage:
    """Everything of one process, put together by hand."""

    store: Store
    provider: Provider
    #: Those of channels that have one of their own.
    providers: Mapping[str, Provider] = field(default_factory=dict[str, Provider])
    time: Time = field(default_factory=Time)
    meter: Counting = field(default_factory=Counting)
    mind: Mind[Any] = field(default_factory=lambda: MIND)
    business: Business = field(default_factory=business)
    actions: Mapping[str, Action] = field(default_factory=dict[str, Action])
    keywords: Mapping[str, Keyword] = field(default_factory=dict[str, Keyword])
    events_url: str = ""
    code_pools: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    own_systems: NoOwnSystems = field(default_factory=NoOwnSystems)
    at_once: int = 8
    within: float = 5.0
    grace: float = 30.0
    drain: float = 1.0

    def __post_init__(self) -> None:
        instruments = Instruments(clock=self.time.clock, sleep=self.time.sleep, metrics=self.meter)
        self.results = Results()
        self.intake = Intake(store=self.store, business=self.business, instruments=instruments)
        providers = {
            name: self.providers.get(name, self.provider) for name in self.business.channels
        }
        self.valves = {
            name: Valve(
                self.business.channels[name],
                provider,
                lambda id: f"https://example.test/dlr/{id}",
                metrics=self.meter,
                at_once=self.at_once,
            )
            for name, provider in providers.items()
        }
        self.resolver = Resolver(
            providers=providers,
            store=self.store,
            results=self.results,
            instruments=instruments,
            grace=self.grace,
        )
        self.sender = Sender(
            valves=self.valves,
            allowance=Allowance(OwnLimits(self.time.clock)),
            intake=self.intake,
            resolver=self.resolver,
            results=self.results,
            instruments=instruments,
            within=self.within,
        )
        self.suspects = Suspects(
            partition=0, store=self.store, alone=asyncio.Lock(), sleep=self.time.sleep
        )
        self.errands = Errands(
            store=self.store,
            intake=self.intake,
            handlers=Handlers(
                actions=self.actions,
                keywords=self.keywords,
                language="en",
                events_url=self.events_url,
                code_pools=self.code_pools,
            ),
            own_systems=self.own_systems,  # pyright: ignore[reportArgumentType]
            results=self.results,
            suspects=self.suspects,
            instruments=instruments,
        )
        self.hands = Hands(
            results=self.results,
            resolver=self.resolver,
            sender=self.sender,
            errands=self.errands,
            suspects=self.suspects,
        )
        self.shelf: Shelf[Any] = Shelf(
            "playbook",
            mind=self.mind,
            store=self.store,
            patience=Patience("test", self.time.sleep),
        )
        self.instruments = instruments
        self.deaths: list[str] = []
        self.process = Running(
            holder=Holder(
                name="test",
                store=self.store,
                shelf=self.shelf,
                tenure=self.tenure,
                sleep=self.time.sleep,
                drain=self.drain,
            ),
            announcer=None,
            reconciler=None,
            lines=None,
            puller=None,
            store=self.store,
            providers=[self.provider],
            on_death=lambda: self.deaths.append("died"),
        )

    def tenure(self, partition: int) -> Tenure:
        owner: Owner[Any] = Owner(
            name="test",
            partition=partition,
            shelf=self.shelf,
            mind=self.mind,
            store=self.store,
            hands=self.hands,
            instruments=self.instruments,
        )
        return Tenure(owner, self.hands)

    async def says(self, contact: PhoneNumber, *words: str) -> None:
        await self.intake.accept("main", parsed(*(text(contact, each) for each in words)))

    async def until(self, reached: Callable[[], bool]) -> None:
        """Let the loops run until `reached`; fails after a real minute."""
        async with asyncio.timeout(60):
            while not reached():
                await asyncio.sleep(0.001)


@asynccontextmanager
async def staged(
    provider: Provider | None = None,
    path: str = ":memory:",
    time: Time | None = None,
    **more: Any,
) -> AsyncIterator[Stage]:
    """A stage on a store of its own; the loops run only inside `async with stage.process`."""
    time = time or Time()
    store = await SqliteStore.open(path, clock=time.clock)
    try:
        yield Stage(store=store, provider=provider or FakeProvider(), time=time, **more)
    finally:
        await store.close()
