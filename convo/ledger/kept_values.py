"""What is kept of a contact, in words for people."""

import json

from convo.errors import RenderError
from convo.language.localising import shown
from convo.language.scope import Scope
from convo.language.values import restored

LONGEST = 60
"""Characters of a value that are shown."""

TIMES = frozenset({"date", "time", "datetime"})


def kept_words(kind: str | None, value: object, scope: Scope) -> str:
    """What is kept, a time as texts show it."""
    if kind not in TIMES or value is None:
        return short(value)
    try:
        return shown(restored(kind, value, scope.zone), scope)
    except RenderError:
        return short(value)


def short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
