"""What a picture of a flow shows: a card for every step, and an arrow for every way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from convo.drawing.cards import KIND_OF, label_in, lines_of
from convo.drawing.wording import COMMAS, KIND_WORDS, WAY_WORDS, PageLanguage, span_words
from convo.engine.flow import Flow
from convo.engine.trail import BACK
from convo.steps.attributes import Later
from convo.steps.choose import Choose
from convo.steps.end import END, End
from convo.steps.question import Question
from convo.steps.step import Branch, Step

#: Kinds of cards that are no steps: where a conversation comes in, and where it ends without one.
START, ANYTIME, FINISH = "start", "anytime", "finish"

#: Ways that nobody who writes a flow thinks of first: they are drawn lighter.
_SIDE_WAYS = frozenset(("give_up", "silent", "expires", "failed", "late", "missed", "later"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A step, or a place where a conversation comes in or ends."""

    #: "step:menu", "start:", "anytime:change", or "end:menu", the end that a step leads to.
    id: str
    kind: str
    #: What it is called, and what it does in one or two words of the page's language.
    title: str
    does: str
    #: What it says or does, as it stands in the file.
    lines: tuple[str, ...] = ()
    #: Whether the contact's reply is awaited.
    asks: bool = False

    @property
    def is_step(self) -> bool:
        """Whether it is more than a place where a conversation comes in or ends."""
        return self.kind not in (START, ANYTIME, FINISH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """All ways from one card to another: they are drawn as one line."""

    source: str
    target: str
    #: What takes them, in the order in which they are tried; "" is just going on.
    words: tuple[str, ...]
    #: The labels that the engine and its records call them by.
    labels: tuple[str, ...]
    #: Whether it is taken only when something goes amiss or nobody answers.
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A flow as cards and arrows, in the order of its file."""

    flow: str
    language: str
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]


def chart_of(flow: Flow, *, texts: str = "", page: PageLanguage = "en") -> Chart:
    """Cards and arrows of a flow; its texts in `texts`, by default its first language.

    Our own few words are in the language of the page.
    """
    language = texts or next(iter(flow.languages), "")
    cards = [*_entries(flow, page), *_steps(flow, language, page)]
    arrows = [*_ways_in(flow), *_ways(flow, language, page)]
    ends = dict.fromkeys(arrow.target for arrow in arrows if arrow.target.startswith(_END_OF))
    word = WAY_WORDS[page]["end"]
    cards += [Card(id=end, kind=FINISH, title=word, does="") for end in ends]
    return Chart(flow=flow.name, language=language, cards=tuple(cards), arrows=tuple(arrows))


BEGINNING = "start:"
_ANYTIME = "anytime:"
_END_OF = "end:"


def card_of(step: str) -> str:
    """The id of a step's card."""
    return f"step:{step}"


def _entries(flow: Flow, page: PageLanguage) -> Iterator[Card]:
    said = (*flow.words, *flow.events)
    yield Card(id=BEGINNING, kind=START, title=WAY_WORDS[page]["start"], does="", lines=said)
    for name, entry in flow.anytime.items():
        yield Card(
            id=_ANYTIME + name,
            kind=ANYTIME,
            title=WAY_WORDS[page]["anytime"].format(name),
            does="",
            lines=(*entry.words_of(name), *entry.events),
        )


def _ways_in(flow: Flow) -> Iterator[Arrow]:
    yield Arrow(source=BEGINNING, target=card_of(flow.first), words=("",), labels=("start",))
    for name, entry in flow.anytime.items():
        if entry.go in flow.steps:
            target = card_of(entry.go)
        elif entry.go != BACK:
            target = _END_OF + _ANYTIME + name
        else:
            continue
        entrance = _ANYTIME + name
        yield Arrow(source=entrance, target=target, words=("",), labels=(entrance,))


def _steps(flow: Flow, language: str, page: PageLanguage) -> Iterator[Card]:
    for name, step in flow.steps.items():
        kind = KIND_OF[type(step)]
        yield Card(
            id=card_of(name),
            kind=kind,
            title=name,
            does=KIND_WORDS[page][kind],
            lines=lines_of(step, kind, language),
            asks=step.asks,
        )


def _ways(flow: Flow, language: str, page: PageLanguage) -> Iterator[Arrow]:
    for name, step in flow.steps.items():
        if isinstance(step, End):
            continue
        together: dict[str, list[Branch]] = {}
        for branch in flow.ways[name]:
            assert branch.to is not None
            together.setdefault(branch.to, []).append(branch)
        for to, branches in together.items():
            words = (_told(branch, step, flow, language, page) for branch in branches)
            yield Arrow(
                source=card_of(name),
                target=_END_OF + name if to == END else card_of(to),
                words=tuple(dict.fromkeys(words)),
                labels=tuple(branch.label for branch in branches),
                aside=all(branch.label.partition(":")[0] in _SIDE_WAYS for branch in branches),
            )


def _told(branch: Branch, step: Step, flow: Flow, language: str, page: PageLanguage) -> str:
    """What takes this way, in a few words."""
    words = WAY_WORDS[page]
    label, _, which = branch.label.partition(":")
    match label:
        case "next" if isinstance(step, Choose):
            return _those_that_go_on(step, language, page)
        case "option" if isinstance(step, Choose):
            return label_in(step.options[which].label, language, which)
        case "decide":
            condition = branch.condition
            return words["else"] if condition is None else condition.source
        case "silent" if isinstance(step, Question):
            return words[label].format(span_words(step.silent[int(which)].after, page))
        case "later":
            return words[label].format(_when(step.later[int(which)], page))
        case "expires":
            after = timedelta(seconds=flow.expires_after or 0)
            return words[label].format(span_words(after, page))
        case _:
            return words[label].format(which)


def _those_that_go_on(step: Choose, language: str, page: PageLanguage) -> str:
    """Options without a way of their own, where others have one; else nothing needs saying."""
    staying = [id for id, option in step.options.items() if option.go is None]
    if len(staying) == len(step.options):
        return ""
    return COMMAS[page].join(label_in(step.options[id].label, language, id) for id in staying)


def _when(entry: Later, page: PageLanguage) -> str:
    if entry.after is not None:
        return span_words(entry.after, page)
    assert entry.at is not None
    return str(entry.at.written)


def joined(words: Sequence[str]) -> str:
    """What takes an arrow's ways, as one line."""
    return " · ".join(word for word in words if word)
