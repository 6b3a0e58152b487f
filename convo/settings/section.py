"""What every table of convo.toml is."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the file: nothing in it may be misspelt."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True
    )
