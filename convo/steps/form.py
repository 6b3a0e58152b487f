"""What every piece of a flow file is: frozen, with keys that are known, and names of steps."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _as_text(raw: object) -> object:
    return None if raw is None else str(raw)


StepName = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]


class Form(BaseModel):
    """A piece of a flow file: frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
