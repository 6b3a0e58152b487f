"""A sentence that can be said again in another language: its template and its facts."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import LiteralString


class Sentence(str):
    """An English sentence, and a string like any other, that knows what it was made of.

    `template` is what a catalogue finds it by, as in gettext; `facts` are what its gaps hold.
    msgspec writes no string of another class: what is kept or sent is `str(...)` of it.
    """

    __slots__ = ("facts", "template")

    template: str
    facts: Mapping[str, object]

    def __new__(cls, template: str, facts: Mapping[str, object]) -> "Sentence":
        sentence = super().__new__(cls, template.format(**facts))
        sentence.template = template
        sentence.facts = MappingProxyType(dict(facts))
        return sentence

    def __reduce__(self) -> tuple[type["Sentence"], tuple[str, dict[str, object]]]:
        # A string of another class is copied as one would copy its words alone.
        return Sentence, (self.template, dict(self.facts))


def sentence(template: LiteralString, /, **facts: object) -> Sentence:
    """The sentence whose gaps, like `{count}`, hold these facts; a fact may be a sentence, too.

    A brace that is meant as such is written twice, as in `str.format`.
    """
    return Sentence(template, facts)


def retold(text: str, catalogue: Mapping[str, str]) -> str:
    """The same in the language of the catalogue (template -> template), as far as it has it."""
    if not isinstance(text, Sentence) or (template := catalogue.get(text.template)) is None:
        return str(text)
    return template.format(
        **{
            name: retold(fact, catalogue) if isinstance(fact, str) else fact
            for name, fact in text.facts.items()
        }
    )


def recognised(text: str, templates: Iterable[str]) -> str:
    """The sentence that `text` is by one of these templates, most words first; else `text`.

    For what was kept or came from another process, where only its words are left.
    """
    for template in sorted(templates, key=len, reverse=True):
        if found := _pattern(template).fullmatch(text):
            facts = {name: recognised(fact, templates) for name, fact in found.groupdict().items()}
            return Sentence(template, facts)
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = (
        re.escape(words) + (f"(?P<{name}>.+)" if name else "")
        for words, name, _, _ in Formatter().parse(template)
    )
    return re.compile("".join(pieces), re.DOTALL)
