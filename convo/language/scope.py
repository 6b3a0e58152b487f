"""What a text or an expression is worked out with: the names known, and for whom it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from convo.core.languages import nearest


class Choice(str):
    """The id of an option that knows how it is called in each language.

    It equals its id in conditions and is stored as its id; texts show its label.
    """

    __slots__ = ("labels",)
    labels: Mapping[str, str]

    def __new__(cls, id: str, labels: Mapping[str, str]) -> Self:
        choice = super().__new__(cls, id)
        choice.labels = dict(labels)
        return choice

    def label(self, language: str) -> str:
        """In this language, else in the nearest form of it, else in the first there is."""
        known = nearest(self.labels, language)
        if known is not None:
            return self.labels[known]
        return next(iter(self.labels.values()), str.__str__(self))

    def __reduce__(self) -> tuple[type, tuple[str, Mapping[str, str]]]:
        return Choice, (str.__str__(self), self.labels)


class Choices(tuple[Choice, ...]):
    """Several options that were chosen, in the order of their list; none of them too."""

    __slots__ = ()


class Standing(dict[str, int]):
    """Votes by choice that know how the choices are called; an option without votes has none."""

    __slots__ = ("choices",)
    choices: Sequence[Choice]

    def __new__(cls, votes: Mapping[str, int], labels: Mapping[str, Mapping[str, str]]) -> Self:
        del votes, labels
        return super().__new__(cls)

    def __init__(self, votes: Mapping[str, int], labels: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__({**dict.fromkeys(labels, 0), **votes})
        self.choices = tuple(
            Choice(choice, labels.get(choice, {}))
            # As authored among equals: sorting is stable.
            for choice in sorted(self, key=lambda choice: -self[choice])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`names` holds answers, `contact` and `event` (mappings), functions; `now` is aware.

    The name `now` is always known. A declared answer that was not given yet is None.
    """

    names: Mapping[str, object] = field(repr=False)
    language: str
    zone: ZoneInfo
    now: datetime
    #: The business's country (ISO 3166) and currency (ISO 4217): numbers and money are shown by
    #: them. Empty where neither matters.
    country: str = ""
    currency: str = ""

    def speaking(self, language: str) -> "Scope":
        """The same, shown in another language."""
        return self if language == self.language else replace(self, language=language)
