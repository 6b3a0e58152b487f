"""How a noun is written as a row: its fields are named once, for writing and for reading."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields as fields_of
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar, get_origin

T = TypeVar("T")


class Shape(Protocol):
    """How one entry of a row is written, where it is not written as it is."""

    def row(self, value: Any) -> Any:
        """As JSON has it."""
        ...

    def noun(self, row: Any) -> Any:
        """Back again."""
        ...


AS_THEY_ARE: Mapping[str, Shape] = {}
FLAT: Mapping[str, type] = {}


class Row(Generic[T]):
    """One noun as an array. A row grows at its end only.

    `first` are the fields that every row has; `added` are those that came later, in their order: a
    row that was written before lacks the last of them, and they are the defaults of the noun.
    `within` are nouns whose own fields stand among these, by dotted names, the innermost first.
    """

    def __init__(
        self,
        noun: type[T],
        first: str,
        added: str = "",
        *,
        of: Mapping[str, Shape] = AS_THEY_ARE,
        within: Mapping[str, type] = FLAT,
    ) -> None:
        self._noun = noun
        self._within = within
        self._least = len(first.split())
        self._names = (*first.split(), *added.split())
        self._entries: Callable[[T], tuple[Any, ...]] = attrgetter(*self._names)
        tuples = {
            *_tuples(noun),
            *(f"{at}.{n}" for at, one in within.items() for n in _tuples(one)),
        }
        self._writes = [(n, of[name].row) for n, name in enumerate(self._names) if name in of]
        self._reads: list[tuple[int, Callable[[Any], Any]]] = [
            (n, of[name].noun if name in of else tuple)
            for n, name in enumerate(self._names)
            if name in of or name in tuples
        ]

    def row(self, value: T) -> Sequence[Any]:
        entries = self._entries(value)
        if not self._writes:
            return entries
        row = [*entries]
        for n, write in self._writes:
            row[n] = write(row[n])
        return row

    def noun(self, row: list[Any], **more: Any) -> T:
        """`more` are fields of the noun that the row does not hold. Raises `ValueError`."""
        if not self._least <= len(row) <= len(self._names):
            raise ValueError(f"{len(row)} entries are no row of {' '.join(self._names)}")
        for n, read in self._reads:
            if n < len(row):
                row[n] = read(row[n])
        more |= zip(self._names, row, strict=False)
        for name, noun in self._within.items():
            more[name] = noun(**_taken_out(f"{name}.", more))
        return self._noun(**more)


def _tuples(noun: Any) -> Sequence[str]:
    """The fields that are tuples in the noun, and arrays in its row."""
    return [each.name for each in fields_of(noun) if get_origin(each.type) is tuple]


def _taken_out(prefix: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields whose names begin so, without that beginning."""
    names = [name for name in fields if name.startswith(prefix)]
    return {name.removeprefix(prefix): fields.pop(name) for name in names}


class Several:
    """Nouns of one kind, in their order."""

    def __init__(self, each: Row[Any]) -> None:
        self._each = each

    def row(self, value: Sequence[Any]) -> Any:
        return [self._each.row(noun) for noun in value]

    def noun(self, row: Sequence[Any]) -> Any:
        return tuple([self._each.noun(each) for each in row])


class Pairs:
    """A mapping whose keys are no texts, which JSON has no object for."""

    def row(self, value: Mapping[Any, Any]) -> Any:
        return list(value.items())

    def noun(self, row: Sequence[Any]) -> Any:
        return dict(row)
