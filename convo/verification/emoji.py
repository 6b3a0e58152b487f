"""Emoji in texts: what each costs, and more of them than are wanted."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from convo.core.parts import Parts
from convo.engine.flow import Flow
from convo.errors import FlowError
from convo.policy.leaving import Refused
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.verification.finding import finding
from convo.verification.said import Worst, everything_said, leaving_on


@cache
def _clusters() -> Any:
    # Only a check counts emoji: a server should not pay for the tables.
    import regex  # noqa: PLC0415

    return regex.compile(
        r"(?:\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3"
        r"|(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f)"
        r"(?:\p{Emoji_Modifier}|\ufe0f|\u200d\p{Emoji}|[\U000e0020-\U000e007f])*)"
    )


def emoji_in(text: str) -> list[str]:
    """Every emoji in its order, a flag, a family or a waving hand of any colour being one."""
    return [found[0] for found in _clusters().finditer(text)]


def too_many_emoji(loaded: Loaded) -> Iterator[FlowError]:
    """More than the flow (`emoji:`) or convo.toml ([texts]) wants in one text."""
    business = loaded.playbook.business
    for name, written in loaded.written.items():
        own = written.file.emoji
        limit = business.most_emoji if own is None else own
        if limit is None:
            continue
        for worst in everything_said(loaded.playbook.flows[name], business):
            found = emoji_in(worst.text)
            if len(found) > limit:
                what = sentence(
                    "This text has {count} emoji ({emoji}); {limit} are wanted.",
                    count=len(found),
                    emoji=" ".join(found),
                    limit=limit,
                )
                yield finding(written, worst.path, what, sentence("Leave some out, or allow more."))


def emoji_costs(loaded: Loaded) -> Iterator[FlowError]:
    """What the emoji of each text cost: no mistake, but worth knowing."""
    business = loaded.playbook.business
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        for worst in everything_said(flow, business):
            for emoji in dict.fromkeys(emoji_in(worst.text)):
                if told := _cost(emoji, worst, flow, loaded):
                    yield finding(written, worst.path, told)


def _cost(emoji: str, worst: Worst, flow: Flow, loaded: Loaded) -> str:
    """What this one costs, and what all of them do where one alone changes nothing."""
    with_it = _parts(worst, flow, loaded)
    bare = _clusters().sub("", worst.text)
    without = _parts(_but(worst, worst.text.replace(emoji, "")), flow, loaded)
    without_any = _parts(_but(worst, bare), flow, loaded)
    if with_it is None or without is None or without_any is None:
        return ""
    units = len(emoji.encode("utf-16-le")) // 2
    language, parts = worst.language, _counted(with_it)
    if without_any.encoding != with_it.encoding:
        return sentence(
            "{emoji} in {language}: {units} units; emoji make the text {encoding}: "
            "{parts} instead of {without}.",
            emoji=emoji,
            language=language,
            units=units,
            encoding=with_it.encoding,
            parts=parts,
            without=without_any.count,
        )
    if without.count != with_it.count:
        return sentence(
            "{emoji} in {language}: {units} units; {parts} instead of {without}.",
            emoji=emoji,
            language=language,
            units=units,
            parts=parts,
            without=without.count,
        )
    return sentence(
        "{emoji} in {language}: {units} units; {parts} as without it.",
        emoji=emoji,
        language=language,
        units=units,
        parts=parts,
    )


def _counted(parts: Parts) -> str:
    one = parts.count == 1
    return sentence("{count} part" if one else "{count} parts", count=parts.count)


def _but(worst: Worst, text: str) -> Worst:
    return replace(worst, text=text)


def _parts(worst: Worst, flow: Flow, loaded: Loaded) -> Parts | None:
    """On the channel where it costs most."""
    business = loaded.playbook.business
    leaves = [leaving_on(worst, each, flow, business) for each in business.channels]
    found = [each.parts for each in leaves if not isinstance(each, Refused)]
    return max(found, key=lambda parts: parts.count, default=None)
