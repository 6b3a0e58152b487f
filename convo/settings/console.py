"""[console]: the pages for people at a desk."""

from typing import Annotated

from pydantic import Field

from convo.settings.section import Section


class ConsoleSection(Section):
    """The pages for people at a desk, under `/console`. This table opens them, also when it is
    empty; who may come in, `convo user` says (docs/how-to/use-the-console.md)."""

    names: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(),
        description="Names by which browsers call the server, beside that of `public_url`, "
        "localhost and its addresses. Any other name is refused.",
        examples=[["convo.salon.lan"]],
    )
