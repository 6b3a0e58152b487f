"""A text, an expression or a time that cannot be used: what is wrong, and where inside of it."""

from typing import Self


class TextProblem(ValueError):
    """A text or an expression that cannot be used, and where in it; lines and columns from 1.

    `path` leads to the text inside of what was read (a language, a wording, a message);
    `others` are the further problems of the same reading.
    """

    def __init__(
        self,
        message: str,
        path: tuple[str | int, ...] = (),
        offset_line: int = 1,
        offset_column: int = 1,
        others: "tuple[TextProblem, ...]" = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.offset_line = offset_line
        self.offset_column = offset_column
        self.others = others

    @classmethod
    def at(cls, source: str, index: int, message: str) -> Self:
        """The problem at this index of the source."""
        line = source.count("\n", 0, index) + 1
        return cls(message, (), line, index - source.rfind("\n", 0, index))

    def below(self, path: tuple[str | int, ...]) -> "TextProblem":
        """The same problem, seen from where the text was found."""
        return TextProblem(self.message, path, self.offset_line, self.offset_column)
