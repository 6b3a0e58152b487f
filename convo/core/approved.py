"""Texts that a provider has approved beforehand: all that a channel of templates may send.

Chinese companies send no free text. A text is registered with its gaps in their console, gets an
id there, and leaves as that id with the values of its gaps.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """How a company writes the gaps of its templates: `${name}`, `{1}`, `#name#`."""

    before: str
    after: str
    #: Numbered from 1 in their order, and not named.
    numbered: bool = False

    def written(self, name: str, number: int) -> str:
        """One gap as the company writes it."""
        return f"{self.before}{number if self.numbered else name}{self.after}"

    @property
    def pattern(self) -> re.Pattern[str]:
        """One gap, its name or number captured."""
        inside = r"(\d{1,3})" if self.numbered else r"([A-Za-z_]\w{0,63})"
        return re.compile(re.escape(self.before) + inside + re.escape(self.after), re.ASCII)


class TouchingGaps(ValueError):
    """Two gaps of a template stand side by side, so nobody can tell where one value ends."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """One approved text."""

    #: The company's id of it.
    id: str
    #: As it was registered, its gaps in it, without a signature.
    wording: str = field(repr=False)
    gaps: Gaps

    def __post_init__(self) -> None:
        """Raises `TouchingGaps`."""
        if "" in self.shape[1:-1]:
            raise TouchingGaps(self.id)

    @property
    def names(self) -> Sequence[str]:
        """The gaps in their order; one name may stand in several."""
        return self._pieces[1::2]

    @cached_property
    def _pieces(self) -> tuple[str, ...]:
        return tuple(self.gaps.pattern.split(self.wording))

    @property
    def shape(self) -> tuple[str, ...]:
        """What stands before, between and behind the gaps: one more than there are gaps.

        Two companies' templates for one text have the same.
        """
        return self._pieces[0::2]

    @property
    def said(self) -> int:
        """Characters of it that are the same in every text."""
        return sum(map(len, self.shape))

    def filled(self, values: Mapping[str, str]) -> str:
        """The text that has these in its gaps: what `values` reads."""
        return self.gaps.pattern.sub(lambda gap: values[gap[1]], self.wording)

    def values(self, text: str) -> Mapping[str, str] | None:
        """What stands in the gaps when `text` is this template filled in; None when it is not.

        Each gap holds something, and ends where what follows it comes first.
        """
        first, *rest = self.shape
        if not rest:
            return {} if text == first else None
        last = rest.pop()
        if not text.startswith(first) or not text.endswith(last):
            return None
        end = len(text) - len(last)
        found: list[str] = []
        at = len(first)
        for follows in rest:
            upto = text.find(follows, at + 1, end)
            if upto < 0:
                return None
            found.append(text[at:upto])
            at = upto + len(follows)
        found.append(text[at:end])
        values = dict(zip(self.names, found, strict=True))
        whole = all(found) and at < end
        alike = all(values[name] == value for name, value in zip(self.names, found, strict=True))
        return values if whole and alike else None


def covering(text: str, templates: Sequence[Template]) -> tuple[Template, Mapping[str, str]] | None:
    """The template that a text is, and its values; of several the one that says the most itself."""
    for template in sorted(templates, key=lambda each: each.said, reverse=True):
        values = template.values(text)
        if values is not None:
            return template, values
    return None
