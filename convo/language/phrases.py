"""What the system itself says when a flow leaves it out, in every language there is a table for."""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from convo.core.languages import nearest
from convo.language.document import read_document
from convo.language.nodes import Value

FIRST_LANGUAGE = "en"
_FOLDER = resources.files("convo.language") / "phrases"
_SUFFIX = ".yaml"
LANGUAGES = tuple(
    sorted(
        entry.name.removesuffix(_SUFFIX)
        for entry in _FOLDER.iterdir()
        if entry.name.endswith(_SUFFIX)
    )
)

_GAP = re.compile(r"\{(\w+)\}")


def _flat(data: Mapping[str, Value], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            found.update(_flat(value, f"{before}{name}."))
        else:
            found[before + name] = str(value)
    return found


@lru_cache(maxsize=len(LANGUAGES))
def phrases(language: str) -> Mapping[str, str]:
    """All phrases of one language by their dotted names."""
    file = f"{language}{_SUFFIX}"
    return _flat(read_document((_FOLDER / file).read_text(encoding="utf-8"), file).data)


def phrase(name: str, language: str, **values: str) -> str:
    """The phrase in this language, the nearest form, or English; KeyError for an unknown name.

    Values fill the `{gaps}` in one pass, so that a value with brackets in it stays as it is.
    """
    known = language if language in LANGUAGES else nearest(LANGUAGES, language) or FIRST_LANGUAGE
    return _GAP.sub(lambda gap: values[gap.group(1)], phrases(known)[name])
