"""Flows: the list of them, and one as a picture, with who waits where and what its texts cost."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from convo.console.frame import PAGES, Frame
from convo.console.language import page_language
from convo.console.speech.flows import FLOWS
from convo.console.speech.kinds import CLASSES
from convo.console.waiting import waiting_in
from convo.drawing.chart import Chart, chart_of
from convo.drawing.outline import outlined
from convo.drawing.placing import placed
from convo.drawing.svg import RULES, svg_of
from convo.drawing.wording import PageLanguage
from convo.engine.flow import Flow
from convo.language.texts import spoken
from convo.ledger.why import RULE_WORDS
from convo.policy.leaving import Refused
from convo.ports.ledger import Ledger
from convo.routing.playbook import Playbook
from convo.steps.step import SPEAKING
from convo.verification.said import everything_said, leaving_on

#: Opens the ledger for as long as a page is made.
Looks = Callable[[], AbstractAsyncContextManager[Ledger]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a text takes on one channel, at its longest."""

    channel: str
    parts: int = 0
    encoding: str = ""
    #: In money, where the channel has a price.
    price: str = ""
    #: Why it would not leave there.
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of a flow in one language, with sample values, as long as it can be."""

    where: str
    language: str
    text: str
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """The pages under Flows."""

    frame: Frame
    looks: Looks
    playbook: Callable[[], Playbook]

    def routes(self) -> Sequence[Route]:
        path = PAGES["flows"].path
        return (
            Route(path, self.overview),
            Route(f"{path}/drawing.css", self.drawing_rules),
            Route(f"{path}/{{name}}", self.flow),
        )

    async def overview(self, request: Request) -> Response:
        """All flows."""
        playbook = self.playbook()
        classes = CLASSES[page_language(request)]
        async with self.looks() as ledger:
            waiting = await waiting_in(ledger, playbook.newest)
        return self.frame.draw(
            request,
            "flows.html",
            FLOWS,
            here="flows",
            flows=[
                {
                    "name": name,
                    "about": flow.about,
                    "starts": (*flow.words, *flow.events),
                    "languages": flow.languages,
                    "kind": flow.message_class,
                    "class": classes[flow.message_class],
                    "steps": len(flow.steps),
                    "waits": waiting.at(name),
                }
                for name, flow in sorted(playbook.flows.items())
            ],
            waiting=waiting,
        )

    async def flow(self, request: Request) -> Response:
        """One flow, whole."""
        playbook = self.playbook()
        flow = playbook.flows.get(request.path_params["name"])
        if flow is None:
            return await self.frame.nothing(request)
        page = page_language(request)
        asked = request.query_params.get("texts", "") or _first_language(flow, page)
        chart = chart_of(flow, texts=asked, page=page)
        drawing, texts = await asyncio.gather(
            asyncio.to_thread(_drawn, chart),
            asyncio.to_thread(_texts, flow, playbook, page),
        )
        cards = [*outlined(chart)]
        async with self.looks() as ledger:
            waiting = await waiting_in(ledger, playbook.newest)
        return self.frame.draw(
            request,
            "flow.html",
            FLOWS,
            here="flows",
            flow=flow,
            drawing=Markup(drawing),
            cards=cards,
            listed={card["id"] for card in cards},
            texts_in=asked,
            texts=[each for each in texts if each.language == asked],
            sums=_sums(texts, flow),
            several=len(playbook.business.channels) > 1,
            waiting=waiting,
            rows=[
                (step, waiting.people[flow.name, step], waiting.older.get((flow.name, step), 0))
                for step in (*flow.steps, *_gone(flow, waiting.people))
                if (flow.name, step) in waiting.people
            ],
        )

    async def drawing_rules(self, _: Request) -> Response:
        """How every drawing is drawn."""
        return Response(RULES, media_type="text/css")


def _gone(flow: Flow, people: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Steps of older versions at which people wait."""
    return (step for name, step in people if name == flow.name and step not in flow.steps)


def _first_language(flow: Flow, page: PageLanguage) -> str:
    """The page's own, where the flow speaks it."""
    return spoken(flow.languages, page) or flow.languages[0]


def _drawn(chart: Chart) -> str:
    return svg_of(placed(chart), alone=False)


def _texts(flow: Flow, playbook: Playbook, page: PageLanguage) -> Sequence[Text]:
    """Every text in each language, in the order of the steps: what is said before what is later."""
    business = playbook.business
    order = {step: n for n, step in enumerate(flow.steps)}
    said = sorted(
        everything_said(flow, business),
        key=lambda each: (order[str(each.path[1])], each.path[2] not in SPEAKING),
    )
    return [
        Text(
            where=".".join(str(part) for part in worst.path[1:]),
            language=worst.language,
            text="\n".join((worst.text, *worst.media)),
            costs=tuple(
                Cost(channel=name, refused=RULE_WORDS[page][leaves.rule])
                if isinstance(leaves, Refused)
                else Cost(
                    channel=name,
                    parts=leaves.parts.count,
                    encoding=leaves.parts.encoding,
                    price=channel.cost(leaves.parts.count, leaves.parts.encoding),
                )
                for name, channel in business.channels.items()
                for leaves in [leaving_on(worst, name, flow, business)]
            ),
        )
        for worst in said
    ]


def _sums(texts: Sequence[Text], flow: Flow) -> Sequence[tuple[str, int, int, int]]:
    """By language: its texts, their parts in all, and the most of one, on the dearest channel."""
    found: list[tuple[str, int, int, int]] = []
    for language in flow.languages:
        parts = [
            max((cost.parts for cost in each.costs), default=0)
            for each in texts
            if each.language == language
        ]
        found.append((language, len(parts), sum(parts), max(parts, default=0)))
    return found
