"""Why a message was sent, or was not: the records of a turn, each in a sentence."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.drawing.wording import PageLanguage
from convo.ledger import why_en, why_zh

#: Makes a sentence of a record's facts; an empty one is not worth a line.
Tell = Callable[[Mapping[str, Any]], str]

TOLD: Mapping[PageLanguage, Mapping[str, Tell]] = {"en": why_en.TOLD, "zh": why_zh.TOLD}

#: Why something may not leave, by the name of the rule.
RULE_WORDS: Mapping[PageLanguage, Mapping[str, str]] = {"en": why_en.RULES, "zh": why_zh.RULES}

_KEPT_QUIET = frozenset({"refused", "postponed", "held", "ignored", "parked", "altered"})


def why(
    recorded: Iterable[Recorded], zone: ZoneInfo, language: PageLanguage = "en"
) -> Iterator[str]:
    """The records of turns, each in a sentence."""
    for turn in recorded:
        at = datetime.fromtimestamp(turn.at / 1_000, zone)
        for record in turn.records:
            if words := _sentence(record, language):
                yield f"{at:%H:%M:%S}  {words}"


def why_nothing(recorded: Recorded, language: PageLanguage = "en") -> Iterator[str]:
    """Why a turn says nothing, or not yet; nothing for all that went its way."""
    for record in recorded.records:
        if record.kind in _KEPT_QUIET and (words := _sentence(record, language)):
            yield words


def _sentence(record: Record, language: PageLanguage) -> str:
    try:
        return TOLD[language][record.kind](record.facts)
    except KeyError:
        # Of a kind, or without a fact, as another version of Convo has written it.
        return f"{record.kind}: {json.dumps(dict(record.facts), ensure_ascii=False)}"
